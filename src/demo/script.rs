//! The invented network: employers, people and what they do, read from `data/demo/`.

use serde::Deserialize;

use super::mailers::Mailer;
use crate::model::contact::Relation;
use crate::model::employer::EmployerKind;
use crate::model::reading::Outcome;
use crate::model::span::Span;

const FILES: [&str; 6] = [
    include_str!("../../data/demo/owner.toml"),
    include_str!("../../data/demo/payers.toml"),
    include_str!("../../data/demo/vendors.toml"),
    include_str!("../../data/demo/review.toml"),
    include_str!("../../data/demo/hospitals.toml"),
    include_str!("../../data/demo/late.toml"),
];

/// Everything that is scripted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// The organizations.
    pub employer: Vec<EmployerRow>,
    /// The people.
    pub contact: Vec<Person>,
    /// What the owner has to tell, and when.
    pub news: Vec<NewsRow>,
    /// What the owner adds by hand to a draft.
    pub edit: Vec<EditRow>,
    /// Which drafts of the half year the owner does without, counted from 1.
    pub skip: Vec<u32>,
}

/// One organization.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmployerRow {
    /// Its name.
    pub name: String,
    /// What sort it is.
    pub kind: EmployerKind,
    /// The company above it.
    pub parent: Option<String>,
    /// Its mail domain.
    pub domain: String,
    /// State of its head office.
    pub state: String,
    /// Whether the owner wants to work there.
    #[serde(default)]
    pub target: bool,
}

/// One correspondent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// First and last name.
    pub name: String,
    /// Where they read mail; somebody without one is only listed.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Where they work; the domain tells where none is said.
    pub employer: Option<String>,
    /// Their title.
    pub title: Option<String>,
    /// How they stand to the owner.
    pub relation: Relation,
    /// How they met.
    pub met: Option<String>,
    /// Their cadence.
    pub every: Option<Span>,
    /// Their state.
    pub state: Option<String>,
    /// The zone their computer shows.
    pub clock: String,
    /// A note of the owner.
    pub note: Option<String>,
    /// Words to find them by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The mail program they use.
    #[serde(default)]
    pub mailer: Mailer,
    /// What stands below their mails.
    #[serde(default)]
    pub signature: String,
    /// The day of the half year on which the owner adds them.
    #[serde(default)]
    pub add: i32,
    /// Mail from before the first day, oldest first.
    #[serde(default)]
    pub before: Vec<Before>,
    /// What they do with the first check-in, the second, and so on; after the last they say nothing.
    #[serde(default)]
    pub answer: Vec<Answer>,
    /// Mails they write without being asked.
    #[serde(default)]
    pub own: Vec<Own>,
    /// Calls and meetings that come about without mail.
    #[serde(default)]
    pub talk: Vec<Talk>,
}

/// A mail from before the first day.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// Days before the first day.
    pub days: i32,
    /// True when the owner wrote it.
    #[serde(default)]
    pub mine: bool,
    /// Its subject; an answer has none of its own.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
}

/// What somebody does with a check-in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// What comes back.
    #[serde(default)]
    pub comes: Comes,
    /// How long it takes, in hours.
    #[serde(default)]
    pub hours: i64,
    /// What it says.
    #[serde(default)]
    pub text: String,
    /// What it means.
    pub means: Option<Outcome>,
    /// What the owner does then.
    pub then: Option<Then>,
}

/// What comes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comes {
    /// They write.
    #[default]
    Reply,
    /// Nothing.
    Silence,
    /// Their mail program says that they are away.
    Away,
    /// A mail server gives it back.
    Bounce,
}

/// What the owner does after an answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// How long it takes, in hours.
    pub hours: i64,
    /// What the owner writes.
    pub text: String,
    /// A talk that comes of it.
    pub talk: Option<Talk>,
}

/// A call or a meeting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// Working days after the mail that led to it; without a mail, days of the half year.
    pub days: i32,
    /// True for a meeting in person.
    #[serde(default)]
    pub meeting: bool,
    /// What the owner logs.
    pub about: String,
}

/// A mail somebody writes without being asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {
    /// The day of the half year.
    pub day: i32,
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// What it means.
    pub means: Option<Outcome>,
    /// What the owner does then.
    pub then: Option<Then>,
}

/// Something new to tell.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewsRow {
    /// The day of the half year.
    pub day: i32,
    /// Days it stays news.
    pub lasts: i32,
    /// The words.
    pub text: String,
}

/// What the owner adds to a draft.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditRow {
    /// Which draft of the half year, counted from 1.
    pub draft: u32,
    /// A sentence more.
    pub adds: String,
}

impl Script {
    /// The script that comes with the program.
    ///
    /// # Errors
    /// When one of its files is malformed, which a test excludes.
    pub fn shipped() -> Result<Self, toml::de::Error> {
        FILES.iter().try_fold(Self::default(), |mut all, file| {
            let part: Self = toml::from_str(file)?;
            all.employer.extend(part.employer);
            all.contact.extend(part.contact);
            all.news.extend(part.news);
            all.edit.extend(part.edit);
            all.skip.extend(part.skip);
            Ok(all)
        })
    }
}
