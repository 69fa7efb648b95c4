//! What a message was taken to mean: kind, outcome, facts, doubt and the rules that hit.

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::address::Address;

/// The meaning of one message. Understanding never fails; it returns this, with its doubt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What sort of mail it is.
    pub kind: Kind,
    /// The words this mail adds: quotes, forwards, signature and footers cut.
    pub new_text: String,
    /// The contact block below the closing line.
    pub signature: String,
    /// *The* outcome: the most binding one in force; `None` where the kind has none.
    pub outcome: Option<Outcome>,
    /// All outcomes in force, most binding first.
    pub outcomes: Vec<Finding>,
    /// Confidence in kind and outcome, 0 to 1.
    pub confidence: f64,
    /// What it says besides.
    pub facts: Facts,
    /// For delivery reports.
    pub bounce: Option<Bounce>,
    /// Names of the rules that hit, in order.
    pub rules: Vec<String>,
    /// What sort of mail it was taken for before the owner's lesson made it a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untaught: Option<Kind>,
}

/// What sort of mail a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A human wrote.
    Reply,
    /// A machine answered for a person (RFC 3834 and the many that ignore it).
    AutoReply,
    /// A delivery report (RFC 3464 or free form).
    Bounce,
    /// A calendar invitation or answer (RFC 5546).
    Invite,
    /// Job alerts, newsletters, marketing, scams, lists.
    Bulk,
    /// A line the owner mails to Curbside.
    Order,
    /// The owner's own mail, or Curbside's.
    Own,
}

/// What came of a human mail; declared from the most binding to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Asks not to be written to, however politely.
    OptedOut,
    /// The contact has left, retired or was laid off.
    LeftEmployer,
    /// Not the person or field meant.
    WrongPerson,
    /// Proposes, asks for, moves or confirms a conversation.
    Call,
    /// The next thing wanted is a résumé.
    ResumeRequested,
    /// A role one can apply to now.
    Opening,
    /// Helps: names someone, forwards, offers to introduce.
    Referral,
    /// Nothing now, door open.
    NotNow,
    /// A no without invitation to return.
    Declined,
    /// Thanks, news or an answered question; nothing to do.
    Acknowledged,
    /// Doubt; the owner reads it.
    Unclear,
}

impl Outcome {
    /// All outcomes, most binding first.
    pub const ALL: [Self; 11] = [
        Self::OptedOut,
        Self::LeftEmployer,
        Self::WrongPerson,
        Self::Call,
        Self::ResumeRequested,
        Self::Opening,
        Self::Referral,
        Self::NotNow,
        Self::Declined,
        Self::Acknowledged,
        Self::Unclear,
    ];

    /// The word of the contract, `opted_out`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::LeftEmployer => "left_employer",
            Self::WrongPerson => "wrong_person",
            Self::Call => "call",
            Self::ResumeRequested => "resume_requested",
            Self::Opening => "opening",
            Self::Referral => "referral",
            Self::NotNow => "not_now",
            Self::Declined => "declined",
            Self::Acknowledged => "acknowledged",
            Self::Unclear => "unclear",
        }
    }

    /// The outcome of a word of the contract.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }

    /// True for good news: a call, a résumé asked for, an opening, a referral.
    #[must_use]
    pub const fn is_warm(self) -> bool {
        matches!(self, Self::Call | Self::ResumeRequested | Self::Opening | Self::Referral)
    }
}

/// One outcome in force, with the sentence that shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The outcome.
    pub outcome: Outcome,
    /// 0 to 1.
    pub confidence: f64,
    /// The sentence of the new text.
    pub evidence: String,
}

