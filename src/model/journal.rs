//! The journal: an append-only record of what happened, what it does to a standing, and what was not done and why.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::contact::words;
use super::id::{ContactId, DraftId, EntryId, MessageId};
use super::reading::Outcome;
use super::standing::{HoldReason, StopReason};

words! {
    /// What sort of thing happened.
    EntryKind {
        /// A contact was added.
        Added = "added",
        /// The owner changed something about a contact.
        Edited = "edited",
        /// A human mail of theirs came.
        TheyWrote = "they_wrote",
        /// A machine answered for them.
        AutoReply = "auto_reply",
        /// A delivery report about them came.
        Bounced = "bounced",
        /// Other mail of theirs came: an invitation, a list mail, something unverified.
        OtherMail = "other_mail",
        /// The owner wrote to them by hand.
        OwnerWrote = "owner_wrote",
        /// A check-in went out.
        CheckIn = "check_in",
        /// A call the owner logged.
        Call = "call",
        /// A meeting the owner logged.
        Meeting = "meeting",
        /// A mail outside this mailbox the owner logged.
        Mail = "mail",
        /// A note of the owner.
        Note = "note",
        /// The owner said the answer is given.
        Answered = "answered",
        /// The owner paused them.
        Paused = "paused",
        /// The owner resumed them.
        Resumed = "resumed",
        /// They were stopped.
        Stopped = "stopped",
        /// The owner corrected a reading.
        Corrected = "corrected",
        /// A kept mail was read again, and otherwise.
        Reread = "reread",
        /// A draft was proposed.
        Proposed = "proposed",
        /// The owner edited a draft.
        Revised = "revised",
        /// The owner said yes.
        Approved = "approved",
        /// The owner skipped a draft or put it off.
        Skipped = "skipped",
        /// A draft or an approved check-in was withdrawn.
        Withdrawn = "withdrawn",
        /// A delivery changed its state without leaving.
        Delivery = "delivery",
        /// The owner is asked something.
        Asked = "asked",
        /// Two contacts became one.
        Merged = "merged",
        /// The clock of the machine had been ahead, and is right again.
        ClockMended = "clock_mended",
    }
}

impl EntryKind {
    /// True for lines that say what a mail was taken to mean: a later one about the same mail takes its place.
    #[must_use]
    pub const fn tells_meaning(self) -> bool {
        matches!(self, Self::TheyWrote | Self::AutoReply | Self::OtherMail | Self::Corrected | Self::Asked | Self::Reread)
    }
}

/// Who did a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The contact.
    Theirs,
    /// The owner.
    Owner,
    /// Both at once: a call, a meeting.
    Both,
}

/// What a line of the journal does to a contact's story. The fold over these is the standing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// They were in touch.
    Touch(Side),
    /// A check-in of Curbside went out; counts as unanswered until they are in touch.
    CheckIn,
    /// Their answer was warm (a call, a résumé asked for, an opening, a referral) or not.
    Warmth(bool),
    /// The owner owes an answer.
    Owe,
    /// The debt is paid.
    Answered,
    /// Not before a day; `None` until the owner says.
    Hold(HoldReason, Option<Date>),
    /// A hold is over.
    Release(HoldReason),
    /// Not to be written to any more.
    Stop(StopReason),
    /// A stop is over.
    Lift(StopReason),
    /// A mail of the owner came back: it was no word to them, and waits for no answer.
    Returned,
    /// Earlier silence no longer counts: the owner resumed them.
    Forgive,
    /// The owner skipped a check-in or put it off: none before this day, and no thanks any more.
    PutOff(Date),
    /// The day the owner should act next; `None` forgets an earlier one.
    FollowUp(Option<Date>),
}

/// A line to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEntry {
    /// When it happened.
    pub on: Timestamp,
    /// About whom.
    pub contact: Option<ContactId>,
    /// What sort of thing.
    pub kind: EntryKind,
    /// A sentence for the owner.
    pub text: String,
    /// The kept mail it is about.
    pub message: Option<MessageId>,
    /// The draft it is about.
    pub draft: Option<DraftId>,
    /// The outcome, for a human mail.
    pub outcome: Option<Outcome>,
    /// What it does.
    pub effects: Vec<Effect>,
    /// The earlier line whose effects no longer count.
    pub voids: Option<EntryId>,
}

impl NewEntry {
    /// A line about a contact that changes nothing by itself.
    #[must_use]
    pub fn about(contact: ContactId, on: Timestamp, kind: EntryKind, text: impl Into<String>) -> Self {
        Self {
            on,
            contact: Some(contact),
            kind,
            text: text.into(),
            message: None,
            draft: None,
            outcome: None,
            effects: Vec::new(),
            voids: None,
        }
    }

    /// The same with effects.
    #[must_use]
    pub fn with(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        self.effects.extend(effects);
        self
    }

    /// The same about a draft.
    #[must_use]
    pub const fn draft(mut self, draft: DraftId) -> Self {
        self.draft = Some(draft);
        self
    }

    /// The same about a kept mail.
    #[must_use]
    pub const fn message(mut self, message: MessageId) -> Self {
        self.message = Some(message);
        self
    }
}

/// A line as it stands in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// In the order of writing.
    pub id: EntryId,
    /// When it was written.
    pub recorded: Timestamp,
    /// The RFC 5322 `Message-ID` of the kept mail, if any.
    pub message_id: Option<String>,
    /// The line.
    pub line: NewEntry,
}
