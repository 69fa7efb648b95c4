//! What the owner asks to see: contacts found forgivingly, their last words, employers of the directory.

use jiff::Timestamp;

use super::Trouble;
use crate::mail::mime;
use crate::model::address::Address;
use crate::model::employer::{Employer, EmployerKind};
use crate::model::id::ContactId;
use crate::model::message::{Direction, Message};
use crate::model::standing::State;
use crate::steps::directory::Directory;
use crate::steps::{due, search};
use crate::store::Tx;
use crate::store::contacts::Kept;
use crate::world::World;

/// Which contacts are wanted; the default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words that must all fit, forgivingly.
    pub query: Option<String>,
    /// Only those who may be written to and are due today.
    pub due: bool,
    /// Only those in this standing.
    pub standing: Option<State>,
    /// Only those of an employer or family.
    pub employer: Option<String>,
}

/// The contacts wanted: the longest due first, else the best match first, else by name.
///
/// # Errors
/// When the database fails.
pub fn roster(world: &World, wanted: &Wanted) -> Result<Vec<Kept>, Trouble> {
    let today = world.today();
    let found = world.store.read(|tx| {
        // A hold that is over is still written as one until the next line of the journal.
        if wanted.due { tx.reachable_due(today, None, usize::MAX) } else { tx.contacts() }
    })?;
    let mut rows: Vec<(u32, Kept)> = found
        .into_iter()
        .filter(|kept| !wanted.due || is_due(world, kept))
        .filter(|kept| wanted.standing.is_none_or(|state| kept.story.standing(today).state == state))
        .filter(|kept| wanted.employer.as_ref().is_none_or(|employer| is_at(kept, employer)))
        .filter_map(|kept| Some((fit(&kept, wanted.query.as_deref())?, kept)))
        .collect();
    if !wanted.due {
        rows.sort_by_cached_key(|(score, kept)| {
            (std::cmp::Reverse(*score), crate::model::fold::folded(&kept.contact.name), kept.contact.id)
        });
    }
    Ok(rows.into_iter().map(|(_, kept)| kept).collect())
}

fn is_due(world: &World, kept: &Kept) -> bool {
    let (contact, story, today) = (&kept.contact, &kept.story, world.today());
    if story.standing(today).state != State::Active {
        return false;
    }
    let found = due::due(story, contact.every, contact.added_at, &world.settings.cadence, &world.settings.owner.zone, today);
    due::next_due(story, found).is_some_and(|day| day <= today)
}

fn is_at(kept: &Kept, employer: &str) -> bool {
    let names = [&kept.contact.employer, &kept.contact.family];
    search::score(employer, names.into_iter().flatten().map(String::as_str)).is_some()
}

fn fit(kept: &Kept, query: Option<&str>) -> Option<u32> {
    let Some(query) = query else { return Some(0) };
    let contact = &kept.contact;
    let fields = [Some(&contact.name), contact.employer.as_ref(), contact.title.as_ref(), contact.note.as_ref()];
    let fields = fields.into_iter().flatten().map(String::as_str);
    let addresses = contact.addresses.iter().map(Address::as_str);
    search::score(query, fields.chain(addresses).chain(contact.tags.iter().map(String::as_str)))
}

/// The last words of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastWords {
    /// When.
    pub at: Timestamp,
    /// The subject of the mail.
    pub subject: String,
    /// What they wrote, without what they quoted.
    pub text: String,
}

/// The last mail of a contact, and the last one to them.
///
/// # Errors
/// When the database fails.
pub fn last_words(tx: &Tx<'_>, contact: ContactId) -> Result<[Option<LastWords>; 2], Trouble> {
    let theirs = tx.last_message(contact, Some(Direction::In))?.map(|message| words_of(tx, message)).transpose()?;
    let ours = tx.last_message(contact, Some(Direction::Out))?.map(|message| words_of(tx, message)).transpose()?;
    Ok([theirs, ours])
}

fn words_of(tx: &Tx<'_>, message: Message) -> Result<LastWords, Trouble> {
    let understood = message.reading.map(|reading| reading.new_text).filter(|text| !text.trim().is_empty());
    let text = match understood {
        Some(text) => text,
        None => match message.rfc_id.as_deref().map(|id| tx.draft_by_rfc_id(id)).transpose()?.flatten() {
            Some(draft) => draft.content.text,
            None => plain_text(&tx.raw_message(message.id)?.unwrap_or_default()),
        },
    };
    Ok(LastWords { at: message.at, subject: message.subject, text: text.trim().to_owned() })
}

/// The body of a mail up to the first quoted line.
fn plain_text(raw: &[u8]) -> String {
    let text = mime::parse(raw).and_then(|mail| mail.text).unwrap_or_default();
    text.lines().take_while(|line| !line.starts_with('>')).collect::<Vec<_>>().join("\n")
}

/// Employers that fit a query, the best first; all of them, the owner's own first, without one.
///
/// # Errors
/// When the database fails.
pub fn employers(world: &World, query: Option<&str>, kind: Option<EmployerKind>) -> Result<Vec<Employer>, Trouble> {
    let directory = Directory::new(world.store.read(|tx| tx.own_employers())?);
    let found = directory.search(query.unwrap_or_default(), kind);
    Ok(found.into_iter().cloned().collect())
}
