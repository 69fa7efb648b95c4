//! Making one contact of two.

use super::Changed;
use super::contacts::shown;
use crate::flow::{Trouble, contact};
use crate::model::contact::{Contact, Mode, Relation};
use crate::model::journal::{EntryKind, NewEntry};
use crate::store::Tx;
use crate::world::World;

pub(super) fn merge(world: &World, tx: &Tx<'_>, into: &str, from: &str) -> Result<Changed, Trouble> {
    let (into, from) = (contact::find(tx, into)?.contact, contact::find(tx, from)?.contact);
    if into.id == from.id {
        return Err(Trouble::refused("these are one contact already"));
    }
    let pen = world.pen();
    pen.withdraw(tx, into.id, "two contacts were made one")?;
    pen.withdraw(tx, from.id, "two contacts were made one")?;
    if tx.open_draft_of(into.id)?.is_some() && tx.open_draft_of(from.id)?.is_some() {
        return Err(Trouble::refused("a check-in to each of them is on its way; merge them when curbside outbox shows what became of it"));
    }
    tx.merge_contacts(into.id, from.id)?;
    tx.update_contact(&united(tx, &into, &from)?)?;
    pen.record(
        tx,
        &NewEntry::about(into.id, world.now(), EntryKind::Merged, format!("{} (contact {}) was made one with them", from.name, from.id)),
    )?;
    shown(tx, into.id)
}

/// What is known of the first, and where that is nothing, of the second.
fn united(tx: &Tx<'_>, into: &Contact, from: &Contact) -> Result<Contact, Trouble> {
    let mut one = tx.contact(into.id)?.ok_or_else(|| Trouble::refused("the contact is gone"))?.contact;
    if one.employer.is_none() {
        (one.employer, one.family) = (from.employer.clone(), from.family.clone());
    }
    if one.relation == Relation::Other {
        one.relation = from.relation;
    }
    let fill = |field: &mut Option<String>, other: &Option<String>| *field = field.take().or_else(|| other.clone());
    fill(&mut one.title, &from.title);
    fill(&mut one.met, &from.met);
    fill(&mut one.zone, &from.zone);
    fill(&mut one.state, &from.state);
    fill(&mut one.note, &from.note);
    one.every = one.every.or(from.every);
    one.tags.extend(from.tags.iter().filter(|tag| !into.tags.contains(tag)).cloned());
    if from.mode == Mode::Review {
        // One of them was to be asked for each time: so it stays.
        one.mode = Mode::Review;
    }
    Ok(one)
}