/// What a mail says besides its outcome.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The day the owner should act next.
    pub follow_up_on: Option<Date>,
    /// The first day an absent person is back.
    pub back_on: Option<Date>,
    /// People named, with what is known of them.
    pub people: Vec<Person>,
    /// Proposed or confirmed times: `start`, `start/end`, `start/..` or a day.
    pub call_times: Vec<CallTime>,
    /// Roles named, numbered or linked.
    pub openings: Vec<Opening>,
    /// Links of the new text.
    pub links: Vec<String>,
    /// A résumé was asked for.
    pub resume_requested: bool,
    /// The address the writer wants to be written to from now on.
    pub new_address: Option<String>,
}

/// A person named in a mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// As written.
    pub name: Option<String>,
    /// Address, if given.
    pub email: Option<String>,
    /// Phone, if given.
    pub phone: Option<String>,
}

/// A role one can apply to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The title as written.
    pub title: Option<String>,
    /// Requisition number.
    pub number: Option<String>,
    /// Where it stands.
    pub link: Option<String>,
}

/// When a conversation is proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum CallTime {
    /// A whole day.
    Day(Date),
    /// A start, with the end or `None` when it is a point.
    At(Zoned, Option<Zoned>),
    /// From a start on.
    From(Zoned),
}

fn instant(zoned: &Zoned) -> String {
    let offset = zoned.offset();
    zoned.timestamp().display_with_offset(offset).to_string()
}

impl From<CallTime> for String {
    fn from(time: CallTime) -> Self {
        match time {
            CallTime::Day(day) => day.to_string(),
            CallTime::At(start, None) => instant(&start),
            CallTime::At(start, Some(end)) => format!("{}/{}", instant(&start), instant(&end)),
            CallTime::From(start) => format!("{}/..", instant(&start)),
        }
    }
}

impl TryFrom<String> for CallTime {
    type Error = jiff::Error;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let zoned = |part: &str| -> Result<Zoned, jiff::Error> {
            let pieces = jiff::fmt::temporal::Pieces::parse(part)?;
            let offset = pieces.to_numeric_offset().unwrap_or(jiff::tz::Offset::UTC);
            Ok(part.parse::<jiff::Timestamp>()?.to_zoned(offset.to_time_zone()))
        };
        match text.split_once('/') {
            None if text.len() == 10 => Ok(Self::Day(text.parse()?)),
            None => Ok(Self::At(zoned(&text)?, None)),
            Some((start, "..")) => Ok(Self::From(zoned(start)?)),
            Some((start, end)) => Ok(Self::At(zoned(start)?, Some(zoned(end)?))),
        }
    }
}

/// What the owner said that a mail means.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// When it was said.
    pub at: Timestamp,
    /// What sort of mail it was taken for.
    pub kind: Kind,
    /// Who wrote it.
    pub writer: Option<Address>,
    /// The writer's name, which is no part of the wording.
    pub name: String,
    /// Its new text.
    pub text: String,
    /// What it means.
    pub outcome: Outcome,
}

/// A delivery report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// One entry a recipient.
    pub recipients: Vec<BouncedRecipient>,
    /// `Message-ID` of the mail that came back, if the report carries it.
    #[serde(default)]
    pub original_message_id: Option<String>,
}

/// What a delivery report says of one recipient (RFC 3464).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BouncedRecipient {
    /// The address the mail did not reach.
    pub address: String,
    /// RFC 3463 status, `5.1.1`.
    pub status: Option<String>,
    /// The address is dead: no later mail to it will arrive.
    pub hard: bool,
    /// Only late so far; the server goes on trying.
    pub delayed: bool,
    /// One word of a small fixed set, `user_unknown`.
    pub reason: String,
    /// What the server said.
    pub diagnostic: Option<String>,
}

impl Reading {
    /// A reading of a kind that carries no outcome.
    #[must_use]
    pub fn of_kind(kind: Kind, confidence: f64) -> Self {
        Self {
            kind,
            new_text: String::new(),
            signature: String::new(),
            outcome: None,
            outcomes: Vec::new(),
            confidence,
            facts: Facts::default(),
            bounce: None,
            rules: Vec::new(),
            untaught: None,
        }
    }
}
