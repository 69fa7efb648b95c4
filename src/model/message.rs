//! A kept mail: one that concerns a contact.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::address::Address;
use super::id::{ContactId, MessageId};
use super::reading::Reading;

/// Which way a mail went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From a contact, or about one.
    In,
    /// From the owner.
    Out,
}

/// A kept mail.
#[derive(Debug, Clone)]
pub struct Message {
    /// Never reused.
    pub id: MessageId,
    /// The conversation it belongs to: the id of its first kept mail.
    pub thread: MessageId,
    /// RFC 5322 `Message-ID` without brackets, if it has one.
    pub rfc_id: Option<String>,
    /// Whom it concerns.
    pub contact: ContactId,
    /// Which way it went.
    pub direction: Direction,
    /// The other side's address: theirs in both directions.
    pub peer: Option<Address>,
    /// The owner's address it was written to or from.
    pub mine: Option<Address>,
    /// Subject, cleaned.
    pub subject: String,
    /// `References` plus its own id: what an answer to it refers to, oldest first.
    pub chain: Vec<String>,
    /// When it counts as having happened.
    pub at: Timestamp,
    /// The writer's offset from UTC in seconds, from the `Date` header.
    pub offset: Option<i32>,
    /// What it was taken to mean.
    pub reading: Option<Reading>,
}
