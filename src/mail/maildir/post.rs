//! Mail out of a local folder account: by the owner's command, or into `.Outbox`.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use super::{OUTBOX, fingerprint, make_folder, trouble, write_whole};
use crate::model::address::clean_name;
use crate::model::edge::{EdgeError, Refusal, SendAnswer, Stage};
use crate::secrets::command::{self, CommandError, Ended};

/// How long a send command may take, as long as SMTP waits for the answer to the final dot.
const DEADLINE: Duration = Duration::from_mins(10);
/// sysexits.h: the command asks to be tried again later.
const EX_TEMPFAIL: i32 = 75;
/// What a shell adds to the signal that ended a command of its.
const SHELL_SIGNAL: std::ops::RangeInclusive<i32> = 129..=192;
/// Characters kept of what a command says.
const MOST_WORDS: usize = 300;

/// Gives a mail to `sh -c command` on its standard input. Exit 0 is accepted, 75 a temporary refusal, a signal or ten
/// minutes without an end unknown, all else a refusal with the first line of the command's errors.
pub fn send_by_command(command: &str, bytes: &[u8], before_body: &mut dyn FnMut() -> Result<(), String>) -> SendAnswer {
    send_by_command_within(DEADLINE, command, bytes, before_body)
}

/// [`send_by_command`] with another deadline.
pub fn send_by_command_within(
    deadline: Duration,
    command: &str,
    bytes: &[u8],
    before_body: &mut dyn FnMut() -> Result<(), String>,
) -> SendAnswer {
    if let Err(why) = before_body() {
        return SendAnswer::NotSent(EdgeError::Interrupted(why));
    }
    match command::run(command, None, bytes.to_vec(), deadline) {
        Ok(ended) => verdict(&ended),
        Err(CommandError::Start(error)) => {
            SendAnswer::NotSent(EdgeError::temporary(format!("the send command could not be started ({error})")))
        }
        Err(late @ (CommandError::Late(_) | CommandError::Stopped)) => SendAnswer::Unknown(format!("{late}; it may have sent the mail")),
    }
}

fn verdict(ended: &Ended) -> SendAnswer {
    let refused = |code, text| SendAnswer::Refused(Refusal { stage: Stage::Body, code, status: None, text });
    match (ended.status.code(), ended.status.signal()) {
        (Some(0), _) => SendAnswer::Accepted("the send command took it".to_owned()),
        (Some(EX_TEMPFAIL), _) => refused(451, said(&ended.stderr, "the send command asks to try again later")),
        (Some(code), _) if !SHELL_SIGNAL.contains(&code) => {
            refused(554, said(&ended.stderr, &format!("the send command failed with exit {code}")))
        }
        (Some(code), _) => SendAnswer::Unknown(format!("the send command was ended by signal {}", code - 128)),
        (None, signal) => SendAnswer::Unknown(format!("the send command was ended by signal {}", signal.unwrap_or_default())),
    }
}

fn said(stderr: &[u8], otherwise: &str) -> String {
    let line = clean_name(&String::from_utf8_lossy(command::first_line(stderr)));
    if line.is_empty() { otherwise.to_owned() } else { line.chars().take(MOST_WORDS).collect() }
}

/// Puts a mail into `.Outbox` of the account in `dir`, where the owner's own tool takes it from. The same bytes are one
/// file: a second attempt makes no second mail.
pub fn send_to_outbox(dir: &Path, bytes: &[u8], before_body: &mut dyn FnMut() -> Result<(), String>) -> SendAnswer {
    let outbox = dir.join(format!(".{OUTBOX}"));
    if let Err(error) = make_folder(&outbox) {
        return SendAnswer::NotSent(trouble(&outbox, &error));
    }
    if let Err(why) = before_body() {
        return SendAnswer::NotSent(EdgeError::Interrupted(why));
    }
    let base = format!("{}.curbside", fingerprint(bytes));
    let target = outbox.join("new").join(&base);
    match write_whole(&outbox, &base, &target, bytes, None) {
        Err(error) if !target.exists() => SendAnswer::NotSent(trouble(&outbox, &error)),
        _ => SendAnswer::Accepted(format!("in .{OUTBOX} as {base}")),
    }
}
