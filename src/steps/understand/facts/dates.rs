//! Dates as people write them, found in a text and laid on the calendar of the mail's own day.

use std::cell::Cell;

use jiff::civil::{Date, Weekday};

use super::cues::stands;
use super::lexicon::{Lex, Prep, Unit};
use super::named::ALMANAC;
use super::spans::{Grain, Stretch, after_rest, ahead, month, quarter, week};
use super::words::Page;
use crate::model::calendar::{is_working_day, next_working_day};

mod counts;
mod figures;
mod relative;
mod units;
mod weekdays;
mod written;

/// A date or stretch named in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one date; an enum would only name their combinations")]
pub struct Mention {
    /// First word, preposition included.
    pub from: usize,
    /// First word after it.
    pub to: usize,
    /// The days meant.
    pub at: Stretch,
    /// How the preposition bends it.
    pub prep: Prep,
    /// A weekday in the plural.
    pub plural: bool,
    /// Over, by its own words (`last week`).
    pub past: bool,
    /// A day without a year that lies so far ahead that the one just gone is meant more likely.
    pub doubtful: bool,
    /// A distance that may as well lie behind (`for three months`).
    pub loose: bool,
    /// "After" it means the working week after it.
    pub rest: bool,
}

impl Mention {
    /// The first sensible day to act.
    pub fn day(&self, now: Date) -> Date {
        match self.prep {
            Prep::After | Prep::Through if self.at.grain == Grain::Ahead => next_working_day(self.at.first),
            Prep::After | Prep::Through if self.rest => after_rest(self.at.last),
            Prep::Until if self.rest && self.at.first == self.at.last => after_rest(self.at.last),
            Prep::After | Prep::Through => next_working_day(ahead(self.at.last, 1)),
            Prep::Before => next_working_day(ahead(self.at.first, -3).max(ahead(now, 1))),
            _ if self.rest && self.at.first == self.at.last => self.feast(now),
            _ if self.at.grain == Grain::Day => self.at.first,
            _ => next_working_day(self.at.first.max(ahead(now, 1))),
        }
    }

    /// A holiday itself: the working day before it; the first one of the year for New Year.
    fn feast(&self, now: Date) -> Date {
        let before = (1..5).map(|n| ahead(self.at.first, -n)).find(|day| is_working_day(*day) && *day > now);
        before.filter(|_| self.at.first.month() > 1).unwrap_or_else(|| next_working_day(self.at.first))
    }
}

/// How a date leans on the one named before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leans {
    /// It stands alone.
    No,
    /// A bare day of the month.
    Day(i32),
    /// So much after it.
    Away(i32, Unit),
    /// The first such weekday after it.
    Weekday(Weekday),
    /// A weekday that follows it in a list.
    List(Weekday),
    /// The n-th week of it.
    NthWeek(i32),
    /// The next one like it.
    Next,
}

/// What a rule found, before its preposition is looked at.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks of one date; an enum would only name their combinations")]
struct Found {
    at: Stretch,
    end: usize,
    plural: bool,
    past: bool,
    doubtful: bool,
    loose: bool,
    rest: bool,
    /// The end of a stretch: "until" it means after it.
    closing: bool,
    /// All of a stretch: what is meant comes after it.
    through: bool,
    leans: Leans,
}

impl Found {
    const fn new(at: Stretch, end: usize) -> Self {
        Self {
            at,
            end,
            plural: false,
            past: false,
            doubtful: false,
            loose: false,
            rest: false,
            closing: false,
            through: false,
            leans: Leans::No,
        }
    }
}

/// Finds dates in a text.
#[derive(Debug)]
pub struct Calendar<'p> {
    page: &'p Page<'p>,
    now: Date,
    /// 05/12 is 5 December, and month names of other tongues count alone.
    foreign: bool,
    /// The date found last: "that month" leans on it.
    last: Cell<Option<Stretch>>,
}

impl<'p> Calendar<'p> {
    /// A calendar for a text whose writer's day is `now`.
    pub const fn new(page: &'p Page<'p>, now: Date, foreign: bool) -> Self {
        Self { page, now, foreign, last: Cell::new(None) }
    }

