//! Courtesy in numbers: what was counted, and what was broken.

use jiff::Timestamp;

/// How a promise can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sort {
    /// A check-in was delivered twice.
    Duplicate,
    /// Mail after a stop, an opt-out, a decline or a hard bounce.
    AfterStop,
    /// Mail while an answer is owed.
    WhileOwed,
    /// Mail within seven days of mail either way, before an agreed day, or in a pause.
    TooSoon,
    /// Mail outside the recipient's business hours.
    OutOfHours,
    /// More than the day or the family takes.
    OverCap,
    /// Mail without a yes to exactly this text.
    Unapproved,
    /// Mail without a fresh look at the mailbox.
    Unread,
    /// Not exactly one copy in Sent.
    Copies,
    /// Not exactly one digest in a period.
    Digest,
    /// A mail that came and is not recorded exactly once.
    Record,
    /// A yes that ended neither in a mail nor in a reason.
    Unexplained,
    /// A yes or a delivery that nothing shows.
    Lost,
    /// The program failed or panicked.
    Broken,
}

impl Sort {
    /// All, in the order they are printed.
    pub const ALL: [Self; 14] = [
        Self::Duplicate,
        Self::AfterStop,
        Self::WhileOwed,
        Self::TooSoon,
        Self::OutOfHours,
        Self::OverCap,
        Self::Unapproved,
        Self::Unread,
        Self::Copies,
        Self::Digest,
        Self::Record,
        Self::Unexplained,
        Self::Lost,
        Self::Broken,
    ];

    /// What is printed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Duplicate => "sent twice",
            Self::AfterStop => "after a stop, a no or a bounce",
            Self::WhileOwed => "while an answer was owed",
            Self::TooSoon => "too soon",
            Self::OutOfHours => "out of hours",
            Self::OverCap => "over a cap",
            Self::Unapproved => "without a yes to that text",
            Self::Unread => "without a fresh look at the mailbox",
            Self::Copies => "not exactly one copy in Sent",
            Self::Digest => "not exactly one digest a week",
            Self::Record => "mail not recorded exactly once",
            Self::Unexplained => "a yes without an end or a reason",
            Self::Lost => "lost",
            Self::Broken => "a turn that failed",
        }
    }
}

/// A broken promise.
#[derive(Debug, Clone)]
pub struct Breach {
    /// Which.
    pub sort: Sort,
    /// When, truly.
    pub at: Timestamp,
    /// Its place in the order of all that happened.
    pub step: u64,
    /// In words.
    pub what: String,
}

/// The sums of a run.
#[derive(Debug, Clone, Default)]
pub struct Courtesy {
    /// Check-ins that the server took.
    pub sent: u64,
    /// Digests that the server took.
    pub digests: u64,
    /// Mails that came and concerned somebody.
    pub came: u64,
    /// What was broken, in order.
    pub breaches: Vec<Breach>,
}

impl Courtesy {
    /// Both together.
    pub fn unite(&mut self, other: Self) {
        self.sent += other.sent;
        self.digests += other.digests;
        self.came += other.came;
        self.breaches.extend(other.breaches);
    }

    /// How often a promise was broken.
    pub fn of(&self, sort: Sort) -> usize {
        self.breaches.iter().filter(|breach| breach.sort == sort).count()
    }
}
