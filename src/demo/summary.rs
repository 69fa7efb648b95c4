//! What came of the half year, in numbers and names.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::flow::Trouble;
use crate::model::draft::DraftState;
use crate::model::journal::{Entry, EntryKind};
use crate::model::reading::Outcome;
use crate::model::standing::State;
use crate::world::World;

/// What came of the half year.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// People in the network.
    pub contacts: u32,
    /// Check-ins that went out.
    pub check_ins: u32,
    /// Mails of people that came back.
    pub answers: u32,
    /// Answers by what they mean, those that matter most first.
    pub outcomes: Vec<(Outcome, u32)>,
    /// Delivery reports.
    pub bounced: u32,
    /// Calls and meetings.
    pub talks: u32,
    /// Who is owed an answer.
    pub owed: Vec<Person>,
    /// Whose drafts wait for a yes.
    pub waiting: Vec<Person>,
    /// Weekly mails.
    pub digests: u32,
}

/// Somebody the summary names.
#[derive(Debug, Clone, Serialize)]
pub struct Person {
    /// The contact's id, or the draft's.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Where they work, or empty.
    pub employer: String,
}

/// Counts.
///
/// # Errors
/// When the database fails.
pub(super) fn summary(world: &World, begun: Timestamp, digests: u32) -> Result<Summary, Trouble> {
    world.store.read(|tx| {
        let mut entries = Vec::new();
        let contacts = tx.contacts()?;
        for kept in &contacts {
            entries.extend(tx.entries_of(kept.contact.id)?.into_iter().filter(|entry| entry.line.on > begun));
        }
        let count = |kinds: &[EntryKind]| {
            u32::try_from(entries.iter().filter(|entry| kinds.contains(&entry.line.kind)).count()).unwrap_or(u32::MAX)
        };
        let owed = tx.contacts_in(State::OwesAnswer, 100)?.into_iter().map(|kept| Person {
            id: kept.contact.id.to_string(),
            name: kept.contact.name,
            employer: kept.contact.employer.unwrap_or_default(),
        });
        let employer = |id| contacts.iter().find(|kept| kept.contact.id == id).and_then(|kept| kept.contact.employer.clone());
        let waiting = tx.drafts_in(DraftState::Review)?.into_iter().map(|draft| Person {
            id: draft.id.to_string(),
            employer: employer(draft.contact).unwrap_or_default(),
            name: draft.name,
        });
        Ok(Summary {
            contacts: tx.count_contacts()?,
            check_ins: count(&[EntryKind::CheckIn]),
            answers: count(&[EntryKind::TheyWrote]),
            outcomes: outcomes(&entries),
            bounced: count(&[EntryKind::Bounced]),
            talks: count(&[EntryKind::Call, EntryKind::Meeting]),
            owed: owed.collect(),
            waiting: waiting.collect(),
            digests,
        })
    })
}

/// Good news first, then what is to be done, then the rest.
const ORDER: [Outcome; 11] = [
    Outcome::Call,
    Outcome::ResumeRequested,
    Outcome::Opening,
    Outcome::Referral,
    Outcome::NotNow,
    Outcome::Acknowledged,
    Outcome::Declined,
    Outcome::LeftEmployer,
    Outcome::WrongPerson,
    Outcome::OptedOut,
    Outcome::Unclear,
];

fn outcomes(entries: &[Entry]) -> Vec<(Outcome, u32)> {
    let mut counts: BTreeMap<usize, u32> = BTreeMap::new();
    let meant = entries.iter().filter(|entry| matches!(entry.line.kind, EntryKind::TheyWrote | EntryKind::AutoReply));
    for outcome in meant.filter_map(|entry| entry.line.outcome) {
        if let Some(place) = ORDER.iter().position(|other| *other == outcome) {
            *counts.entry(place).or_default() += 1;
        }
    }
    counts.into_iter().map(|(place, count)| (ORDER[place], count)).collect()
}
