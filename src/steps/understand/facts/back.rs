//! The first day back that an automatic answer names.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{ToSpan, Zoned};

use super::super::super::book::Book;
use super::dates::{Calendar, Mention};
use super::lexicon::{Lex, Prep};
use super::spans::{Grain, ahead};
use super::words::{self, Page};
use crate::model::calendar::next_working_day;

/// Words looked at on either side of a date.
const REACH: usize = 9;

#[derive(Debug)]
struct Lists {
    returns: HashSet<String>,
    absent: HashSet<String>,
    foreign: HashSet<String>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut book = Book::section("facts.toml", super::FACTS, "back");
    let [returns, absent, foreign] = ["returns", "absent", "foreign"].map(|key| book.set(key));
    book.close();
    Lists { returns, absent, foreign }
});

/// The first day back that an automatic answer names, on the calendar of its own day.
#[must_use]
pub fn back_on(text: &str, anchor: &Zoned) -> Option<Date> {
    let text = words::clean(text);
    let lower = words::lower(&text);
    let page = Page::cut(&text, &lower);
    let now = anchor.date();
    let mentions = Calendar::new(&page, now, is_foreign(&page, anchor)).mentions();
    let absence = Absence { page: &page, mentions: &mentions, now };
    let found = (0..mentions.len()).filter_map(|n| absence.back_by(n)).filter(|(_, day)| *day > now && *day < ahead(now, 400));
    found.max_by_key(|(sure, day)| (*sure, std::cmp::Reverse(*day))).map(|(_, day)| day)
}

/// `23/11/2026`
fn is_day_first(page: &Page<'_>, i: usize) -> bool {
    let day = matches!(page.lex(i), Lex::Number(13..=31, 2, false));
    day && page.low(i + 1) == "/" && page.glued(i + 1) && page.glued(i + 2) && matches!(page.lex(i + 2), Lex::Number(1..=12, 1..=2, false))
}

/// Does the writer put the day before the month?
fn is_foreign(page: &Page<'_>, anchor: &Zoned) -> bool {
    let words = page.words.iter().filter(|word| LISTS.foreign.contains(word.low)).count();
    let written = (0..page.words.len()).any(|i| is_day_first(page, i));
    let east = anchor.offset().seconds() >= 3600;
    words >= 2 || east || written
}

struct Absence<'a> {
    page: &'a Page<'a>,
    mentions: &'a [Mention],
    now: Date,
}

impl Absence<'_> {
    /// The day back that one date points to, and how surely.
    fn back_by(&self, n: usize) -> Option<(u8, Date)> {
        let at = &self.mentions[n];
        if at.past || (at.doubtful && at.at.grain == Grain::Day) || (at.loose && at.prep == Prep::Within) {
            return None;
        }
        let listed = self.mentions.get(n + 1).is_some_and(|next| self.is_range_end(at, next));
        if listed || self.is_hour_of_day(at) {
            return None;
        }
        let returns = self.is_near(n, &LISTS.returns);
        let absent = self.is_near(n, &LISTS.absent);
        let negated = (returns || at.prep == Prep::Before) && self.is_negated(at);
        let joined = n > 0 && self.is_range_end(&self.mentions[n - 1], at);
        let rests = next_working_day(ahead(at.at.last, 1));
        let resumes = if at.at.grain == Grain::Day { at.at.first } else { next_working_day(at.at.first) };
        match at.prep {
            Prep::Until if returns || absent || at.at.grain == Grain::Day => Some((2, next_working_day(at.at.first.max(self.now)))),
            Prep::Through => Some((2, rests)),
            Prep::After if returns || absent => Some((3, at.day(self.now))),
            Prep::Before if negated => Some((3, resumes)),
            _ if at.at.last > at.at.first && at.at.grain == Grain::Day => self.speaks_of_absence(at).then_some((2, rests)),
            _ if joined => Some((2, rests)),
            _ if at.at.grain == Grain::Ahead && (returns || absent) => Some((2, next_working_day(at.at.first))),
            _ if returns && !negated => Some((3, resumes)),
            _ if absent || negated => Some((1, rests)),
            _ => None,
        }
    }

    /// One of the words stands near a date, nearer than to the dates around it.
    fn is_near(&self, n: usize, list: &HashSet<String>) -> bool {
        let at = &self.mentions[n];
        let sentence = self.page.sentence(at.from);
        let floor = n.checked_sub(1).map_or(0, |n| self.mentions[n].to).max(at.from.saturating_sub(REACH));
        let roof = self.mentions.get(n + 1).map_or(usize::MAX, |next| next.from).min(at.to + 4).min(self.page.words.len());
        let same = |k: &usize| self.page.sentence(*k) == sentence;
        let hit = |k: usize| list.contains(self.page.low(k));
        (floor..at.to).filter(same).any(hit)
            || (at.to..roof.max(at.to))
                .filter(same)
                .take_while(|k| !matches!(self.page.low(*k), "," | "and" | "und" | "but" | "et" | "y" | ";"))
                .any(hit)
    }

    /// "until 2 pm today"
    fn is_hour_of_day(&self, at: &Mention) -> bool {
        at.at.last == self.now && (1..=2).any(|back| matches!(self.page.low(at.from.wrapping_sub(back)), "am" | "pm" | "noon" | "m"))
    }

    /// The sentence of a stretch says that somebody is away, not when they work.
    fn speaks_of_absence(&self, at: &Mention) -> bool {
        let sentence = self.page.sentence(at.from);
        let from = self.page.words.partition_point(|word| word.sentence < sentence);
        let to = self.page.words.partition_point(|word| word.sentence <= sentence);
        let mut sentence = self.page.words[from..to].iter();
        let at_work = sentence.clone().any(|word| matches!(word.low, "hours" | "work" | "open" | "monitored"));
        !at_work
            && sentence.any(|word| {
                LISTS.absent.contains(word.low) || LISTS.returns.contains(word.low) || matches!(word.low, "service" | "replies" | "on")
            })
    }

    fn is_negated(&self, at: &Mention) -> bool {
        let sentence = self.page.sentence(at.from);
        let near = (at.from.saturating_sub(REACH)..at.from).filter(|k| self.page.sentence(*k) == sentence);
        near.into_iter().any(|k| {
            matches!(
                self.page.low(k),
                "not" | "won't" | "no" | "nicht" | "unable" | "cannot" | "can't" | "limited" | "nor" | "non" | "niet" | "pas"
            )
        })
    }

    /// `12/21 - 1/4`, `between the 3rd and the 14th`
    fn is_range_end(&self, before: &Mention, at: &Mention) -> bool {
        let word = |k: usize| {
            matches!(
                self.page.low(k),
                "and"
                    | "-"
                    | "to"
                    | "au"
                    | "al"
                    | "bis"
                    | "a"
                    | "the"
                    | "y"
                    | "e"
                    | "und"
                    | "et"
                    | ","
                    | "on"
                    | "through"
                    | "&"
                    | "den"
                    | "zum"
            )
        };
        let apart = before.to < at.from || matches!(at.prep, Prep::Through | Prep::Until);
        let grain = apart && before.at.grain == Grain::Day && at.at.grain == Grain::Day;
        grain
            && at.from <= before.to + 2
            && before.to <= at.from
            && (before.to..at.from).all(word)
            && (before.doubtful || (at.at.last > before.at.first && spans_days(before, at)))
    }
}

fn spans_days(before: &Mention, at: &Mention) -> bool {
    before.at.first.checked_add(200.days()).is_ok_and(|limit| at.at.last <= limit)
}
