//! A draft: the exact text a yes is given to, and the delivery it becomes.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::address::{Address, Mailbox};
use super::contact::words;
use super::id::{ContactId, DraftId, NewsId};
use super::plan::Reason;

words! {
    /// Where a draft stands on its way.
    DraftState {
        /// Awaits a yes.
        Review = "review",
        /// Approved; goes at its hour.
        Queued = "queued",
        /// Approved, and waits for something: an earlier mail, a hold, a server.
        Deferred = "deferred",
        /// Handed to the server at this moment, or when the program last stopped.
        Sending = "sending",
        /// The server has it.
        Sent = "sent",
        /// The server refused it for good.
        Refused = "refused",
        /// The owner cancelled it, or it was withdrawn after the yes.
        Stopped = "stopped",
        /// It may or may not have gone; the owner is asked.
        Doubtful = "doubtful",
        /// The owner skipped it.
        Skipped = "skipped",
        /// Withdrawn before a yes.
        Withdrawn = "withdrawn",
    }
}

impl DraftState {
    /// True while it may still leave or may have left without being known.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Review | Self::Queued | Self::Deferred | Self::Sending | Self::Doubtful)
    }

    /// True once a yes was given.
    #[must_use]
    pub const fn is_delivery(self) -> bool {
        matches!(self, Self::Queued | Self::Deferred | Self::Sending | Self::Sent | Self::Refused | Self::Stopped | Self::Doubtful)
    }
}

/// The exact content a yes is given to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// From whom: the owner, by the address they last wrote to.
    pub from: Mailbox,
    /// To whom.
    pub to: Mailbox,
    /// Subject.
    pub subject: String,
    /// Plain text, the signature included.
    pub text: String,
    /// `In-Reply-To`, without brackets.
    pub in_reply_to: Option<String>,
    /// `References`, oldest first.
    pub references: Vec<String>,
    /// An attachment.
    pub attachment: Option<Attachment>,
}

/// A file that goes with a check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Where it lies.
    pub path: String,
    /// The name the recipient sees.
    pub name: String,
    /// SHA-256 of its bytes, hex: the yes is to these bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A draft and its delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Also the id of the delivery.
    pub id: DraftId,
    /// To whom.
    pub contact: ContactId,
    /// Their name.
    pub name: String,
    /// The family of their employer.
    pub family: Option<String>,
    /// Counts edits, from 1.
    pub revision: u32,
    /// Where it stands.
    pub state: DraftState,
    /// Why now, as a word.
    pub because: Reason,
    /// Why now, in words.
    pub reason: String,
    /// The template it came from.
    pub template: String,
    /// The news it tells, if any.
    pub news: Option<NewsId>,
    /// What it says.
    pub content: Content,
    /// What the yes was given to; `None` without a yes.
    pub approved: Option<String>,
    /// When the yes was given.
    pub approved_at: Option<Timestamp>,
    /// The day it fell due.
    pub due: Date,
    /// When it goes, or would go if the owner said yes now.
    pub send_at: Timestamp,
    /// What keeps it from being approved, such as an unfilled field.
    pub blocked: Option<String>,
    /// Attempts to send.
    pub attempts: u32,
    /// The server's last words, or why it waits.
    pub answer: Option<String>,
    /// `Message-ID` once rendered.
    pub message_id: Option<String>,
    /// When it was proposed.
    pub created_at: Timestamp,
    /// When its state last changed.
    pub changed_at: Timestamp,
}

/// Who a check-in goes to and from; what SMTP is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// MAIL FROM.
    pub from: Address,
    /// RCPT TO.
    pub to: Address,
}
