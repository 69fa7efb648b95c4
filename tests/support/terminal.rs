//! A real terminal (a pty) with the real binary in it, and somebody who reads and types.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::owner::{Owner, wait_until};

/// Rows and columns; wide enough that no sentence is broken.
const SIZE: (u16, u16) = (60, 900);

/// A command in a terminal of its own.
pub struct Terminal {
    keys: File,
    child: Child,
    screen: Arc<Mutex<Screen>>,
    /// How much of the screen was read already.
    read: usize,
    /// Whose home it works in.
    owner: Option<Owner>,
}

/// What came, and what it looks like.
struct Screen {
    bytes: Vec<u8>,
    drawn: vt100::Parser<Answers>,
}

/// What a terminal answers when it is asked where its cursor is.
#[derive(Default)]
struct Answers(Vec<u8>);

impl vt100::Callbacks for Answers {
    fn unhandled_csi(&mut self, screen: &mut vt100::Screen, _: Option<u8>, _: Option<u8>, params: &[&[u16]], last: char) {
        if last == 'n' && params == [[6]] {
            let (row, column) = screen.cursor_position();
            self.0.extend(format!("\x1b[{};{}R", row + 1, column + 1).into_bytes());
        }
    }
}

impl Terminal {
    /// Starts a command in a new terminal, as its session's leader.
    pub fn of(command: &Command) -> Self {
        Self::sized(command, SIZE)
    }

    /// The same in a terminal of so many rows and columns.
    pub fn sized(command: &Command, (rows, columns): (u16, u16)) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("ours");
        let name = ptsname(&master, Vec::new()).expect("it has a name").into_string().expect("a path");
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("a size");
        let end = || File::options().read(true).write(true).open(&name).expect("the other end");
        let mut started = Command::new("setsid");
        started.args(["--ctty", "--wait"]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => started.env(name, value),
                None => started.env_remove(name),
            };
        }
        let child = started.env("TERM", "xterm").stdin(end()).stdout(end()).stderr(end()).spawn().expect("setsid runs");
        let keys = File::from(master);
        let some = |count| NonZeroU16::new(count).expect("some");
        let drawn = vt100::Parser::new_with_callbacks(some(rows), some(columns), 0, Answers::default());
        let screen = Arc::new(Mutex::new(Screen { bytes: Vec::new(), drawn }));
        watch(keys.try_clone().expect("a second handle"), Arc::clone(&screen));
        Self { keys, child, screen, read: 0, owner: None }
    }

    /// Everything shown so far, without what only moves the cursor.
    pub fn screen(&self) -> String {
        plain(&locked(&self.screen).bytes)
    }

    /// What somebody who looks at it sees now.
    pub fn seen(&self) -> vt100::Screen {
        locked(&self.screen).drawn.screen().clone()
    }

    /// Waits until a text is shown after what was read so far.
    pub fn reads(&mut self, text: &str) {
        let mut end = None;
        let from = self.read;
        wait_until(&format!("“{text}” is shown; there is: {}", self.screen()), || {
            end = self.screen().get(from..).and_then(|screen| screen.find(text)).map(|at| from + at + text.len());
            end.is_some() || self.child.try_wait().expect("our child").is_some() && !self.screen().contains(text)
        });
        self.read = end.unwrap_or_else(|| panic!("“{text}” was not shown: {}", self.screen()));
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        self.presses(&format!("{line}\r"));
    }

    /// Presses keys; Ctrl-C is `\x03`.
    pub fn presses(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("it listens");
    }

    /// Keeps somebody's home as long as this terminal.
    pub fn keeps(&mut self, owner: Owner) {
        self.owner = Some(owner);
    }

    /// The exit code, once it has ended, and everything that was shown.
    pub fn ends(mut self) -> (i32, String) {
        let status = self.child.wait().expect("our child");
        // What it said last may still be on its way, and whoever it left behind may keep the line open.
        let mut screen = self.screen();
        wait_until("the screen stands still", || {
            std::thread::park_timeout(std::time::Duration::from_millis(100));
            let before = std::mem::replace(&mut screen, self.screen());
            before == screen
        });
        (status.code().unwrap_or(-1), screen)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ = self.child.wait();
    }
}

fn locked(screen: &Mutex<Screen>) -> MutexGuard<'_, Screen> {
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch(mut master: File, screen: Arc<Mutex<Screen>>) {
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        // The line breaks off when the last program has closed its end.
        while let Ok(count @ 1..) = master.read(&mut bytes) {
            let mut screen = locked(&screen);
            screen.bytes.extend_from_slice(&bytes[..count]);
            screen.drawn.process(&bytes[..count]);
            let answers = std::mem::take(&mut screen.drawn.callbacks_mut().0);
            drop(screen);
            let _gone = master.write_all(&answers);
        }
    });
}

/// The text without escape sequences and returns.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut letters = text.chars();
    let mut shown = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\x1b' => {
                if letters.next() == Some('[') {
                    letters.by_ref().find(|c| c.is_ascii_alphabetic());
                }
            }
            '\r' => {}
            letter => shown.push(letter),
        }
    }
    shown
}
