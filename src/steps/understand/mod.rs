//! From a mail to its meaning: pure, total, in the order of the design's section 6.

pub mod intent;

use jiff::{Timestamp, tz::TimeZone};

use crate::model::address::Address;
use crate::model::mail::Mail;
use crate::model::reading::{Kind, Reading};

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
pub fn understand(mail: &Mail, _known: &Known<'_>) -> Reading {
    let intent = intent::intend(mail.text.as_deref().unwrap_or_default(), &mail.subject);
    let mut reading = Reading::of_kind(Kind::Reply, intent.confidence);
    reading.outcome = intent.findings.first().map(|finding| finding.outcome);
    reading.outcomes = intent.findings;
    reading.rules = intent.rules;
    reading
}
