//! The one door for changes: the terminal, later the mailed order and the page, all come through here.

pub(super) mod attached;
mod contacts;
mod drafts;
mod employers;
mod import;
mod merge;
mod words;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Rereading, Trouble, reread};
use crate::model::address::Address;
use crate::model::contact::{Mode, Relation};
use crate::model::draft::Draft;
use crate::model::employer::Employer;
use crate::model::id::{DraftId, EntryId, NewsId};
use crate::model::reading::Outcome;
use crate::model::span::Span;
use crate::store::contacts::Kept;
use crate::world::World;

pub use drafts::fingerprint;
pub(super) use drafts::{approve_in, place};
pub use employers::NewEmployer;
pub use import::{Import, Ticker, judged};

/// What the owner says of a new contact.
#[derive(Debug, Clone, Default)]
pub struct NewContact {
    /// Their name.
    pub name: String,
    /// Their addresses, the primary one first.
    pub addresses: Vec<Address>,
    /// Where they work.
    pub employer: Option<String>,
    /// Their title.
    pub title: Option<String>,
    /// How they stand to the owner.
    pub relation: Option<Relation>,
    /// How they met.
    pub met: Option<String>,
    /// Their cadence.
    pub every: Option<Span>,
    /// Their IANA zone.
    pub zone: Option<String>,
    /// Their US state.
    pub state: Option<String>,
    /// Words to find them by.
    pub tags: Vec<String>,
    /// A note.
    pub note: Option<String>,
    /// Whether each check-in needs a yes.
    pub mode: Option<Mode>,
    /// Add somebody who was forgotten (`--again`).
    pub again: bool,
    /// Their later invitation, which alone lifts an opt-out.
    pub invited: Option<String>,
}

/// What the owner changes of a contact; `None` leaves it, an empty text clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditContact {
    /// A new name.
    pub name: Option<String>,
    /// All addresses, the primary one first.
    pub addresses: Option<Vec<Address>>,
    /// Further addresses.
    pub add_addresses: Vec<Address>,
    /// Where they work.
    pub employer: Option<String>,
    /// Their title.
    pub title: Option<String>,
    /// How they stand to the owner.
    pub relation: Option<Relation>,
    /// How they met.
    pub met: Option<String>,
    /// Their cadence; `None` inside goes back to the default.
    pub every: Option<Option<Span>>,
    /// Their zone.
    pub zone: Option<String>,
    /// Their US state.
    pub state: Option<String>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// A note to add.
    pub note: Option<String>,
    /// Whether each check-in needs a yes.
    pub mode: Option<Mode>,
}

/// Something the owner wants changed.
#[derive(Debug, Clone)]
pub enum Change {
    /// Add a contact.
    Add(Box<NewContact>),
    /// Add several, all or none.
    AddAll(Vec<NewContact>),
    /// Take in the rows of an export.
    Import(Box<Import>),
    /// Change a contact.
    Edit(String, Box<EditContact>),
    /// Hold a contact, until a day or until the owner says.
    Pause(String, Option<Date>),
    /// Hold everything.
    PauseAll(Option<Date>),
    /// End holds and stops of a contact; an opt-out only with their later invitation.
    Resume(String, Option<String>),
    /// End the pause of everything, and of a queue that stopped by itself.
    ResumeAll,
    /// The answer owed is given.
    Answered(String),
    /// Never write to them again.
    Stop(String),
    /// Erase them; their addresses stay suppressed.
    Forget(String),
    /// Make one contact of two: the second becomes the first.
    Merge(String, String),
    /// Log a call, a meeting, a mail elsewhere or a note.
    Log {
        /// About whom.
        who: String,
        /// The words.
        text: String,
        /// What it was.
        kind: crate::model::journal::EntryKind,
        /// When; now if not given.
        on: Option<Timestamp>,
    },
    /// Say yes to a draft, to exactly this fingerprint if given.
    Approve(DraftId, Option<String>),
    /// Replace subject and text of a draft.
    Revise(DraftId, Option<String>, String),
    /// Do without this check-in.
    Skip(DraftId),
    /// Put a draft off.
    Later(DraftId, Span),
    /// Cancel an approved check-in.
    Cancel(DraftId),
    /// A doubtful delivery did arrive.
    ResolveSent(DraftId),
    /// A doubtful delivery did not arrive: send the same bytes again.
    ResolveResend(DraftId),
    /// Add news.
    AddNews(String, Option<Date>),
    /// Withdraw news.
    DropNews(NewsId),
    /// Correct what a mail was taken to mean.
    Correct(String, Outcome),
    /// Believe today's reading of a kept mail.
    Reread(Box<Rereading>),
    /// Add an employer, or change what the directory says of one.
    PutEmployer(Box<NewEmployer>),
    /// The owner wants to work there, or not any more.
    Target(String, bool),
}

