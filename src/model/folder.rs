//! Folders of a mailbox, their roles, and the cursor that says how far each was read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a folder is for (RFC 6154 SPECIAL-USE, or guessed from its name where a server has none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// New mail arrives here.
    Inbox,
    /// The owner's own mail.
    Sent,
    /// Filed mail: `\Archive` or Gmail's `\All`.
    Archive,
    /// What the provider took for spam; a reply may hide here.
    Junk,
    /// Unfinished mail; never read as sent.
    Drafts,
    /// Deleted mail. What a contact wrote counts there too: the owner may have read and deleted it on the phone.
    Trash,
    /// Any other folder; a rule may file replies here.
    Other,
}

impl Role {
    /// The word of the contract, `inbox`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Sent => "sent",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Drafts => "drafts",
            Self::Trash => "trash",
            Self::Other => "other",
        }
    }

    /// True for folders whose mail can concern a contact.
    #[must_use]
    pub const fn is_read(self) -> bool {
        !matches!(self, Self::Drafts)
    }
}

/// A folder as the server names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The name as sent to the server (modified UTF-7 for IMAP).
    pub name: String,
    /// What it is for.
    pub role: Role,
}

/// A folder's state when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// UIDVALIDITY; 0 where the store has none.
    pub validity: u32,
    /// UIDNEXT, where the server tells it. For a local folder: one past the newest key.
    pub next: Option<u64>,
    /// How many messages it holds.
    pub exists: u32,
}

/// How far a folder was read: everything up to and including `last` is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// UIDVALIDITY under which `last` means something.
    pub validity: u32,
    /// The last UID looked at (IMAP), or the last change time in microseconds (local folder).
    pub last: u64,
}

/// The header block of one message in a folder.
#[derive(Debug, Clone)]
pub struct HeaderRow {
    /// UID (IMAP), or change time in microseconds (local folder).
    pub uid: u64,
    /// INTERNALDATE, or the file's time.
    pub arrived: Option<Timestamp>,
    /// RFC822.SIZE in bytes.
    pub size: u64,
    /// The chosen header fields as sent, CRLF or LF.
    pub header: Vec<u8>,
    /// For a local folder: the file, relative to the account's folder.
    pub file: Option<String>,
}