    /// All dates of the text, in order.
    pub fn mentions(&self) -> Vec<Mention> {
        let mut all: Vec<Mention> = Vec::new();
        let mut week: Option<(Date, u32)> = None;
        let mut i = 0;
        while i < self.page.words.len() {
            let Some(found) = self.date_at(i, week) else {
                i += 1;
                continue;
            };
            let Some(found) = self.leaning(i, found, all.last()) else {
                i += 1;
                continue;
            };
            if found.at.grain == Grain::Week && !found.past {
                week = Some((found.at.first, self.page.sentence(i)));
            }
            self.last.set(Some(found.at));
            all.push(self.mention(i, found, all.last().map_or(0, |last| last.to)));
            i = found.end;
            i = self.same_month(i, found, &mut all);
        }
        all
    }

    fn date_at(&self, i: usize, week: Option<(Date, u32)>) -> Option<Found> {
        if let Some(found) = self.named(i) {
            return Some(found);
        }
        match self.page.lex(i) {
            Lex::Part(part) => self.part(i, part),
            Lex::Ordinal(n) => self.ordinal(i, n).or_else(|| self.spelt_day(i, n)),
            Lex::Month(_) => self.month(i),
            Lex::Number(..) => self.number(i),
            Lex::Weekday(..) => self.weekday(i, week),
            Lex::Which(which) => self.which(i, which),
            Lex::Season(_) => self.season(i),
            Lex::Ahead(n) => Some(Found { past: n < 0, ..Found::new(Stretch::day(ahead(self.now, n)), i + 1) }),
            Lex::Count(_) => self.distance(i),
            Lex::Unit(_) => self.unit(i),
            _ => self.short_form(i),
        }
    }

    /// A day or season of the almanac.
    fn named(&self, i: usize) -> Option<Found> {
        let list = ALMANAC.phrases.get(self.page.low(i))?;
        let (end, n) = list.iter().find_map(|(rest, n)| stands(self.page, i + 1, rest).map(|end| (end, n)))?;
        let named = ALMANAC.named.get(*n)?;
        let wished = self.is_wish(i);
        (!wished).then_some(())?;
        let at = named.next(self.now)?;
        if let Some(closing) = self.closing_month(at, end) {
            return Some(closing);
        }
        if at.first == at.last && self.page.low(end) == "week" {
            return Some(Found::new(week(at.first), end + 1));
        }
        Some(Found { rest: named.rest, ..Found::new(at, end) })
    }

    /// "our fiscal year ends in June": theirs is another one than the almanac's, and what is meant comes after it.
    fn closing_month(&self, at: Stretch, end: usize) -> Option<Found> {
        let year = (at.last - at.first).get_days() > 300;
        let closes = matches!(self.page.low(end), "ends" | "closes" | "finishes" | "concludes" | "ending");
        let j = end + 1 + usize::from(self.page.low(end + 1) == "in");
        let Lex::Month(_) = self.page.lex(j) else { return None };
        let month = self.month(j).filter(|month| year && closes && month.at.grain == Grain::Month)?;
        Some(Found { through: true, rest: false, ..month })
    }

    /// "Happy Thanksgiving" names no date.
    fn is_wish(&self, i: usize) -> bool {
        let close = matches!(self.page.low(i.wrapping_sub(1)), "great" | "good" | "nice" | "safe" | "restful" | "relaxing" | "peaceful");
        let had = (1..=4).any(|back| matches!(self.page.low(i.wrapping_sub(back)), "have" | "had"));
        (close && had)
            || (1..=4).filter_map(|back| i.checked_sub(back)).any(|k| {
                matches!(
                    self.page.low(k),
                    "happy" | "merry" | "enjoy" | "wonderful" | "hope" | "blessed" | "joyful" | "wishing" | "enjoyed" | "lovely"
                )
            })
    }