/// What a change left behind.
#[derive(Debug, Clone)]
pub enum Changed {
    /// A contact.
    Contact(Box<Kept>),
    /// Several contacts.
    Contacts(Vec<Kept>),
    /// What became of each row.
    Imported(Vec<crate::model::import::Judged>),
    /// A contact was erased: how many addresses stay suppressed.
    Forgotten {
        /// Their name.
        name: String,
        /// Addresses that stay suppressed.
        suppressed: usize,
    },
    /// A draft or delivery.
    Draft(Box<Draft>),
    /// News.
    News(crate::store::news::News),
    /// A journal line.
    Entry(EntryId),
    /// A kept mail was read otherwise and the journal says so, or it stays what it was.
    Reread(Option<EntryId>),
    /// Everything is paused or not.
    All {
        /// Paused until, if so; `Some(None)` until the owner says.
        paused: Option<Option<Date>>,
    },
    /// News was withdrawn.
    NewsDropped(NewsId),
    /// An employer.
    Employer(Box<Employer>),
}

/// Makes a change, whole or not at all.
///
/// # Errors
/// When it makes no sense (the sentence says what to do), or the database fails.
pub fn accept(world: &World, change: Change) -> Result<Changed, Trouble> {
    let erases = matches!(change, Change::Forget(_));
    if let Change::Approve(id, _) = &change {
        attached::settle(world, *id)?;
    }
    let changed = world.store.write(|tx| match change {
        Change::Add(new) => contacts::add(world, tx, *new),
        Change::AddAll(all) => contacts::add_all(world, tx, all),
        Change::Import(import) => import::import(world, tx, *import),
        Change::Edit(who, edit) => contacts::edit(world, tx, &who, *edit),
        Change::Pause(who, until) => contacts::pause(world, tx, &who, until),
        Change::PauseAll(until) => contacts::pause_all(world, tx, until),
        Change::Resume(who, invited) => contacts::resume(world, tx, &who, invited),
        Change::ResumeAll => contacts::resume_all(tx),
        Change::Answered(who) => contacts::answered(world, tx, &who),
        Change::Stop(who) => contacts::stop(world, tx, &who),
        Change::Forget(who) => contacts::forget(world, tx, &who),
        Change::Merge(into, from) => merge::merge(world, tx, &into, &from),
        Change::Log { who, text, kind, on } => contacts::log(world, tx, &who, text, kind, on),
        Change::Approve(id, fingerprint) => drafts::approve(world, tx, id, fingerprint.as_deref()),
        Change::Revise(id, subject, text) => drafts::revise(world, tx, id, subject, &text),
        Change::Skip(id) => drafts::skip(world, tx, id),
        Change::Later(id, span) => drafts::later(world, tx, id, span),
        Change::Cancel(id) => drafts::cancel(world, tx, id),
        Change::ResolveSent(id) => drafts::resolve_sent(world, tx, id),
        Change::ResolveResend(id) => drafts::resolve_resend(world, tx, id),
        Change::AddNews(text, until) => words::add_news(world, tx, &text, until),
        Change::DropNews(id) => words::drop_news(world, tx, id),
        Change::Correct(message, outcome) => words::correct(world, tx, &message, outcome),
        Change::Reread(new) => Ok(Changed::Reread(reread::apply(world, tx, &new)?)),
        Change::PutEmployer(new) => employers::put(tx, *new),
        Change::Target(name, wanted) => employers::target(tx, &name, wanted),
    })?;
    if erases {
        world.store.settle_log()?;
    }
    Ok(changed)
}

/// SHA-256 as lower-case hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
