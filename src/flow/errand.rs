//! Errands beside the reading of the mailbox: each that fails waits by itself, longer each time, and is said (P13).

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::Trouble;
use crate::model::edge::EdgeError;
use crate::model::id::DraftId;
use crate::store::{StoreError, Tx};
use crate::world::World;

/// Where the failing errands are remembered.
const KEY: &str = "failing";
/// Waits double from the first to the second, in seconds.
const WAITS: (i64, i64) = (5, 60 * 60);

/// The longest wait after the line to the mailbox broke, in seconds.
const LINE: i64 = 60;

/// Looks for the copies in Sent.
pub(super) const COPIES: &str = "copies";
/// Mails the digest.
pub(super) const DIGEST: &str = "digest";
/// Looks for what became of an interrupted delivery.
pub(super) const SEARCH: &str = "search";

/// Files the copy of one check-in.
pub(super) fn copy(id: DraftId) -> String {
    format!("copy {id}")
}

/// An errand that fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// What it is and why it fails, as a sentence.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// When it is tried again.
    pub again: Timestamp,
    times: u32,
}

/// The errands that fail.
#[derive(Debug, Clone, Default)]
pub struct Errands(BTreeMap<String, Failing>);

impl Errands {
    /// Those remembered.
    ///
    /// # Errors
    /// When the database fails.
    pub fn read(tx: &Tx<'_>) -> Result<Self, StoreError> {
        Ok(Self(tx.value(KEY)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()))
    }

    /// Each with what is known of it.
    pub fn all(&self) -> impl Iterator<Item = &Failing> {
        self.0.values()
    }

    /// True when the errand fails and is not to be tried yet. A wait longer than any was made while the clock was wrong.
    pub(super) fn must_wait(&self, errand: &str, now: Timestamp) -> bool {
        self.0.get(errand).is_some_and(|failing| failing.again > now && failing.again.duration_since(now).as_secs() <= WAITS.1)
    }

    /// When the first of them is to be tried again.
    pub(super) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.0.values().map(|failing| failing.again).filter(|again| *again > now).min()
    }

    fn write(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        if self.0.is_empty() {
            return tx.clear_value(KEY);
        }
        tx.set_value(KEY, &serde_json::to_string(&self.0).map_err(|error| StoreError::Row(error.to_string()))?)
    }
}

/// Runs an errand unless it has to wait; what fails at the edge is remembered and stops nothing else.
///
/// # Errors
/// When the database fails.
pub(super) fn run(world: &mut World, errand: &str, act: impl FnOnce(&mut World) -> Result<(), Trouble>) -> Result<(), Trouble> {
    let now = world.now();
    if world.store.read(Errands::read)?.must_wait(errand, now) {
        return Ok(());
    }
    match act(world) {
        Ok(()) => succeeded(world, errand),
        Err(Trouble::Edge(error)) => failed(world, errand, &error),
        Err(other) => Err(other),
    }
}

fn succeeded(world: &World, errand: &str) -> Result<(), Trouble> {
    if !world.store.read(Errands::read)?.0.contains_key(errand) {
        return Ok(());
    }
    forget(world, |key| key == errand)
}

/// Forgets the errands that are nobody's any more.
pub(super) fn forget(world: &World, is_over: impl Fn(&str) -> bool) -> Result<(), Trouble> {
    if !world.store.read(Errands::read)?.0.keys().any(|key| is_over(key)) {
        return Ok(());
    }
    Ok(world.store.write(|tx| {
        let mut errands = Errands::read(tx)?;
        errands.0.retain(|key, _| !is_over(key));
        errands.write(tx)
    })?)
}

fn failed(world: &World, errand: &str, error: &EdgeError) -> Result<(), Trouble> {
    let now = world.now();
    tracing::warn!(errand, "{error}");
    Ok(world.store.write(|tx| {
        let mut errands = Errands::read(tx)?;
        let before = errands.0.get(errand);
        let times = before.map_or(0, |failing| failing.times) + 1;
        let doubled = (WAITS.0 << (times - 1).min(10)).min(WAITS.1);
        let wait = match error {
            // A refused login is not repeated sooner: providers lock accounts.
            EdgeError::Login(_) => WAITS.1,
            EdgeError::Temporary { wait: Some(asked), .. } => doubled.max(i64::try_from(*asked).unwrap_or(WAITS.1)).min(WAITS.1),
            // The mailbox itself: whether its line holds is found out by the next look at it, which waits by itself.
            error if error.is_temporary() && errand != DIGEST => doubled.min(LINE),
            _ => doubled,
        };
        let failing = Failing {
            what: format!("{}: {}", in_words(errand), error.to_string().trim_end_matches('.')),
            since: before.map_or(now, |failing| failing.since),
            again: now.checked_add(wait.seconds()).unwrap_or(now),
            times,
        };
        errands.0.insert(errand.to_owned(), failing);
        errands.write(tx)
    })?)
}

fn in_words(errand: &str) -> &'static str {
    match errand {
        DIGEST => "The weekly mail could not be sent",
        SEARCH => "What became of a check-in could not be looked up",
        _ => "A copy of a check-in could not be filed in Sent",
    }
}
