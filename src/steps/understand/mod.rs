//! From a mail to its meaning: pure, total, in the order of the design's section 6.

mod auto_reply;
mod automatic;
mod bounce;
mod bulk;
pub mod facts;
pub mod intent;
mod invite;
pub mod quote;
mod signs;

use jiff::{Timestamp, Zoned, tz::TimeZone};

use crate::model::address::Address;
use crate::model::mail::Mail;
use crate::model::reading::{Kind, Outcome, Reading};

/// What is known besides the mail itself.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    /// The owner's addresses and aliases: mail from them is `own`.
    pub me: &'a [Address],
    /// The instant the mail arrived; used where the mail has no usable date of its own.
    pub arrived: Timestamp,
    /// The zone that vague times of the writer are read in when the mail's own date has none.
    pub zone: TimeZone,
}

/// Reads a mail: kind, new text, outcome, facts, doubt, rules. Never fails.
#[must_use]
pub fn understand(mail: &Mail, known: &Known<'_>) -> Reading {
    let quote::Cut { new_text, signature, rules } = quote::cut(mail);
    let judged = automatic::judge(mail, &new_text, known.me);
    let mut reading = Reading::of_kind(judged.kind, judged.confidence);
    reading.rules = judged.rules.into_iter().map(str::to_owned).chain(rules).collect();
    reading.bounce = judged.bounce;
    let anchor = anchor(mail, known);
    match judged.kind {
        Kind::Reply => read_answer(&mut reading, &new_text, mail, &anchor),
        Kind::AutoReply => auto_reply::read(&mut reading, &new_text, mail, &anchor),
        Kind::Invite => reading.facts = facts::gather(&new_text, &anchor),
        Kind::Bounce | Kind::Bulk | Kind::Order | Kind::Own => {}
    }
    reading.new_text = new_text;
    reading.signature = signature;
    reading
}

/// The hour that relative dates count from: the mail's own date in its writer's zone, else the arrival.
fn anchor(mail: &Mail, known: &Known<'_>) -> Zoned {
    match mail.date {
        Some(date) => date.at.to_zoned(date.offset.to_time_zone()),
        None => known.arrived.to_zoned(known.zone.clone()),
    }
}

fn read_answer(reading: &mut Reading, new_text: &str, mail: &Mail, anchor: &Zoned) {
    reading.outcomes = intent::intend(new_text, &mail.subject);
    reading.outcomes.sort_by_key(|finding| finding.outcome);
    reading.outcome = Some(reading.outcomes.first().map_or(Outcome::Unclear, |finding| finding.outcome));
    if let Some(finding) = reading.outcomes.first() {
        reading.confidence = reading.confidence.min(finding.confidence);
    }
    reading.facts = facts::gather(new_text, anchor);
}
