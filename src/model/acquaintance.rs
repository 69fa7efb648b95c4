//! Somebody the owner's mail shows they know, who is no contact yet.

use jiff::Timestamp;

use super::address::Address;
use super::employer::EmployerKind;

/// Somebody at an employer of the directory, as the headers of the mailbox tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Acquaintance {
    /// Their name; their address where no mail gives one.
    pub name: String,
    /// Their addresses, the one in use last first.
    pub addresses: Vec<Address>,
    /// Where they work.
    pub employer: String,
    /// Its topmost parent.
    pub family: String,
    /// What sort of employer it is.
    pub kind: EmployerKind,
    /// What they wrote.
    pub theirs: Tally,
    /// What the owner wrote to them.
    pub yours: Tally,
    /// How warm it is: each mail counts, half a year later half as much; a conversation both ways counts twice.
    pub warmth: u64,
}

/// How many mails, and when the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many.
    pub count: u32,
    /// The last of them.
    pub last: Option<Timestamp>,
}

impl Tally {
    /// One more.
    pub fn add(&mut self, at: Timestamp) {
        self.count += 1;
        self.last = self.last.max(Some(at));
    }

    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { count: self.count + other.count, last: self.last.max(other.last) }
    }
}
