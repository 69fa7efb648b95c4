//! Kept mails read again with today's reader: what would change, and the change itself.

use jiff::Timestamp;

use super::Trouble;
use super::learn::{STRANGER, UNREAD, UNVERIFIED, guard};
use crate::mail::mime;
use crate::model::id::{EntryId, MessageId};
use crate::model::journal::{Entry, EntryKind, NewEntry};
use crate::model::message::Message;
use crate::model::reading::{Kind, Outcome, Reading};
use crate::model::standing::State;
use crate::steps::decide::{Writer, decide};
use crate::steps::understand::{Known as Sense, Taught, understand};
use crate::store::{StoreError, Tx};
use crate::world::World;

/// A kept mail that today's reader reads otherwise.
#[derive(Debug, Clone)]
pub struct Rereading {
    /// The mail, with what it was taken to mean.
    pub message: Message,
    /// What it was taken to mean.
    pub before: Reading,
    /// What it is taken to mean today.
    pub after: Reading,
    /// Why it is not changed all the same, if it is not.
    pub stays: Option<&'static str>,
}

/// What was found among the kept mails.
#[derive(Debug, Clone, Default)]
pub struct Reread {
    /// How many were read.
    pub read: usize,
    /// Those that are read otherwise, oldest first.
    pub otherwise: Vec<Rereading>,
}

/// Reads the mails kept since an hour again and says what would change. What the owner corrected stands and is not read.
///
/// # Errors
/// When the database fails.
pub fn reread(world: &World, since: Timestamp) -> Result<Reread, Trouble> {
    let (ids, taught) = world.store.read(|tx| {
        let taught = Taught::of(tx.corrections()?, &world.settings.owner.zone);
        Ok::<_, StoreError>((tx.read_since(since)?, taught))
    })?;
    let me = world.settings.owner.addresses();
    let mut found = Reread::default();
    for id in ids {
        // One at a time: neither the memory nor the log of the database grows with the years.
        let Some((message, before, raw, arrived)) = world.store.read(|tx| kept(tx, id))? else { continue };
        let sense = Sense { me: &me, arrived, zone: world.settings.owner.zone.clone(), taught: Some(&taught) };
        let Some(after) = anew(&raw, &before, &sense) else { continue };
        found.read += 1;
        if differs(&before, &after) {
            let stays = stays(&before, &after);
            found.otherwise.push(Rereading { message, before, after, stays });
        }
    }
    Ok(found)
}

type Kept = (Message, Reading, Vec<u8>, Timestamp);

/// A kept mail that may be read again, its bytes, and when it came.
fn kept(tx: &Tx<'_>, id: MessageId) -> Result<Option<Kept>, StoreError> {
    let Some((message, raw)) = tx.message(id)?.zip(tx.raw_message(id)?) else { return Ok(None) };
    let Some(before) = message.reading.clone() else { return Ok(None) };
    let stands = before.rules.iter().any(|rule| rule == UNVERIFIED) || is_header(&raw) && before.rules.iter().any(|rule| rule == UNREAD);
    if stands || tx.entries_about(id)?.iter().any(|entry| entry.line.kind == EntryKind::Corrected) {
        return Ok(None);
    }
    let arrived = tx.arrived(id)?.map_or(message.at, |arrived| arrived.min(message.at));
    Ok(Some((message, before, raw, arrived)))
}

/// True when the mailbox handed over no body.
fn is_header(raw: &[u8]) -> bool {
    let body = memchr::memmem::find(raw, b"\r\n\r\n").map(|at| at + 4).or_else(|| memchr::memmem::find(raw, b"\n\n").map(|at| at + 2));
    body.is_none_or(|at| raw[at..].trim_ascii().is_empty())
}

fn anew(raw: &[u8], before: &Reading, sense: &Sense<'_>) -> Option<Reading> {
    let mail = guard::or_nothing(|| mime::parse(raw))?;
    let mut after = guard::or_ask(|| understand(&mail, sense));
    // Who wrote was found out when it came.
    after.rules.extend(before.rules.iter().filter(|rule| *rule == STRANGER).cloned());
    Some(after)
}

/// True when two readings of a mail do not say the same.
fn differs(before: &Reading, after: &Reading) -> bool {
    let outcomes = |reading: &Reading| reading.outcomes.iter().map(|finding| finding.outcome).collect::<Vec<_>>();
    let facts = |reading: &Reading| serde_json::to_value(&reading.facts).ok();
    before.kind != after.kind
        || before.outcome != after.outcome
        || outcomes(before) != outcomes(after)
        || facts(before) != facts(after)
        || before.bounce != after.bounce
}

/// True when a mail was taken to end it (P2).
fn is_end(reading: &Reading) -> bool {
    matches!(reading.outcome, Some(Outcome::OptedOut | Outcome::Declined | Outcome::LeftEmployer | Outcome::WrongPerson))
}

/// Why a mail that is read otherwise stays what it was.
fn stays(before: &Reading, after: &Reading) -> Option<&'static str> {
    if is_end(before) && !is_end(after) {
        Some("a stop is believed until you say otherwise with curbside outcome")
    } else if before.kind == Kind::Bounce || after.kind == Kind::Bounce {
        Some("a delivery report is judged once, when it comes")
    } else if after.rules.iter().any(|rule| rule == UNREAD) {
        Some("it could not be read")
    } else {
        None
    }
}

/// Puts a new reading in the place of the old one: a new line voids what the old one did. `None` when the mail is not any
/// more what it was, or stays.
pub(super) fn apply(world: &World, tx: &Tx<'_>, new: &Rereading) -> Result<Option<EntryId>, Trouble> {
    let id = new.message.id;
    let Some((message, before, ..)) = kept(tx, id)?.filter(|(_, before, ..)| new.stays.is_none() && !differs(before, &new.before)) else {
        return Ok(None);
    };
    let Some(told) = told(tx, id)? else { return Ok(None) };
    let writer = if before.rules.iter().any(|rule| rule == STRANGER) { Writer::Stranger } else { Writer::Contact };
    let day = message.at.to_zoned(world.settings.owner.zone.clone()).date();
    let decision = decide(&new.after, writer, day);
    let text = format!("read again: {}", decision.text);
    let mut line = NewEntry::about(message.contact, message.at, EntryKind::Reread, text).message(id).with(decision.effects);
    (line.outcome, line.voids) = (decision.outcome, Some(told.id));
    tx.set_reading(id, &new.after)?;
    let entry = world.pen().record(tx, &line)?;
    // A human mail withdraws what waits (P5); that it is one may be news.
    let is_news = before.kind != Kind::Reply;
    let is_held = tx.contact(message.contact)?.is_some_and(|kept| kept.story.standing(world.today()).state != State::Active);
    if decision.withdraws && (is_news || is_held) {
        world.pen().withdraw(tx, message.contact, "a mail of theirs was read again")?;
    }
    Ok(Some(entry))
}

/// The line that says what a mail did.
fn told(tx: &Tx<'_>, id: MessageId) -> Result<Option<Entry>, StoreError> {
    Ok(tx.entries_about(id)?.into_iter().rfind(|entry| entry.line.kind.tells_meaning()))
}
