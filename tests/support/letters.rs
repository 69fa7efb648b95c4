//! What correspondents write, as bytes.

use super::servers::Stored;

/// A plain mail.
pub fn mail(from: &str, to: &str, subject: &str, extra: &str, text: &str) -> String {
    let id = unique();
    format!("From: {from}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}@payer.test>\nDate: {}\n{extra}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n", date())
        .replace('\n', "\r\n")
}

/// A contact's answer to a mail they got.
pub fn answer(from: &str, to: &str, got: &Stored, text: &str) -> String {
    answer_with(from, to, got, "", text)
}

/// The same with further header lines.
pub fn answer_with(from: &str, to: &str, got: &Stored, extra: &str, text: &str) -> String {
    let id = got.header("message-id");
    let subject = format!("Re: {}", got.header("subject").trim_start_matches("Re: "));
    let quoted: String = got.body().lines().map(|line| format!("> {line}\n")).collect();
    let text = format!("{text}\n\nOn Monday Leah Brandt wrote:\n{quoted}");
    mail(from, to, &subject, &format!("In-Reply-To: {id}\nReferences: {id}\n{extra}"), &text)
}

/// The hour, as a mail says it.
pub fn date() -> String {
    jiff::fmt::rfc2822::to_string(&now().to_zoned(jiff::tz::TimeZone::UTC)).expect("a date of our time")
}

/// The same mail, written at another hour.
pub fn dated(mail: &str, at: jiff::Timestamp) -> String {
    let date = jiff::fmt::rfc2822::to_string(&at.to_zoned(jiff::tz::TimeZone::UTC)).expect("a date of our time");
    let lines = mail.split_inclusive("\r\n");
    lines.map(|line| if line.starts_with("Date: ") { format!("Date: {date}\r\n") } else { line.to_owned() }).collect()
}

/// The hour; real servers know no other.
#[expect(clippy::disallowed_methods, reason = "real servers stamp their mail with the real hour")]
pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// A word nobody used before in this run.
pub fn unique() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(1);
    format!("m{}.{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}
