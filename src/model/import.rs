//! What an export says of people, and what becomes of each of its rows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::contact::{Contact, words};
use super::id::ContactId;

words! {
    /// What sort of file it is.
    Source {
        /// LinkedIn's `Connections.csv`.
        LinkedIn = "linkedin",
        /// vCards (RFC 2426, RFC 6350, and the 2.1 of old phones).
        VCard = "vcard",
        /// Comma-separated values: Google's, Outlook's, or the owner's own.
        Csv = "csv",
    }
}

impl Source {
    /// How people call it.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::LinkedIn => "LinkedIn",
            Self::VCard => "vCard",
            Self::Csv => "CSV",
        }
    }
}

words! {
    /// What a column of a table holds.
    Field {
        /// The whole name.
        Name = "name",
        /// The first name.
        First = "first",
        /// The middle name.
        Middle = "middle",
        /// The last name.
        Last = "last",
        /// Addresses.
        Address = "address",
        /// Where they work.
        Employer = "employer",
        /// Their title.
        Title = "title",
        /// How they met.
        Met = "met",
        /// The day they were connected on LinkedIn.
        Connected = "connected",
        /// A note.
        Note = "note",
        /// How they stand to the owner.
        Relation = "relation",
        /// Their cadence.
        Every = "every",
        /// Their time zone.
        Zone = "zone",
        /// Their US state.
        State = "state",
        /// Words to find them by.
        Tags = "tags",
        /// What tells them from all others: the address of a profile.
        Profile = "profile",
    }
}

/// One person of an export.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// Their name, cleaned; may be empty.
    pub name: String,
    /// Their addresses, the preferred one first.
    pub addresses: Vec<Address>,
    /// Where they work, as written.
    pub employer: Option<String>,
    /// Their title.
    pub title: Option<String>,
    /// How they met, as a sentence.
    pub met: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// How they stand to the owner.
    pub relation: Option<super::contact::Relation>,
    /// Their cadence.
    pub every: Option<super::span::Span>,
    /// Their IANA zone.
    pub zone: Option<String>,
    /// Their US state.
    pub state: Option<String>,
    /// Words to find them by.
    pub tags: Vec<String>,
    /// What tells them from all others of the same name: the address of a profile, the UID of a card.
    pub profile: Option<String>,
    /// What of the row was not taken, as sentences.
    pub remarks: Vec<String>,
    /// Why the row cannot be read at all.
    pub fault: Option<String>,
}

impl Row {
    /// A row that cannot be read.
    #[must_use]
    pub fn faulty(line: u64, why: impl Into<String>) -> Self {
        Self { line, fault: Some(why.into()), ..Self::default() }
    }
}

/// All rows of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// How its letters are written: `UTF-8`, `UTF-16LE`, `windows-1252`.
    pub letters: &'static str,
    /// In the order of the file.
    pub rows: Vec<Row>,
    /// Columns that nothing was taken from.
    pub unused: Vec<String>,
}

/// Whom the owner wants of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Everybody, or only people of utilization management; `None`: everybody of a short file.
    pub all: Option<bool>,
    /// Doubtful rows (by line) that are who they seem to be.
    pub same: BTreeSet<u64>,
    /// Doubtful rows (by line) that are people of their own.
    pub new: BTreeSet<u64>,
}

words! {
    /// What becomes of a row.
    Verdict {
        /// A new contact.
        New = "new",
        /// A contact already; what is new of them is taken.
        Known = "known",
        /// It may be a contact already: the owner is asked, and nothing is written.
        Doubtful = "doubtful",
        /// Not of utilization management, and only those were wanted.
        LeftOut = "left_out",
        /// Never to be written to, or the owner.
        Refused = "refused",
        /// It could not be read.
        Unreadable = "unreadable",
    }
}

/// What an import changes of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Learnt {
    /// What: `name`, `address`, `employer`, `title`, `met`, `note`.
    pub field: &'static str,
    /// What it was.
    pub from: Option<String>,
    /// What it is now.
    pub to: String,
}

/// A row with what becomes of it, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The row; name and employer as they are kept.
    pub row: Row,
    /// The topmost parent of the employer.
    pub family: Option<String>,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why, as a sentence; empty for a new contact about whom there is nothing to say.
    pub because: String,
    /// Why they are of utilization management, if they are.
    pub um: Option<String>,
    /// True when the title alone says so.
    pub is_um_title: bool,
    /// Which of the people: an index into those of the import.
    pub person: Option<usize>,
    /// The contact: of a known or doubtful row, and of a new one once it is written.
    pub contact: Option<ContactId>,
    /// What is new of a contact who is known.
    pub learnt: Vec<Learnt>,
}

/// A contact as far as an import looks at them.
#[derive(Debug, Clone)]
pub struct Person {
    /// As the owner knows them; id 0 when this file brings them.
    pub contact: Contact,
    /// The line that brings them, for those whom this file brings.
    pub line: u64,
    /// What earlier imports wrote, by field: whatever differs now was typed by the owner.
    pub learnt: BTreeMap<String, String>,
    /// The same as this file leaves it, where it differs.
    pub learns: BTreeMap<String, String>,
    /// Fields that a row of this file has spoken of: of two rows about one person the first is believed.
    pub said: BTreeSet<&'static str>,
    /// Why they are not to be written to, if so.
    pub stopped: Option<String>,
    /// True when something of the contact is to be written.
    pub changed: bool,
}

impl Person {
    /// True when this file brings them.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        self.contact.id.0 == 0
    }
}
