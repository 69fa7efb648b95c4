//! Three truths kept apart: the status of this message, whether the server still tries, and whether the address is dead.

use std::sync::LazyLock;

use regex::Regex;

use super::super::auto_reply::head;
use super::super::signs::{REPORTS, Reason, fold};
use super::notice::Notice;
use super::report::Entry;
use crate::model::address::clean_name;
use crate::model::reading::BouncedRecipient;

/// Bytes kept of what the server said.
const MOST_DIAGNOSTIC: usize = 600;

/// Reads a recipient of a report by RFC 3464; the notice's words fill in what the fields leave open.
pub(super) fn of_entry(address: &str, entry: &Entry, words: &str, notice: &Notice) -> BouncedRecipient {
    let said = entry.diagnostic.as_deref().unwrap_or(if words.is_empty() { &notice.text } else { words });
    let all = format!("{} {words}", entry.diagnostic.as_deref().unwrap_or_default());
    let delayed = entry.action.as_deref() == Some("delayed");
    let status = entry
        .status
        .clone()
        .map(|status| sharpened(status, said))
        .or_else(|| status_in(&all))
        .or_else(|| Some(default_status(&all, delayed)));
    assemble(address, status, delayed, said, &all)
}

/// Reads a recipient of a report of free form.
pub(super) fn of_words(address: &str, words: &str, notice: &Notice) -> BouncedRecipient {
    let delayed = is_delay(&fold(&notice.text));
    let status = status_in(words).or_else(|| status_in(&notice.text)).unwrap_or_else(|| default_status(words, delayed));
    let all = if reason_in(&without_address(words, address)).is_some() { words } else { &notice.text };
    assemble(address, Some(status), delayed, words, all)
}

fn assemble(address: &str, status: Option<String>, delayed: bool, said: &str, all: &str) -> BouncedRecipient {
    let code = status.as_deref().unwrap_or_default();
    let said_folded = without_address(said, address);
    let all_folded = without_address(all, address);
    let text = reason_in(&said_folded).or_else(|| reason_in(&all_folded));
    let quoted = has_reply_code(&said_folded);
    let told = enhanced_in(said).filter(|told| told[..1] == code[..code.len().min(1)]);
    let (reason, hard) = weigh(told.unwrap_or(code), text, Stage::of(&all_folded), quoted);
    let diagnostic = Some(clean_name(head(said, MOST_DIAGNOSTIC))).filter(|text| !text.is_empty());
    BouncedRecipient { address: address.to_owned(), status, hard: hard && !delayed, delayed, reason: reason.to_owned(), diagnostic }
}

/// An address may contain any word (`spam@…`); it says nothing about the reason.
fn without_address(text: &str, address: &str) -> String {
    fold(text).replace(&address.to_ascii_lowercase(), "<>")
}

fn reason_in(folded: &str) -> Option<&'static Reason> {
    REPORTS.reason_texts.first(folded).and_then(|index| REPORTS.reason_of.get(index)).and_then(|index| REPORTS.reasons.get(*index))
}

/// Which of the words and the status is believed, and whether the address is dead.
///
/// A server that took the recipient and refused the mail afterwards has not said that the recipient is unknown,
/// whatever its words; one that refused the sender has said nothing about the recipient.
fn weigh(status: &str, text: Option<&'static Reason>, stage: Stage, quoted: bool) -> (&'static str, bool) {
    let by_status = word_of_status(status);
    let dead = by_status.filter(|word| status.starts_with('5') && is_hard(word));
    let word = text.map_or("", |reason| reason.word.as_str());
    if let Some(dead) = dead.filter(|_| !is_passing(word) && (status != "5.1.2" || stage != Stage::Sender)) {
        return (dead, true);
    }
    let Some(text) = text else { return (by_status.unwrap_or("unknown"), false) };
    if !text.hard {
        return (word_of(text), false);
    }
    match (status.as_bytes().first(), stage) {
        (Some(b'5'), _) if text.sure => (word_of(text), true),
        // A server that says so for days with a temporary code means it.
        (Some(b'4'), _) if status == "4.1.1" && word == "user_unknown" => (word_of(text), true),
        (Some(b'4'), _) => (if word == "user_unknown" { "user_unknown" } else { "network" }, false),
        (_, Stage::Sender) => ("sender_refused", false),
        (_, Stage::Body) => ("refused", false),
        (_, Stage::Unknown) if word == "user_unknown" && quoted && !status.starts_with("5.1.") && status != "5.5.0" => ("refused", false),
        _ => (word_of(text), true),
    }
}

