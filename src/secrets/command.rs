//! Runs a command the owner configured: bytes in, its words out, a deadline, and nothing of ours in its environment.

use std::io::{self, Read, Write};
use std::iter;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes kept of what a command prints; the rest is read and thrown away so that it never blocks.
const MOST_OUTPUT: usize = 64 * 1024;
/// How often a running command looks whether it is to end.
const LOOK_UP: Duration = Duration::from_millis(100);
/// How long an ended command's output is waited for; a grandchild may hold the pipe open for ever.
const GRACE: Duration = Duration::from_secs(1);

/// How a command ended.
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// The start of its standard output; may hold a secret, hence no `Debug` here.
    pub stdout: Vec<u8>,
    /// The start of its standard error.
    pub stderr: Vec<u8>,
}

/// Why there is no exit status.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The shell could not be started.
    #[error("the command could not be started: {0}")]
    Start(io::Error),
    /// It ran past its deadline and was ended.
    #[error("the command did not end within {} seconds", .0.as_secs())]
    Late(Duration),
    /// It was ended because the program is to end.
    #[error("the command was ended with the program")]
    Stopped,
}

/// Runs `sh -c command` in `dir` with `input` on its standard input.
///
/// # Errors
/// When the shell cannot be started, or the command is not done at the deadline; then its whole process group is killed.
pub fn run(command: &str, dir: Option<&Path>, input: Vec<u8>, deadline: Duration) -> Result<Ended, CommandError> {
    run_unless(&|| false, command, dir, input, deadline)
}

/// [`run`], ended early once `is_stopped` says so.
///
/// # Errors
/// As [`run`]; `Stopped` when it was ended early.
pub fn run_unless(
    is_stopped: &dyn Fn() -> bool,
    command: &str,
    dir: Option<&Path>,
    input: Vec<u8>,
    deadline: Duration,
) -> Result<Ended, CommandError> {
    let mut child = start(command, dir).map_err(CommandError::Start)?;
    let group = rustix::process::Pid::from_child(&child);
    feed(&mut child, input);
    let stdout = child.stdout.take().map(listen);
    let stderr = child.stderr.take().map(listen);
    let status = match until_ended(&wait(child), is_stopped, deadline) {
        Ok(status) => status,
        Err(why) => {
            // The group, not the shell alone: what the shell started would live on and finish the work.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            return Err(why);
        }
    };
    let said = |pipe: Option<Receiver<Vec<u8>>>| pipe.as_ref().map(heard).unwrap_or_default();
    Ok(Ended { status, stdout: said(stdout), stderr: said(stderr) })
}

fn until_ended(
    ended: &Receiver<Option<ExitStatus>>,
    is_stopped: &dyn Fn() -> bool,
    deadline: Duration,
) -> Result<ExitStatus, CommandError> {
    let until = Instant::now() + deadline;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match ended.recv_timeout(left.min(LOOK_UP)) {
            Ok(Some(status)) => return Ok(status),
            Err(RecvTimeoutError::Timeout) if is_stopped() => return Err(CommandError::Stopped),
            Err(RecvTimeoutError::Timeout) if !left.is_zero() => {}
            _ => return Err(CommandError::Late(deadline)),
        }
    }
}

/// The first line, without its line end; other white space belongs to it.
#[must_use]
pub fn first_line(bytes: &[u8]) -> &[u8] {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn start(command: &str, dir: Option<&Path>) -> io::Result<Child> {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    if let Some(dir) = dir.filter(|dir| dir.is_dir()) {
        shell.current_dir(dir);
    }
    without_ours(&mut shell).spawn()
}

/// A command that does not inherit what in the environment is meant for Curbside alone.
pub fn without_ours(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if is_ours(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command
}

/// Curbside's own settings (a password may be among them) and its line to the service manager.
fn is_ours(name: &str) -> bool {
    name.starts_with("CURBSIDE_") || name == "NOTIFY_SOCKET"
}

/// Writes the input from a thread: a command that never reads must not stop us before its deadline.
fn feed(child: &mut Child, input: Vec<u8>) {
    if let Some(mut stdin) = child.stdin.take() {
        // A command may end without reading all; its exit status says what that means.
        thread::spawn(move || stdin.write_all(&input));
    }
}

/// Reads a pipe from a thread, piece by piece: what was said counts even if the pipe is never closed.
fn listen(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut piece = vec![0; MOST_OUTPUT];
        let mut left = MOST_OUTPUT;
        while let Ok(read @ 1..) = pipe.read(&mut piece[..left]) {
            left -= read;
            let _ = sender.send(piece[..read].to_vec());
        }
        drop(sender);
        io::copy(&mut pipe, &mut io::sink())
    });
    receiver
}

/// What was said up to now; when the pipe stays open, what was said until it fell silent.
fn heard(pipe: &Receiver<Vec<u8>>) -> Vec<u8> {
    iter::from_fn(|| pipe.recv_timeout(GRACE).ok()).flatten().collect()
}

fn wait(mut child: Child) -> Receiver<Option<ExitStatus>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait().ok()));
    receiver
}
