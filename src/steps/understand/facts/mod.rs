//! The facts of a mail: dates, people, call times, openings, links, a new address.

use jiff::Zoned;
use jiff::civil::Date;

use crate::model::address::{Address, Mailbox};
use crate::model::reading::{Facts, Outcome, Person};

mod cues;
mod dates;
mod follow;
mod lexicon;
mod named;
mod spans;
mod words;

use dates::Calendar;
use words::Page;

/// What the facts are read from.
#[derive(Debug, Clone)]
pub struct Sense<'a> {
    /// The new text.
    pub text: &'a str,
    /// The signature that was cut from it.
    pub signature: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The mail's own date, in its writer's offset.
    pub anchor: Zoned,
    /// Who wrote it.
    pub writer: Option<&'a Mailbox>,
    /// Who got a copy.
    pub cc: &'a [Mailbox],
    /// The owner's addresses.
    pub me: &'a [Address],
}

/// The facts of a mail whose outcomes are known, most binding first.
#[must_use]
pub fn facts(sense: &Sense<'_>, outcomes: &[Outcome]) -> Facts {
    let text = words::clean(sense.text);
    let lower = text.to_ascii_lowercase();
    let page = Page::cut(&text, &lower);
    let now = sense.anchor.date();
    let mentions = Calendar::new(&page, now, false).mentions();
    let cues = cues::cues(&page);
    let scene = follow::Scene { page: &page, mentions: &mentions, cues: &cues, now, outcomes };
    Facts { follow_up_on: follow::follow_up_on(&scene), ..Facts::default() }
}

/// The first day back that an automatic answer names.
#[must_use]
pub fn back_on(_text: &str, _anchor: &Zoned) -> Option<Date> {
    None
}

/// The people a text names.
#[must_use]
pub fn people(_text: &str) -> Vec<Person> {
    Vec::new()
}
