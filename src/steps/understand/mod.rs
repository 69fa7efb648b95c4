//! From a mail to its meaning: pure, total, in the order of the design's section 6.

mod auto_reply;
mod automatic;
mod bounce;
mod bulk;
pub mod facts;
mod html;
pub mod intent;
mod invite;
mod patterns;
pub mod quote;
mod signature;
mod signs;
mod taught;

use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};

use crate::model::address::{Address, Mailbox};
use crate::model::mail::Mail;
use crate::model::reading::{Kind, Outcome, Reading};
pub use taught::{TAUGHT, Taught};

/// So long a mail is on its way, and so far apart are two clocks: a zone mistaken and an hour.
const ON_THE_WAY: SignedDuration = SignedDuration::from_hours(25);

/// Among the rules of a reading: the mail tells of somebody in the third person who has left, and not by the writer's own name.
pub const LEFT_ANOTHER: &str = "somebody_else_left";

/// What is known besides the mail itself.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    /// The owner's addresses and aliases: mail from them is `own`.
    pub me: &'a [Address],
    /// The instant the mail arrived; used where the mail has no usable date of its own.
    pub arrived: Timestamp,
    /// The zone that vague times of the writer are read in when the mail's own date has none.
    pub zone: TimeZone,
    /// What the owner corrected before.
    pub taught: Option<&'a Taught>,
}

/// Reads a mail: kind, new text, outcome, facts, doubt, rules. Never fails.
#[must_use]
pub fn understand(mail: &Mail, known: &Known<'_>) -> Reading {
    let quote::Cut { new_text, signature, rules } = quote::cut(mail);
    let judged = automatic::judge(mail, &new_text, known.me);
    let mut reading = Reading::of_kind(judged.kind, judged.confidence);
    reading.bounce = judged.bounce;
    reading.rules = judged.rules.into_iter().map(str::to_owned).chain(rules).collect();
    reading.new_text = new_text;
    reading.signature = signature;
    match judged.kind {
        Kind::Reply => read_answer(&mut reading, mail),
        Kind::AutoReply => auto_reply::read(&mut reading, mail, &anchor(mail, known)),
        Kind::Invite => reading.facts.call_times = invite::call_times(mail, &anchor(mail, known)),
        Kind::Bulk => bulk::read(&mut reading),
        Kind::Bounce | Kind::Order | Kind::Own => {}
    }
    if let Some(taught) = known.taught {
        taught.teach(&mut reading, mail);
    }
    if reading.kind == Kind::Reply {
        note_facts(&mut reading, mail, known);
    }
    reading
}

/// The hour that relative dates count from: the mail's own date in its writer's zone if it left about when it came, else the
/// arrival; a clock that is years off tells the zone at most.
fn anchor(mail: &Mail, known: &Known<'_>) -> Zoned {
    let Some(date) = mail.date else { return known.arrived.to_zoned(known.zone.clone()) };
    let at = if date.at.duration_since(known.arrived).abs() <= ON_THE_WAY { date.at } else { known.arrived };
    at.to_zoned(date.offset.to_time_zone())
}

/// A person's mail: what they mean. What is unsure of kind or outcome is unsure of both.
fn read_answer(reading: &mut Reading, mail: &Mail) {
    let intent = intent::intend(&reading.new_text, &mail.subject);
    reading.confidence = reading.confidence.min(intent.confidence);
    reading.outcome = intent.findings.first().map(|finding| finding.outcome);
    reading.rules.extend(intent.rules);
    if reading.outcome == Some(Outcome::LeftEmployer) && tells_of_another(&intent.others_who_left, mail.from.first()) {
        reading.rules.push(LEFT_ANOTHER.to_owned());
    }
    reading.outcomes = intent.findings;
}

/// What a person's mail says besides; it depends on what they mean.
fn note_facts(reading: &mut Reading, mail: &Mail, known: &Known<'_>) {
    let outcomes: Vec<Outcome> = reading.outcomes.iter().map(|finding| finding.outcome).collect();
    let sense = facts::Sense {
        text: &reading.new_text,
        signature: &reading.signature,
        subject: &mail.subject,
        anchor: anchor(mail, known),
        writer: mail.from.first(),
        cc: &mail.cc,
        me: known.me,
    };
    reading.facts = facts::facts(&sense, &outcomes);
}

/// True when the sentences say that somebody has left, and none of them names the writer.
fn tells_of_another(sentences: &[String], writer: Option<&Mailbox>) -> bool {
    let names: Vec<String> = writer.iter().flat_map(|writer| words(&writer.name)).filter(|word| word.len() > 2).collect();
    let names_writer = |sentence: &String| words(sentence).any(|word| names.contains(&word));
    !sentences.is_empty() && !sentences.iter().any(names_writer)
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}
