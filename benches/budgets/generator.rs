//! The mailbox of the benchmark: strangers' mail, and among it the conversations with 500 contacts.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::{Timestamp, ToSpan};

use crate::servers;

/// How many contacts write.
pub const CONTACTS: usize = 500;

/// A mailbox on the test server.
pub struct Town {
    /// Whose it is.
    pub user: String,
    /// How many mails concern a contact.
    pub kept: usize,
    /// Where the contacts' mails stand, counted from 1 in the order of delivery.
    pub uids: Vec<u32>,
    /// How many mails there are.
    pub messages: usize,
}

/// The address of a contact.
pub fn address(contact: usize) -> String {
    format!("contact{contact}@plan{}.example", contact % 40)
}

/// Fills a fresh user's inbox. Mails are spread over the last 170 days.
pub fn build(messages: usize) -> Town {
    let user = servers::fresh_user("bench");
    let inbox = servers::servers().maildir(&user);
    for folder in ["cur", "new", "tmp"] {
        fs::create_dir_all(inbox.join(folder)).expect("the mailbox can be made");
    }
    let every = 50;
    let mut uids = Vec::new();
    let start = curbside::clock::Clock::system().now().checked_sub((170 * 24).hours()).expect("a date");
    for n in 0..messages {
        let seconds = i64::try_from(n * 169 * 86_400 / messages.max(1)).expect("seconds");
        let at = start.checked_add(seconds.seconds()).expect("a date");
        let concerns = n % every == 7;
        if concerns {
            uids.push(u32::try_from(n + 1).expect("a UID"));
        }
        let mail = if concerns { answer(n, at, &user) } else { stranger(n, at, &user) };
        write(&inbox, n, at, &mail);
    }
    own(&inbox);
    Town { user, kept: uids.len(), uids, messages }
}

fn write(inbox: &Path, n: usize, at: Timestamp, mail: &str) {
    let path = inbox.join("cur").join(format!("{}.M{n:07}P1.bench:2,S", at.as_second()));
    fs::write(&path, mail).expect("the mailbox can be written");
    let time = std::time::SystemTime::from(at);
    fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(time)).expect("the time can be set");
}

/// The mail server runs as another user.
fn own(inbox: &Path) {
    let done = std::process::Command::new("chown").args(["-R", "mail:mail"]).arg(inbox).status();
    assert!(done.is_ok_and(|status| status.success()), "the mailbox can be handed over");
}

fn answer(n: usize, at: Timestamp, user: &str) -> String {
    let contact = (n / 50) % CONTACTS;
    let texts = [
        "Thanks for the note. Nothing is open at the moment, but please check back in the spring.",
        "Good to hear from you! Could you send me your resume? I will pass it on to our medical director.",
        "Happy to talk. Would Thursday at 3 pm Eastern work for a short call?",
        "Thanks, that is good news. All the best.",
    ];
    let text = texts[n % texts.len()];
    mail(
        n,
        at,
        &format!("Contact Number{contact} <{}>", address(contact)),
        user,
        &format!("{text}\r\n\r\nBest,\r\nContact\r\n\r\nOn Monday you wrote:\r\n> Dear colleague,\r\n> how are you?\r\n"),
    )
}

fn stranger(n: usize, at: Timestamp, user: &str) -> String {
    let mut body = String::new();
    // About 2 KB on average, as much mail is; some far larger.
    let lines = if n.is_multiple_of(997) { 3_000 } else { 10 + n % 40 };
    for line in 0..lines {
        let _ = write!(body, "Line {line} of a mail that concerns nobody you keep, number {n}.\r\n");
    }
    mail(n, at, &format!("Somebody Else{} <somebody{}@elsewhere{}.example>", n % 900, n % 900, n % 70), user, &body)
}

fn mail(n: usize, at: Timestamp, from: &str, user: &str, body: &str) -> String {
    let date = jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).expect("a date");
    format!(
        "Received: from mx.elsewhere.example by mail.example.test with ESMTP; {date}\r\nFrom: {from}\r\nTo: <{user}>\r\nSubject: Number {n} of many\r\nDate: {date}\r\n\
         Message-ID: <bench-{n}@elsewhere.example>\r\nReferences: <thread-{}@elsewhere.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}",
        n % 5_000
    )
}
