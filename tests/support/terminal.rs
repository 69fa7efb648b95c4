//! A real terminal (a pty) with the real binary in it, and somebody who reads and types.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::owner::{Owner, wait_until};

/// Wide enough that no sentence is broken.
const SIZE: Winsize = Winsize { ws_row: 60, ws_col: 900, ws_xpixel: 0, ws_ypixel: 0 };

/// A command in a terminal of its own.
pub struct Terminal {
    keys: File,
    child: Child,
    screen: Arc<Mutex<Vec<u8>>>,
    /// How much of the screen was read already.
    read: usize,
    /// Whose home it works in.
    owner: Option<Owner>,
}

impl Terminal {
    /// Starts a command in a new terminal, as its session's leader.
    pub fn of(command: &Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("ours");
        let name = ptsname(&master, Vec::new()).expect("it has a name").into_string().expect("a path");
        tcsetwinsize(&master, SIZE).expect("a size");
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
        let screen = Arc::default();
        watch(keys.try_clone().expect("a second handle"), Arc::clone(&screen));
        Self { keys, child, screen, read: 0, owner: None }
    }

    /// Everything shown so far, without what only moves the cursor.
    pub fn screen(&self) -> String {
        plain(&self.screen.lock().unwrap_or_else(PoisonError::into_inner))
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
        (status.code().unwrap_or(-1), self.screen())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ = self.child.wait();
    }
}

fn watch(mut master: File, screen: Arc<Mutex<Vec<u8>>>) {
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        // The line breaks off when the last program has closed its end.
        while let Ok(count @ 1..) = master.read(&mut bytes) {
            screen.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&bytes[..count]);
            // inquire asks where the cursor is; a terminal answers.
            if bytes[..count].windows(4).any(|window| window == b"\x1b[6n") {
                let _gone = master.write_all(b"\x1b[1;1R");
            }
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