    fn mention(&self, i: usize, found: Found, floor: usize) -> Mention {
        let (from, mut prep) = self.prep(i, floor);
        let over = self.is_over(found.end);
        if over && !matches!(prep, Prep::Since | Prep::By) && found.at.grain != Grain::Ahead {
            prep = Prep::After;
        }
        if found.rest && found.at.first == found.at.last && self.page.low(i.wrapping_sub(1)) == "between" {
            prep = Prep::After;
        }
        if found.closing && prep == Prep::Until {
            prep = Prep::Through;
        }
        let found = if prep == Prep::After { self.this_quarter(found) } else { found };
        let found = if prep == Prep::On { self.next_year_month(i, found) } else { found };
        if found.through {
            prep = Prep::Through;
        }
        if prep == Prep::When {
            prep = Prep::On;
        }
        if prep == Prep::Until && self.is_inclusive(found.end) {
            prep = Prep::Through;
        }
        let past = found.past || prep == Prep::Since || self.page.low(found.end) == "ago";
        let Found { at, plural, doubtful, loose, rest, .. } = found;
        let every = matches!(self.page.low(from.wrapping_sub(1)), "every" | "each");
        Mention { from, to: found.end, at, prep, plural: plural || every, past, doubtful, loose, rest }
    }

    /// "Check back in November", said late in November.
    fn next_year_month(&self, i: usize, found: Found) -> Found {
        let bare = matches!(self.page.lex(i), Lex::Month(_)) && found.at.grain == Grain::Month;
        let late = found.at.first <= self.now && self.now.day() > 10;
        if bare && late { Found { at: month(found.at.first, 12), past: false, ..found } } else { found }
    }

    /// "once Q4 is over" is the running one.
    fn this_quarter(&self, found: Found) -> Found {
        let running = quarter(self.now, 0);
        let year_on = found.at.grain == Grain::Quarter && found.at.first == quarter(running.first, 4).first && !found.rest;
        if year_on { Found { at: running, ..found } } else { found }
    }

    /// `(inclusive)` behind a date
    fn is_inclusive(&self, end: usize) -> bool {
        let word = self.page.low(self.page.skip(end, '('));
        matches!(word, "inclusive" | "incl" | "included" | "inclus" | "einschließlich" | "incluido" | "inclusief" | "compreso")
    }

    /// "… is over" right after a date.
    fn is_over(&self, end: usize) -> bool {
        (0..3).any(|skip| {
            let i = end + skip;
            let blocked = (end..i).any(|k| matches!(self.page.lex(k), Lex::Mark(_)));
            let Some(list) = ALMANAC.over.get(self.page.low(i)).filter(|_| !blocked) else { return false };
            list.iter().any(|(rest, _)| stands(self.page, i + 1, rest).is_some())
        })
    }

    /// The preposition before a date: where it begins and how it bends the date.
    fn prep(&self, i: usize, floor: usize) -> (usize, Prep) {
        let mut k = i;
        while k > floor && i - k < 6 {
            k -= 1;
            match self.page.lex(k) {
                Lex::Filler => {}
                _ if self.page.low(k) == "fy" || self.page.low(k.wrapping_sub(1)) == "fy" => {}
                Lex::Mark('-' | '~' | '(' | ',') if self.page.low(k) != "," || self.page.low(k.wrapping_sub(1)) == "until" => {}
                Lex::Prep(Prep::After) if self.or_before(k) => return (k - 1, Prep::From),
                Lex::Prep(Prep::On) if self.lasts_to(k) => return (k, Prep::Through),
                Lex::Prep(prep) => return (k, prep),
                _ if self.lasts_to(k) => return (k, Prep::Through),
                Lex::Which(_) if matches!(self.page.low(k), "past" | "following") => return (k, Prep::After),
                _ if matches!(self.page.low(k), "including" | "incl") => return (k, Prep::Through),
                _ if self.page.low(k) == "m" && self.page.low(k.wrapping_sub(2)) == "t" => return (k - 2, Prep::Through),
                _ if self.page.low(k) == "than" => return self.than(k, i),
                _ => return (i, Prep::On),
            }
        }
        (i, Prep::On)
    }

    /// "which runs to January 15"
    fn lasts_to(&self, k: usize) -> bool {
        self.page.low(k) == "to" && matches!(self.page.low(k.wrapping_sub(1)), "runs" | "lasts" | "goes" | "extends" | "stretches")
    }

    /// "on or after"
    fn or_before(&self, k: usize) -> bool {
        k > 0 && self.page.low(k - 1) == "or"
    }

    fn than(&self, k: usize, i: usize) -> (usize, Prep) {
        match self.page.low(k.wrapping_sub(1)) {
            "earlier" | "sooner" => (k - 1, Prep::From),
            "later" => (k - 1, Prep::By),
            _ => (i, Prep::On),
        }
    }
}
