//! Mass mail: lists, job alerts, newsletters, marketing, frauds, complaints (ARF) and receipts that nobody needs to see.

use super::auto_reply;
use super::automatic::{Judged, Seen, Sign, sum};
use super::intent;
use super::signs::{SIGNS, fold};
use crate::model::mail::Mail;
use crate::model::reading::{Finding, Kind, Outcome, Reading};

/// Points that make mass mail.
const ENOUGH: u32 = 3;

/// Adds up the signs of mass mail; an answer and a person's own address need more of them.
pub(super) fn judge(mail: &Mail, seen: &Seen) -> Option<Judged> {
    let (shown, mut rules) = sum(&shown(mail, seen));
    if shown == 0 && seen.answers && !mail.in_reply_to.is_empty() {
        return None;
    }
    let (said, words) = sum(&said(mail, seen));
    if sends_from(mail, &SIGNS.people_behind) && !words.contains(&"mass_text_thrice") && !rules.contains(&"job_subject") {
        return None;
    }
    rules.extend(words);
    let needed = ENOUGH + 2 * u32::from(seen.answers) + u32::from(is_personal(mail));
    (shown + said >= needed).then(|| Judged::new(Kind::Bulk, if shown + said > needed { 0.95 } else { 0.85 }, rules))
}

/// A person who writes through a tool or a list: a stop of theirs, or words meant for one reader, are for the owner to judge.
pub(super) fn read(reading: &mut Reading) {
    let text = fold(&reading.new_text);
    let found = intent::clear_stop(&reading.new_text).or_else(|| {
        let evidence = || reading.new_text.split_whitespace().take(40).collect::<Vec<_>>().join(" ");
        auto_reply::speaks(&text).then(|| Finding { outcome: Outcome::Unclear, confidence: 0.5, evidence: evidence() })
    });
    reading.outcome = found.as_ref().map(|finding| finding.outcome);
    reading.outcomes.extend(found);
}

/// Signs of the header.
fn shown(mail: &Mail, seen: &Seen) -> [Sign; 9] {
    let mass = |value: &str| matches!(value.trim().to_ascii_lowercase().as_str(), "bulk" | "list" | "junk");
    [
        (sends_from(mail, &SIGNS.job_alerts), 3, "job_alert_sender"),
        (SIGNS.job_subjects.hit(&seen.subject), 2, "job_subject"),
        (SIGNS.bulk_subjects.hit(&seen.subject), 1, "mass_subject"),
        (mail.header("list-id").is_some() || mail.header("list-post").is_some(), 3, "list"),
        (mail.header("list-unsubscribe").is_some(), 2, "list_unsubscribe"),
        (mail.headers.iter().any(|(name, _)| SIGNS.bulk_headers.iter().any(|known| known == name)), 1, "mass_header"),
        (mail.header("precedence").is_some_and(mass), 1, "precedence"),
        (SIGNS.no_reply.hit(&seen.sender), 2, "no_reply_sender"),
        (seen.auto_submitted, 2, "auto_submitted"),
    ]
}

/// Signs of the text.
fn said(mail: &Mail, seen: &Seen) -> [Sign; 6] {
    let texts = texts(mail, seen);
    let scams = SIGNS.scams.count(&seen.text);
    [
        (scams > 0, 1, "scam"),
        (scams > 1, 2, "scam_twice"),
        (scams > 2, 2, "scam_thrice"),
        (texts > 0, 1, "mass_text"),
        (texts > 1, 1, "mass_text_twice"),
        (texts > 2, 1, "mass_text_thrice"),
    ]
}

/// `Kim Park <kim.park@…>`: a person's own address, even if a tool sends for them.
fn is_personal(mail: &Mail) -> bool {
    let Some(from) = mail.from.first() else { return false };
    let local = from.address.local().to_ascii_lowercase();
    let names: Vec<String> = from.name.split_whitespace().map(str::to_ascii_lowercase).collect();
    names.len() > 1 && names.iter().any(|name| name.len() > 2 && local.contains(name.as_str()))
}

fn sends_from(mail: &Mail, known: &[&str]) -> bool {
    let Some(sender) = mail.sender() else { return false };
    let (key, domain) = (sender.key(), sender.domain());
    let is_under = |pattern: &str| domain.strip_suffix(pattern).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    known.iter().any(|pattern| if pattern.contains('@') { key == *pattern } else { is_under(pattern) })
}

/// Phrases of mass mail, also in the footer that is cut from the new text.
fn texts(mail: &Mail, seen: &Seen) -> usize {
    let footer = mail.text.as_deref().map(|text| fold(tail(text, 1_500))).unwrap_or_default();
    SIGNS.bulk_texts.count(&seen.text).max(if seen.answers { 0 } else { SIGNS.bulk_texts.count(&footer) })
}

fn tail(text: &str, most: usize) -> &str {
    let mut start = text.len().saturating_sub(most);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}
