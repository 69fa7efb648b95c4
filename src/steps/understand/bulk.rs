//! Mass mail: lists, job alerts, newsletters, marketing, frauds, complaints (ARF) and receipts that nobody needs to see.

use super::automatic::{Judged, Seen};
use super::signs::SIGNS;
use crate::model::mail::Mail;
use crate::model::reading::Kind;

/// Points that make mass mail.
const ENOUGH: u32 = 3;

/// Adds up the signs of mass mail; an answer in a conversation needs more of them.
pub(super) fn judge(mail: &Mail, seen: &Seen) -> Option<Judged> {
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
        (SIGNS.scams.hit(&seen.text), 2, "scam"),
        (texts(mail, seen) > 0, 1, "mass_text"),
        (texts(mail, seen) > 1, 1, "mass_texts"),
    ];
    let hits = signs.iter().filter(|(hit, ..)| *hit);
    let points: u32 = hits.clone().map(|(_, points, _)| points).sum();
    let needed = if seen.answers && !mail.in_reply_to.is_empty() { ENOUGH + 2 } else { ENOUGH };
    (points >= needed).then(|| Judged::new(Kind::Bulk, if points > needed { 0.95 } else { 0.85 }, hits.map(|(.., rule)| *rule).collect()))
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
