//! The facts of a mail: dates, people, call times, openings, links, a new address.

use jiff::Zoned;

use crate::model::address::{Address, Mailbox};
use crate::model::reading::{Facts, Outcome, Person};

mod addresses;
mod back;
mod calls;
mod clock;
mod cues;
mod dates;
mod follow;
mod lexicon;
mod named;
mod names;
mod openings;
mod people;
mod spans;
mod words;

/// What the facts are told by.
const FACTS: &str = include_str!("../../../../data/facts.toml");

pub use back::back_on;
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
    let lower = words::lower(&text);
    let page = Page::cut(&text, &lower);
    let now = sense.anchor.date();
    let mut mentions = Calendar::new(&page, now, false).mentions();
    let cues = cues::cues(&page);
    follow::turn_round(&page, &cues, &mut mentions);
    let scene = follow::Scene { page: &page, mentions: &mentions, cues: &cues, now, outcomes };
    let cast = people::Cast { writer: sense.writer, cc: sense.cc, me: sense.me, signature: sense.signature };
    let (people, new_address) = people::people(&page, &cast);
    let links = openings::links(&text);
    Facts {
        follow_up_on: follow::follow_up_on(&scene),
        call_times: calls::call_times(&scene, &sense.anchor),
        people,
        openings: openings::openings(&page, &links, outcomes),
        links: links.into_iter().map(|(_, url)| url).collect(),
        resume_requested: outcomes.contains(&Outcome::ResumeRequested),
        new_address,
        ..Facts::default()
    }
}

/// The people a text names, when nothing is known of who wrote it.
#[must_use]
pub fn people(text: &str) -> Vec<Person> {
    let text = words::clean(text);
    let lower = words::lower(&text);
    people::people(&Page::cut(&text, &lower), &people::Cast::default()).0
}
