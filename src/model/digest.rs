//! The weekly mail to the owner, as a value: what matters, in the order it is read.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Everything one digest says. Empty sections vanish.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The owner's first name.
    pub owner: String,
    /// First day it reports on: a week ago, or the day of the last digest if that is longer ago.
    pub from: Date,
    /// Day it was made.
    pub to: Date,
    /// What does not work, in sentences that say what to do; first of all (P13).
    pub trouble: Vec<String>,
    /// Drafts that wait for a yes.
    pub waiting: Vec<Waiting>,
    /// People the owner owes an answer.
    pub owed: Vec<Owed>,
    /// What came of it since that day.
    pub came: Vec<Came>,
    /// What will be proposed or sent in the next two weeks.
    pub ahead: Vec<Ahead>,
    /// Who is held, and why.
    pub held: Vec<Held>,
    /// Who has gone quiet.
    pub quiet: Vec<Quiet>,
    /// The quarter in numbers.
    pub numbers: Vec<Number>,
}

/// A draft that waits for a yes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// The draft's id, as the command line takes it.
    pub id: String,
    /// To whom.
    pub name: String,
    /// Where they work, or empty.
    pub employer: String,
    /// Its subject.
    pub subject: String,
    /// Its whole text.
    pub text: String,
    /// Why now, in words.
    pub reason: String,
    /// When it would go, in words.
    pub send_at: String,
    /// What keeps it from going at all, such as an unfilled field.
    pub blocked: Option<String>,
}

/// Someone the owner owes an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    /// Who.
    pub name: String,
    /// Where they work, or empty.
    pub employer: String,
    /// Since when, in words (“since Tuesday, 6 days”).
    pub since: String,
    /// What they want, in words (“would like a call”).
    pub wants: String,
    /// Their sentence that shows it.
    pub evidence: String,
    /// Further facts: call times, people named, links as plain text.
    pub facts: Vec<String>,
}

/// Something that came of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Came {
    /// The day, in words.
    pub day: String,
    /// Who.
    pub name: String,
    /// Where they work, or empty.
    pub employer: String,
    /// What, in words (“offers to introduce you”).
    pub what: String,
    /// Their sentence that shows it, or empty.
    pub evidence: String,
    /// True for good news.
    pub warm: bool,
}

/// Something of the next two weeks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ahead {
    /// The day, in words.
    pub day: String,
    /// Who.
    pub name: String,
    /// Where they work, or empty.
    pub employer: String,
    /// Why, in words.
    pub reason: String,
}

/// Someone who is held.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// Who.
    pub name: String,
    /// Where they work, or empty.
    pub employer: String,
    /// Until when, in words.
    pub until: String,
    /// Why, in words.
    pub why: String,
}

/// Someone who has gone quiet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Quiet {
    /// Who.
    pub name: String,
    /// Where they work, or empty.
    pub employer: String,
    /// Check-ins without an answer.
    pub unanswered: u32,
    /// When they last wrote, in words, or “never wrote”.
    pub last: String,
}

/// One line of the quarter's numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Number {
    /// What is counted (“check-ins sent”).
    pub label: String,
    /// How many in the quarter so far.
    pub total: u32,
    /// How many in each of the last 13 weeks, oldest first; for the bars.
    pub weeks: Vec<u32>,
}