/// Reasons that hold even beside a status that calls the address unknown: they say that it is known.
fn is_passing(word: &str) -> bool {
    matches!(word, "mailbox_full" | "rate_limited")
}

fn word_of(reason: &'static Reason) -> &'static str {
    reason.word.as_str()
}

fn is_hard(word: &str) -> bool {
    REPORTS.reasons.iter().any(|reason| reason.hard && reason.word == word)
}

/// The step of the SMTP conversation at which the server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unknown,
    Sender,
    Recipient,
    Body,
}

impl Stage {
    /// The step that is named first.
    fn of(folded: &str) -> Self {
        let place = |phrases: &[String]| phrases.iter().filter_map(|phrase| folded.find(phrase.as_str())).min();
        let first = REPORTS.stages.iter().filter_map(|(name, phrases)| Some((place(phrases)?, name.as_str()))).min();
        match first {
            Some((_, "sender")) => Self::Sender,
            Some((_, "recipient")) => Self::Recipient,
            Some((_, "body")) => Self::Body,
            _ => Self::Unknown,
        }
    }
}

/// True when the words repeat another server's reply: only then does it matter at which step it came.
fn has_reply_code(folded: &str) -> bool {
    REPLY.as_ref().is_some_and(|regex| regex.is_match(folded))
}

/// The word of the longest known prefix of a status (`5.1.1`, `x.2.2`, `x.4`).
fn word_of_status(status: &str) -> Option<&'static str> {
    let (_, detail) = status.split_once('.')?;
    let subject = detail.split('.').next()?;
    [status.to_owned(), format!("x.{detail}"), format!("x.{subject}")].iter().find_map(|key| REPORTS.status.get(key)).map(String::as_str)
}

static ENHANCED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?:$|[^\d.]|\.(?:\D|$))").ok());
static REPLY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:^|[\s:;#(\[<>'-])([45][0-5]\d)(?:[ \-:,;#)\]]|$)").ok());

/// The enhanced status in a text, or one made of a plain SMTP reply code.
fn status_in(text: &str) -> Option<String> {
    let enhanced =
        ENHANCED.as_ref()?.captures_iter(text).filter_map(|hit| hit.get(1)).map(|code| code.as_str()).find(|code| !code.starts_with('2'));
    if let Some(code) = enhanced {
        return Some(code.to_owned());
    }
    let code = REPLY.as_ref()?.captures_iter(text).find_map(|hit| hit.get(1))?.as_str();
    Some(format!("{}.0.0", &code[..1]))
}

fn enhanced_in(text: &str) -> Option<&str> {
    ENHANCED
        .as_ref()?
        .captures_iter(text)
        .filter_map(|hit| hit.get(1))
        .map(|code| code.as_str())
        .find(|code| !code.starts_with('2') && !code.ends_with(".0.0"))
}

/// A status that says only the class takes its detail from what the server said, never another class.
fn sharpened(status: String, said: &str) -> String {
    if !status.ends_with(".0.0") {
        return status;
    }
    status_in(said).filter(|better| better[..1] == status[..1]).unwrap_or(status)
}

fn default_status(words: &str, delayed: bool) -> String {
    let temporary = delayed || REPORTS.temporary.hit(&fold(words));
    if temporary { "4.0.0".to_owned() } else { "5.0.0".to_owned() }
}

fn is_delay(folded: &str) -> bool {
    REPORTS.tries_on.hit(folded) && !REPORTS.gave_up.hit(folded)
}
