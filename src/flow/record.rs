//! Writing to the journal, and what follows from it: the story, the standing, the day they are due, the drafts.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Trouble;
use crate::model::draft::{Draft, DraftState};
use crate::model::id::{ContactId, EntryId};
use crate::model::journal::{EntryKind, NewEntry};
use crate::model::settings::Settings;
use crate::model::standing::StopReason;
use crate::model::story::Story;
use crate::steps::{due, story};
use crate::store::{StoreError, Tx};
use crate::world::World;

/// The pen: what is needed to write a line inside a transaction.
pub struct Pen<'a> {
    /// The owner's settings.
    pub settings: &'a Settings,
    /// The hour.
    pub now: Timestamp,
}

impl World {
    /// The pen at this hour.
    #[must_use]
    pub fn pen(&self) -> Pen<'_> {
        Pen { settings: &self.settings, now: self.now() }
    }
}

impl Pen<'_> {
    /// Writes a line and brings the contact's story up to date.
    ///
    /// # Errors
    /// When the database fails.
    pub fn record(&self, tx: &Tx<'_>, line: &NewEntry) -> Result<EntryId, StoreError> {
        let id = tx.append(line, self.now)?;
        if let Some(contact) = line.contact {
            self.restory(tx, contact)?;
        }
        Ok(id)
    }

    /// Adds up a contact's journal anew.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restory(&self, tx: &Tx<'_>, contact: ContactId) -> Result<(), StoreError> {
        let Some(kept) = tx.contact(contact)? else { return Ok(()) };
        let entries = story::in_order(tx.entries_of(contact)?, self.now);
        let zone = &self.settings.owner.zone;
        let today = self.now.to_zoned(zone.clone()).date();
        let story = story::story(&entries, &self.settings.cadence, zone);
        let due = due::due(&story, kept.contact.every, kept.contact.added_at, &self.settings.cadence, zone, today);
        tx.set_story(contact, &story, &story.standing(today), due.day)?;
        self.suppress_opted_out(tx, contact, &story)
    }

    /// All addresses of somebody who asked not to be written to are suppressed, also those learnt later (P2).
    fn suppress_opted_out(&self, tx: &Tx<'_>, contact: ContactId, story: &Story) -> Result<(), StoreError> {
        if !story.stops.iter().any(|(reason, _)| *reason == StopReason::OptedOut) {
            return Ok(());
        }
        for address in tx.all_addresses_of(contact)? {
            if tx.suppressed(&address)?.is_none() {
                tx.suppress(&address, StopReason::OptedOut.word(), self.now)?;
            }
        }
        Ok(())
    }

    /// The same for many.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restory_many(&self, tx: &Tx<'_>, contacts: &BTreeSet<ContactId>) -> Result<(), StoreError> {
        contacts.iter().try_for_each(|contact| self.restory(tx, *contact))
    }

    /// Withdraws the open draft of a contact, or stops their approved check-in, and says why (P5).
    /// One whose body has begun to leave, or may have, is left alone.
    ///
    /// # Errors
    /// When the database fails.
    pub fn withdraw(&self, tx: &Tx<'_>, contact: ContactId, why: &str) -> Result<Option<Draft>, StoreError> {
        let Some(mut draft) = tx.open_draft_of(contact)? else { return Ok(None) };
        draft.state = match draft.state {
            DraftState::Review => DraftState::Withdrawn,
            DraftState::Queued | DraftState::Deferred => DraftState::Stopped,
            DraftState::Sending if tx.rendered(draft.id)?.is_none_or(|mail| mail.body_begun.is_none()) => DraftState::Stopped,
            _ => return Ok(None),
        };
        draft.answer = Some(why.to_owned());
        tx.update_draft(&draft, self.now)?;
        let what = if draft.state == DraftState::Stopped { "the approved check-in was stopped" } else { "the draft was withdrawn" };
        let line = NewEntry::about(contact, self.now, EntryKind::Withdrawn, format!("{what}: {why}")).draft(draft.id);
        tx.append(&line, self.now)?;
        Ok(Some(draft))
    }
}

/// Adds up all journals anew when a setting they depend on has changed since they were added up last.
///
/// # Errors
/// When the database fails.
pub fn restory_all(world: &World) -> Result<(), Trouble> {
    let rules = format!("{:?} {:?}", world.settings.cadence, world.settings.owner.zone);
    if world.store.read(|tx| tx.value("cadence"))?.as_deref() == Some(rules.as_str()) {
        return Ok(());
    }
    restory_everybody(world)?;
    Ok(world.store.write(|tx| tx.set_value("cadence", &rules))?)
}

/// Adds up all stories anew, whatever the reason.
///
/// # Errors
/// When the database fails.
pub(super) fn restory_everybody(world: &World) -> Result<(), Trouble> {
    let pen = world.pen();
    world.store.write(|tx| tx.contacts()?.iter().try_for_each(|kept| Ok(pen.restory(tx, kept.contact.id)?)))
}
