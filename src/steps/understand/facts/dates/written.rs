//! Days written with a month or in figures: `Jan 5`, `5 January 2027`, `12/1`, `2027-01-15`, `the 12th`.

use jiff::civil::Date;

use super::super::lexicon::{Lex, Prep, Unit};
use super::super::spans::{self, Grain, Stretch, civil, later};
use super::{Calendar, Found, Leans, Mention};

/// Months that may stand without a day in an English text.
const ENGLISH: &[&str] = &[
    "january",
    "jan",
    "february",
    "feb",
    "march",
    "mar",
    "april",
    "apr",
    "may",
    "june",
    "jun",
    "july",
    "jul",
    "august",
    "aug",
    "september",
    "sep",
    "sept",
    "october",
    "oct",
    "november",
    "nov",
    "december",
    "dec",
];

/// A day this far ahead without a year is rather the one just gone.
const TOO_FAR: i32 = 300;

impl Calendar<'_> {
    /// `Jan 5`, `January 5-9`, `January 2027`, `January`.
    pub(super) fn month(&self, i: usize) -> Option<Found> {
        let Lex::Month(month) = self.page.lex(i) else { return None };
        let mut next = self.page.skip(i + 1, '.');
        if self.page.low(next) == "the" && matches!(self.page.lex(next + 1), Lex::Number(_, _, true) | Lex::Ordinal(_)) {
            next += 1;
        }
        if let Some(day) = self.day_number(next) {
            return self.day_range(i32::from(month), day, next + 1);
        }
        self.is_month(i).then(|| self.whole_month(i32::from(month), next))
    }

    /// A number that can be the day of a month just named.
    fn day_number(&self, i: usize) -> Option<i32> {
        match self.page.lex(i) {
            Lex::Number(n @ 1..=31, 1..=2, ordinal) if ordinal || !self.is_clock(i) => Some(n),
            Lex::Ordinal(n @ 1..=31) if !matches!(self.page.lex(i + 1), Lex::Unit(_)) => Some(n),
            _ => None,
        }
    }

    fn is_clock(&self, i: usize) -> bool {
        self.page.low(i + 1) == ":" && self.page.glued(i + 1) && self.page.glued(i + 2) && matches!(self.page.lex(i + 2), Lex::Number(..))
            || matches!(self.page.low(i + 1), "am" | "pm" | "a.m" | "p.m" | "%")
    }

    /// The rest of `January 5 …`: a second day, a year.
    fn day_range(&self, month: i32, day: i32, next: usize) -> Option<Found> {
        let (last_month, last, end) = self.second_day(month, day, next);
        let (year, end) = self.year_after(end);
        // the year stands behind the last day
        let begun = year.map(|year| if (last_month, last) < (month, day) { year - 1 } else { year });
        let (next, doubtful) = self.resolve(month, day, begun)?;
        let until = |first: Date| {
            let same = i32::from(first.year());
            civil(same, last_month, last).filter(|last| *last >= first).or_else(|| civil(same + 1, last_month, last)).unwrap_or(first)
        };
        // a stretch that has begun and is not over is the running one
        let running = civil(i32::from(next.year()) - 1, month, day)
            .filter(|first| year.is_none() && until(*first) >= self.now && until(*first) > *first);
        let (first, doubtful) = running.map_or((next, doubtful), |first| (first, false));
        let at = Stretch { first, last: until(first), grain: Grain::Day };
        Some(Found { doubtful, past: year.is_some() && at.last < self.now, ..Found::new(at, end) })
    }

    /// `- 9`, `through January 9`, `to the 9th`.
    fn second_day(&self, month: i32, day: i32, next: usize) -> (i32, i32, usize) {
        let whole = (month, day, next);
        let mut j = next;
        if !matches!(self.page.low(j), "-" | "to" | "through" | "thru" | "until" | "till" | "au" | "al" | "bis" | "ao" | "até" | "tot") {
            return whole;
        }
        j += 1;
        while matches!(self.page.low(j), "the" | "and" | "including" | "zum" | "en" | "met") || matches!(self.page.lex(j), Lex::Weekday(..))
        {
            j = self.page.skip(j + 1, ',');
        }
        if let (Lex::Month(other), Some(last)) = (self.page.lex(j), self.day_number(self.page.skip(j + 1, '.'))) {
            return (i32::from(other), last, self.page.skip(j + 1, '.') + 1);
        }
        match self.day_number(j) {
            Some(last) if last > day && !matches!(self.page.lex(j + 1), Lex::Unit(_)) => (month, last, j + 1),
            _ => whole,
        }
    }

    /// `, 2027`, `'27`, `of next year`.
    pub(super) fn year_after(&self, i: usize) -> (Option<i32>, usize) {
        let j = if matches!(self.page.low(i), "," | "of" | "de" | "/" | "'" | ".") { i + 1 } else { i };
        match self.page.lex(j) {
            Lex::Number(year @ 2000..=2099, 4, false) => (Some(year), j + 1),
            Lex::Number(short @ 20..=60, 2, false) if self.page.low(i) == "'" => (Some(2000 + short), j + 1),
            Lex::Which(_) if self.page.low(j) == "next" && self.page.low(j + 1) == "year" => (Some(i32::from(self.now.year()) + 1), j + 2),
            _ => (None, i),
        }
    }

    /// Lays a month and day on the calendar; without a year, the next such day. True when it is doubtful.
    pub(super) fn resolve(&self, month: i32, day: i32, year: Option<i32>) -> Option<(Date, bool)> {
        let this = i32::from(self.now.year());
        if let Some(year) = year {
            return Some((civil(year, month, day)?, false));
        }
        let next = civil(this, month, day).filter(|date| *date >= self.now).or_else(|| civil(this + 1, month, day));
        let next = next.or_else(|| (2..=4).find_map(|n| civil(this + n, month, day)))?;
        Some((next, (next - self.now).get_days() > TOO_FAR))
    }

    fn whole_month(&self, month: i32, next: usize) -> Found {
        let (year, end) = self.year_after(next);
        let ahead = (month - i32::from(self.now.month())).rem_euclid(12);
        let at = match year {
            Some(year) => spans::month(self.now, (year - i32::from(self.now.year())) * 12 + month - i32::from(self.now.month())),
            None => spans::month(self.now, ahead),
        };
        Found { doubtful: year.is_none() && ahead > 9, past: at.last < self.now, ..Found::new(at, end) }
    }

    /// Tells the month from the verb or the name that looks like it.
    fn is_month(&self, i: usize) -> bool {
        let word = self.page.words[i];
        if !self.foreign && !ENGLISH.contains(&word.low) {
            return false;
        }
        let led = i > 0
            && (matches!(self.page.lex(i - 1), Lex::Prep(_) | Lex::Part(_) | Lex::Which(_) | Lex::Mark('-' | '/'))
                || matches!(self.page.low(i - 1), "of" | "maybe" | "probably" | "or" | "and" | "say" | "around" | "about" | "make"));
        let named = i + 1 < self.page.words.len() && self.page.words[i + 1].capital && self.page.lex(i + 1) == Lex::None;
        match word.low {
            "april" | "june" | "august" if named && !led => false,
            "may" => {
                (led || (word.capital
                    && i > 0
                    && self.page.sentence(i) == self.page.sentence(i - 1)
                    && matches!(self.page.lex(i + 1), Lex::Mark(_)))
                    || (word.capital && matches!(self.page.low(i + 1), "is" | "was" | "would" | "works" | "looks")))
                    && !matches!(self.page.low(i + 1), "i" | "we" | "you" | "be" | "not" | "have" | "need")
            }
            "march" | "mar" | "sep" | "dec" | "jun" | "jul" | "jan" | "apr" | "oct" | "nov" => led || word.capital,
            _ => true,
        }
    }

    /// `12/1`, `2027-01-15`, `1.12.2026`, `5 January`, `the 12th`, `6-8 weeks`, `2027`.
    pub(super) fn number(&self, i: usize) -> Option<Found> {
        self.figures(i)
            .or_else(|| self.day_then_month(i))
            .or_else(|| self.distance(i))
            .or_else(|| self.numbered(i))
            .or_else(|| self.bare_day(i))
            .or_else(|| self.bare_year(i))
    }

    /// `the 12th`: the next day of that number.
    fn bare_day(&self, i: usize) -> Option<Found> {
        let Lex::Number(day @ 1..=31, _, true) = self.page.lex(i) else { return None };
        (self.is_led_day(i) && self.ends_well(i + 1))
            .then(|| self.next_numbered(day, i + 1))
            .flatten()
            .map(|found| Found { leans: Leans::Day(day), ..found })
    }

    /// `after the fourth`
    pub(super) fn spelt_day(&self, i: usize, day: i32) -> Option<Found> {
        if let (true, Lex::Month(month)) = (self.page.low(i + 1) == "of", self.page.lex(i + 2)) {
            return self.day_range(i32::from(month), day, i + 3);
        }
        let led = i > 1
            && self.page.low(i - 1) == "the"
            && (matches!(self.page.lex(i - 2), Lex::Prep(_))
                || matches!(self.page.low(i.wrapping_sub(3)), "morning" | "afternoon" | "evening"))
            || self.page.low(i.wrapping_sub(3)) == "week";
        (day > 1 && led && self.ends_well(i + 1))
            .then(|| self.next_numbered(day, i + 1))
            .flatten()
            .map(|found| Found { leans: Leans::Day(day), ..found })
    }

    fn next_numbered(&self, day: i32, end: usize) -> Option<Found> {
        if let Some(end) = self.page.phrase(end, &["of", "next", "month"]).or_else(|| self.page.phrase(end, &["next", "month"])) {
            let first = spans::month(self.now, 1).first;
            return Some(Found::new(Stretch::day(civil(first.year().into(), first.month().into(), day)?), end));
        }
        let end = self.page.phrase(end, &["of", "the", "month"]).or_else(|| self.page.phrase(end, &["of", "this", "month"])).unwrap_or(end);
        let months = (0..4).map(|n| later(self.now.first_of_month(), n, Unit::Month));
        let date = months.filter_map(|first| civil(first.year().into(), first.month().into(), day)).find(|date| *date > self.now)?;
        let mut end = end;
        let last = self.bare_range(date, &mut end).unwrap_or(date);
        Some(Found::new(Stretch::new(date, last, Grain::Day), end))
    }

    /// `the 12th through the 16th`
    fn bare_range(&self, first: Date, end: &mut usize) -> Option<Date> {
        matches!(self.page.low(*end), "-" | "to" | "through" | "thru").then_some(())?;
        let mut j = *end + 1;
        while self.page.low(j) == "the" || matches!(self.page.lex(j), Lex::Weekday(..)) {
            j += 1;
        }
        let Lex::Number(day, _, true) = self.page.lex(j) else { return None };
        let last = civil(first.year().into(), first.month().into(), day).filter(|last| *last > first)?;
        *end = j + 1;
        Some(last)
    }

    fn is_led_day(&self, i: usize) -> bool {
        let before = i.checked_sub(1).map_or(Lex::None, |k| self.page.lex(k));
        matches!(before, Lex::Prep(_) | Lex::Weekday(..) | Lex::Filler | Lex::Mark('-' | '/' | '&'))
            || matches!(self.page.low(i.wrapping_sub(1)), "or" | "and" | "to")
    }

    /// Tells `the 12th` from `the 12th floor`.
    fn ends_well(&self, i: usize) -> bool {
        let plain = self.page.phrase(i, &["of", "the", "month"]).or_else(|| self.page.phrase(i, &["of", "next", "month"])).is_some();
        plain
            || matches!(self.page.lex(i), Lex::Mark(c) if c != '\'')
            || matches!(self.page.lex(i), Lex::Prep(_) | Lex::Which(_) | Lex::Number(..))
            || i >= self.page.words.len()
            || FOLLOWERS.contains(&self.page.low(i))
    }

    /// `in 2027`
    fn bare_year(&self, i: usize) -> Option<Found> {
        let short = self.page.low(i.wrapping_sub(1)) == "'";
        let year = match self.page.lex(i) {
            Lex::Number(year @ 2020..=2060, 4, false) => year,
            Lex::Number(year @ 24..=60, 2, false) if short => 2000 + year,
            _ => return None,
        };
        let before = i.wrapping_sub(1 + usize::from(short));
        let led = matches!(self.page.lex(before), Lex::Prep(_) | Lex::Part(_))
            || matches!(self.page.low(before), "of" | "into")
            || matches!(
                self.page.low(i + 1),
                "looks" | "is" | "should" | "might" | "will" | "would" | "could" | "may" | "budget" | "openings" | "positions"
            );
        let at = spans::year(self.now, year - i32::from(self.now.year()));
        led.then(|| Found { rest: true, past: at.last < self.now, ..Found::new(at, i + 1) })
    }

    /// The further days of `Dec 8, 9 or 10`.
    pub(super) fn same_month(&self, end: usize, found: Found, all: &mut Vec<Mention>) -> usize {
        let mut end = end;
        let mut last = found.at.last;
        let named = (end.saturating_sub(3)..end).any(|k| matches!(self.page.lex(k), Lex::Month(_)));
        if !named || found.at.grain != Grain::Day {
            return end;
        }
        loop {
            let mut j = self.page.skip(end, ',');
            j += usize::from(matches!(self.page.low(j), "or" | "and" | "&" | "/"));
            let Some(day) = (j > end).then(|| self.day_number(j)).flatten() else { break };
            let Some(date) = civil(last.year().into(), last.month().into(), day).filter(|date| *date > last) else { break };
            if !self.ends_well(j + 1) || matches!(self.page.low(j + 1), ":" | "-" | "to" | "/") {
                break;
            }
            let at = Stretch::day(date);
            let Found { past, doubtful, .. } = found;
            all.push(Mention { from: j, to: j + 1, at, prep: Prep::On, plural: false, past, doubtful, loose: false, rest: false });
            (last, end) = (date, j + 1);
        }
        end
    }
}

/// Words that may follow a bare day.
const FOLLOWERS: &[&str] = &[
    "and",
    "between",
    "or",
    "if",
    "when",
    "is",
    "was",
    "works",
    "work",
    "would",
    "should",
    "could",
    "so",
    "then",
    "but",
    "with",
    "as",
    "i",
    "we",
    "you",
    "i'm",
    "i'll",
    "we're",
    "because",
    "since",
    "will",
    "are",
    "morning",
    "afternoon",
    "evening",
    "to",
    "please",
    "instead",
    "latest",
    "though",
    "after",
    "he",
    "she",
    "they",
    "he's",
    "she's",
    "of",
    "looks",
    "around",
    "onward",
    "onwards",
    "it",
    "it's",
    "anytime",
    "any",
    "not",
    "can",
    "that",
    "noon",
    "whenever",
    "give",
    "ping",
    "call",
    "email",
    "my",
    "our",
    "via",
    "while",
    "once",
    "works",
    "suits",
    "best",
    "onto",
    "inclusive",
    "do",
    "does",
    "either",
    "sometime",
    "maybe",
];
