//! Mass mail: lists, job alerts, newsletters, marketing, frauds, complaints (ARF) and receipts that nobody needs to see.

use super::automatic::{Judged, Seen};
use super::signs::SIGNS;
use crate::model::mail::Mail;
use crate::model::reading::Kind;

/// Points that make mass mail.
const ENOUGH: u32 = 3;

/// Adds up the signs of mass mail; an answer in a conversation needs more of them.
pub(super) fn judge(mail: &Mail, seen: &Seen) -> Option<Judged> {
    let texts = texts(mail, seen);
    let scams = SIGNS.scams.count(&seen.text);
    let signs = [
        (sends_job_alerts(mail), 3, "job_alert_sender"),
        (SIGNS.job_subjects.hit(&seen.subject), 2, "job_subject"),
        (mail.header("list-id").is_some() || mail.header("list-post").is_some(), 3, "list"),
        (mail.header("list-unsubscribe").is_some(), 2, "list_unsubscribe"),
        (mail.headers.iter().any(|(name, _)| SIGNS.bulk_headers.iter().any(|known| known == name)), 1, "mass_header"),
        (
            mail.header("precedence").is_some_and(|value| matches!(value.trim().to_ascii_lowercase().as_str(), "bulk" | "list" | "junk")),
            1,
            "precedence",
        ),
        (SIGNS.no_reply.hit(&seen.sender), 2, "no_reply_sender"),
        (seen.auto_submitted, 2, "auto_submitted"),
        (scams > 0, 1, "scam"),
        (scams > 1, 2, "scam_twice"),
        (scams > 2, 2, "scam_thrice"),
        (texts > 0, 1, "mass_text"),
        (texts > 1, 1, "mass_text_twice"),
        (texts > 2, 1, "mass_text_thrice"),
    ];
    let hits = signs.iter().filter(|(hit, ..)| *hit);
    let points: u32 = hits.clone().map(|(_, points, _)| points).sum();
    let needed = ENOUGH + if seen.answers { 2 } else { 0 } + if is_personal(mail) { 1 } else { 0 };
    (points >= needed).then(|| Judged::new(Kind::Bulk, if points > needed { 0.95 } else { 0.85 }, hits.map(|(.., rule)| *rule).collect()))
}

/// `Kim Park <kim.park@…>`: a person's own address, even if a tool sends for them.
fn is_personal(mail: &Mail) -> bool {
    let Some(from) = mail.from.first() else { return false };
    let local = from.address.local().to_ascii_lowercase();
    let names: Vec<String> = from.name.split_whitespace().map(|name| name.to_ascii_lowercase()).collect();
    names.len() > 1 && names.iter().any(|name| name.len() > 2 && local.contains(name.as_str()))
}

fn sends_job_alerts(mail: &Mail) -> bool {
    mail.sender().is_some_and(|sender| {
        let key = sender.key();
        SIGNS.job_alerts.iter().any(|known| if known.starts_with('@') { key.ends_with(known.as_str()) } else { key == *known })
    })
}

/// Phrases of mass mail, also in the footer that is cut from the new text.
fn texts(mail: &Mail, seen: &Seen) -> usize {
    let footer = mail.text.as_deref().map(|text| super::signs::fold(tail(text, 1_500))).unwrap_or_default();
    SIGNS.bulk_texts.count(&seen.text).max(if seen.answers { 0 } else { SIGNS.bulk_texts.count(&footer) })
}

fn tail(text: &str, most: usize) -> &str {
    let mut start = text.len().saturating_sub(most);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}
