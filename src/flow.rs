//! One turn, top to bottom: mail in → understand → decide → journal → plan → draft → deliver → mail out; and the one
//! door by which the owner changes anything.
//!
//! A turn can be taken at any time and any number of times: the truth is in the tables, and a turn does what they say
//! is to be done. Killed anywhere, the next one goes on.

mod change;
mod contact;
mod deliver;
mod departed;
mod discover;
mod draft_text;
mod errand;
mod explain;
mod learn;
mod prepare;
mod reach;
mod record;
mod reread;
mod roster;
mod sync;
mod weekly;
mod wrong_clock;

use std::time::Duration;

use jiff::{Timestamp, ToSpan};

pub use change::{Change, Changed, EditContact, Import, NewContact, NewEmployer, Ticker, accept, fingerprint, judged};
pub use contact::{Who, find};
pub use deliver::{LOOK_MINUTES, file_copies, next_hour, pause_of_sending, pauses_digest};
pub use discover::{Discovered, discover};
pub use errand::{Errands, Failing};
pub use explain::{Why, next_due, why};
pub use prepare::{DRAFTED_DAYS, plan, prepare};
pub use record::restory_all;
pub use reread::{Reread, Rereading, reread};
pub use roster::{LastWords, Wanted, employers, last_words, roster};
pub use sync::{FolderReport, glance, login_mended, sync};
pub use weekly::{compose as weekly_digest, digest_now};

pub use crate::steps::decide::outcome_in_words;
pub use crate::steps::directory::Directory;
pub use crate::steps::import::{SHORT as SHORT_IMPORT, Unreadable, read as read_export};
pub use crate::steps::search;
pub use crate::steps::understand::{Known as Sense, Taught, understand};

use crate::model::edge::EdgeError;
use crate::store::StoreError;
use crate::world::World;

/// Why a turn or a change could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail server.
    #[error(transparent)]
    Edge(#[from] EdgeError),
    /// What the owner asked for makes no sense; the sentence says what to do.
    #[error("{0}")]
    Refused(String),
    /// A name fits several contacts.
    #[error("“{name}” fits several contacts: {}; say which by id or address", candidates.join(", "))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// Whom it fits: id, name, address.
        candidates: Vec<String>,
    },
    /// No contact fits.
    #[error("there is no contact “{name}”{hint}")]
    NoSuchContact {
        /// What was asked for.
        name: String,
        /// Whom it may mean, or empty.
        hint: String,
    },
}

impl Trouble {
    /// The owner's request makes no sense.
    #[must_use]
    pub fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
}

/// What a turn did.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    /// The folders looked at.
    pub folders: Vec<FolderReport>,
    /// Drafts newly proposed.
    pub proposed: u32,
    /// Mails handed to the server.
    pub sent: u32,
    /// Why the mailbox could not be read; the turn went on where it could. What fails besides is among [`Errands`].
    pub trouble: Option<String>,
    /// True when the trouble is the login, which only the owner can mend.
    pub login: bool,
    /// How long the server asked to be left alone, if it did.
    pub wait: Option<Duration>,
}

/// Takes one turn: reads the mailbox, plans, drafts, sends what was approved and is due, and the digest.
///
/// Trouble with the mail server is part of the answer: what can be done without it is done.
///
/// # Errors
/// When the database fails.
pub fn turn(world: &mut World) -> Result<Turn, Trouble> {
    let mut turn = Turn::default();
    match sync(world) {
        Ok(folders) => turn.folders = folders,
        Err(Trouble::Edge(error)) => note(&mut turn, &error),
        Err(other) => return Err(other),
    }
    let reachable = turn.trouble.is_none();
    if reachable {
        errand::run(world, errand::SEARCH, deliver::settle_interrupted)?;
    }
    turn.proposed = prepare(world)?;
    if reachable && !world.dry_run {
        turn.sent = deliver::deliver_due(world).or_else(|trouble| edge(&mut turn, trouble).map(|()| 0))?;
        errand::run(world, errand::COPIES, deliver::file_copies)?;
        errand::run(world, errand::DIGEST, weekly::send_if_due)?;
    }
    Ok(turn)
}

/// When the next turn is wanted even if nobody rings: the next delivery, copy, digest or poll.
///
/// # Errors
/// When the database fails.
pub fn next_turn(world: &World) -> Result<Timestamp, Trouble> {
    let now = world.now();
    let poll = now.checked_add(world.settings.reading.poll.seconds().seconds()).unwrap_or(now);
    if world.dry_run {
        return Ok(poll); // nothing leaves, and what is due stays due
    }
    let delivery = next_hour(world)?;
    let digest = weekly::next(world);
    let again = world.store.read(Errands::read)?.next(now);
    let pause_ends = pause_of_sending(world)?.map(|(until, _)| until);
    let looked_for = weekly::awaited_until(world)?;
    Ok([delivery, digest, looked_for, again, pause_ends].into_iter().flatten().fold(poll, Timestamp::min))
}

fn note(turn: &mut Turn, error: &EdgeError) {
    turn.login |= matches!(error, EdgeError::Login(_));
    if let EdgeError::Temporary { wait: Some(seconds), .. } = error {
        turn.wait = turn.wait.max(Some(Duration::from_secs(*seconds)));
    }
    turn.trouble.get_or_insert_with(|| error.to_string());
}

/// Trouble of the edge is noted; trouble of the database ends the turn.
fn edge(turn: &mut Turn, trouble: Trouble) -> Result<(), Trouble> {
    match trouble {
        Trouble::Edge(error) => {
            note(turn, &error);
            Ok(())
        }
        other => Err(other),
    }
}
