//! Taking in an export: the rows are judged against the contacts there are, and written in one transaction.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::Changed;
use crate::flow::Trouble;
use crate::model::id::ContactId;
use crate::model::import::{Choice, Judged, Learnt, Person, Row, Source};
use crate::model::journal::{Effect, EntryKind, NewEntry};
use crate::model::standing::{State, StopReason};
use crate::steps::directory::Directory;
use crate::steps::import::{Rules, judge, person_key};
use crate::store::contacts::Kept;
use crate::store::{StoreError, Tx};
use crate::world::World;

/// Told of each contact that is written: how many so far, and of how many.
#[derive(Clone)]
pub struct Ticker(pub Arc<dyn Fn(usize, usize) + Send + Sync>);

impl fmt::Debug for Ticker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticker")
    }
}

/// The rows of an export, and whom of them the owner wants.
#[derive(Debug, Clone)]
pub struct Import {
    /// What sort of file it was.
    pub source: Source,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whom of them the owner wants.
    pub choice: Choice,
    /// Who is told how far it is.
    pub ticker: Option<Ticker>,
}

/// What would become of each row. Changes nothing.
///
/// # Errors
/// When the database fails.
pub fn judged(world: &World, import: &Import) -> Result<Vec<Judged>, Trouble> {
    world.store.read(|tx| Ok(sorted(world, tx, import)?.0))
}

pub(super) fn import(world: &World, tx: &Tx<'_>, import: Import) -> Result<Changed, Trouble> {
    let (mut judged, people) = sorted(world, tx, &import)?;
    let mut learnt: HashMap<usize, Vec<Learnt>> = HashMap::new();
    for row in &judged {
        if let Some(at) = row.person {
            learnt.entry(at).or_default().extend(row.learnt.iter().cloned());
        }
    }
    let changed: Vec<(usize, &Person)> = people.iter().enumerate().filter(|(_, person)| person.changed).collect();
    let mut ids: HashMap<usize, ContactId> = HashMap::new();
    for (done, (at, person)) in changed.iter().enumerate() {
        let news = learnt.remove(at).unwrap_or_default();
        let id = if person.is_new() { add(world, tx, &import, person)? } else { update(world, tx, &import, person, &news)? };
        ids.insert(*at, id);
        import.ticker.iter().for_each(|ticker| ticker.0(done + 1, changed.len()));
    }
    for row in judged.iter_mut().filter(|row| row.contact.is_none()) {
        row.contact = row.person.and_then(|at| ids.get(&at).copied());
    }
    Ok(Changed::Imported(judged))
}

fn sorted(world: &World, tx: &Tx<'_>, import: &Import) -> Result<(Vec<Judged>, Vec<Person>), Trouble> {
    let mut learnt = tx.imported()?;
    let person = |kept: Kept| Person {
        line: 0,
        learnt: learnt.remove(&kept.contact.id).unwrap_or_default(),
        learns: std::collections::BTreeMap::new(),
        said: std::collections::BTreeSet::new(),
        stopped: stopped(world, &kept),
        changed: false,
        contact: kept.contact,
    };
    let mut people: Vec<Person> = tx.contacts()?.into_iter().map(person).collect();
    let directory = Directory::new(tx.own_employers()?);
    let rules = Rules {
        directory: &directory,
        choice: &import.choice,
        suppressed: &suppressed(tx, &import.rows)?,
        owners: &owners(tx)?,
        me: &world.settings.owner.addresses(),
        never: &world.settings.sending.never,
        now: world.now(),
    };
    let judged = judge(import.rows.clone(), &mut people, &rules);
    Ok((judged, people))
}

fn stopped(world: &World, kept: &Kept) -> Option<String> {
    let standing = kept.story.standing(world.today());
    (standing.state == State::Stopped).then(|| format!("stopped: {}", standing.reason.unwrap_or_default().replace('_', " ")))
}

fn suppressed(tx: &Tx<'_>, rows: &[Row]) -> Result<HashMap<String, String>, StoreError> {
    let mut found = HashMap::new();
    if !tx.has_suppressions()? {
        return Ok(found);
    }
    for address in rows.iter().flat_map(|row| &row.addresses) {
        if let Some(reason) = tx.suppressed(address)? {
            found.insert(person_key(address), reason);
        }
    }
    Ok(found)
}

fn owners(tx: &Tx<'_>) -> Result<HashMap<String, ContactId>, StoreError> {
    let known = tx.known_addresses()?.into_iter();
    Ok(known.filter_map(|(key, id)| Some((person_key(&key.parse().ok()?), id))).collect())
}

fn add(world: &World, tx: &Tx<'_>, import: &Import, person: &Person) -> Result<ContactId, Trouble> {
    let id = tx.add_contact(&person.contact)?;
    tx.set_imported(id, &person.learns)?;
    // A note out of an address book is no news to write about: it stands with the contact, not in the journal.
    let text = format!("added from {} (line {})", import.source.in_words(), person.line);
    world.pen().record(tx, &NewEntry::about(id, world.now(), EntryKind::Added, text))?;
    Ok(id)
}

fn update(world: &World, tx: &Tx<'_>, import: &Import, person: &Person, news: &[Learnt]) -> Result<ContactId, Trouble> {
    let id = person.contact.id;
    tx.set_imported(id, &person.learns)?;
    if news.is_empty() {
        return Ok(id);
    }
    tx.update_contact(&person.contact)?;
    let pen = world.pen();
    if news.iter().any(|news| news.field != "note" && news.field != "address") {
        pen.withdraw(tx, id, "the contact changed; a new draft is made from what is known now")?;
    }
    let reachable = news.iter().any(|news| news.field == "address");
    let lifted = reachable.then_some(Effect::Lift(StopReason::Undeliverable));
    pen.record(tx, &NewEntry::about(id, world.now(), EntryKind::Edited, in_words(import.source, news)).with(lifted))?;
    Ok(id)
}

/// `LinkedIn says: title Physician Advisor (was Hospitalist); address jane@plan.example`
fn in_words(source: Source, news: &[Learnt]) -> String {
    let one = |news: &Learnt| {
        let was = news.from.as_ref().map_or_else(String::new, |from| format!(" (was {from})"));
        format!("{} {}{was}", news.field, news.to)
    };
    format!("{} says: {}", source.in_words(), news.iter().map(one).collect::<Vec<_>>().join("; "))
}
