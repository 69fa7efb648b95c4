//! Weekdays: `Tuesday`, `next Tuesday`, `Tuesday of next week`, `Tuesday the 12th`.

use jiff::civil::{Date, Weekday};

use super::super::lexicon::{Lex, Unit};
use super::super::spans::{Grain, Stretch, ahead, later, week, weekday_after, weekday_in};
use super::{Calendar, Found, Leans};

impl Calendar<'_> {
    /// A weekday, with the date that may follow it.
    pub(super) fn weekday(&self, i: usize, context: Option<(Date, u32)>) -> Option<Found> {
        let Lex::Weekday(day, plural) = self.page.lex(i) else { return None };
        self.is_weekday(i).then_some(())?;
        let next = self.page.skip(i + 1, '.');
        if let Some(dated) = self.dated(next) {
            return Some(on_weekday(dated, day));
        }
        if let Some((monday, end)) = self.week_ahead(next) {
            return Some(Found::new(Stretch::day(weekday_in(monday, day)), end));
        }
        if let Some(after) = self.weekday_following(next, day) {
            return Some(after);
        }
        let in_context = context.filter(|(_, sentence)| self.page.sentence(i) <= sentence + 1).map(|(monday, _)| weekday_in(monday, day));
        let in_context = in_context.filter(|date| *date > self.now);
        let leans = if in_context.is_none() && !plural { Leans::List(day) } else { Leans::No };
        let date = in_context.unwrap_or_else(|| weekday_after(self.now, day));
        let last = self.weekday_range(next, date);
        let end = last.map_or(next, |(_, end)| end);
        let at = Stretch::new(date, last.map_or(date, |(last, _)| last), Grain::Day);
        Some(Found { plural, leans, ..Found::new(at, end) })
    }

    /// `, January 12`, `the 12th`, `(12/1)` right after a weekday.
    fn dated(&self, next: usize) -> Option<Found> {
        let mut j = next;
        while j < next + 3
            && (matches!(self.page.low(j), "," | "(" | "the" | "-" | "den" | "dem" | "le" | "el" | "on")
                || j == next + 1 && self.page.low(j) == "of")
        {
            j += 1;
        }
        let found = match self.page.lex(j) {
            Lex::Month(_) => self.month(j).filter(|found| found.at.grain == Grain::Day),
            Lex::Number(_, _, true) => self.number(j).filter(|found| found.at.grain == Grain::Day),
            Lex::Number(_, 1..=4, false) => self.number(j).filter(|found| found.at.grain == Grain::Day && found.end > j + 1),
            _ => None,
        }?;
        Some(Found { end: if self.page.low(j.wrapping_sub(1)) == "(" { self.page.skip(found.end, ')') } else { found.end }, ..found })
    }

    /// `of next week`, also behind a list of weekdays and hours.
    fn week_ahead(&self, next: usize) -> Option<(Date, usize)> {
        let mut j = next;
        while j < next + 8 && self.is_list_word(j) {
            j += 1;
        }
        j += usize::from(matches!(self.page.low(j), "of" | "in"));
        let end = if j <= next + 1 { None } else { Some(next) };
        if self.page.low(j) == "the" && self.page.low(j + 1) == "week" {
            let week = self.unit(j + 1).filter(|found| found.at.grain == Grain::Week)?;
            return Some((week.at.first, end.unwrap_or(week.end)));
        }
        let weeks = match (self.page.low(j), self.page.low(j + 1)) {
            ("next", "week") | ("the", "following") => 7,
            ("this", "week") => 0,
            _ => return None,
        };
        Some((ahead(week(self.now).first, weeks), end.unwrap_or(j + 2)))
    }

    fn is_list_word(&self, j: usize) -> bool {
        matches!(self.page.lex(j), Lex::Weekday(..) | Lex::Mark('/' | '-'))
            || matches!(
                self.page.low(j),
                "or" | "and" | "morning" | "afternoon" | "evening" | "mornings" | "afternoons" | "early" | "late" | "either"
            )
    }

    /// `Tuesday after Thanksgiving`, `Monday after next`, `Tuesday week`.
    fn weekday_following(&self, next: usize, day: Weekday) -> Option<Found> {
        match (self.page.low(next), self.page.low(next + 1)) {
            ("after", "next") => Some(Found::new(Stretch::day(ahead(weekday_after(self.now, day), 7)), next + 2)),
            ("after" | "following", word) if word == "that" || matches!(self.page.lex(next + 1), Lex::Mark(_)) => {
                let end = next + 1 + usize::from(word == "that");
                Some(Found { leans: Leans::Weekday(day), ..Found::new(Stretch::day(weekday_after(self.now, day)), end) })
            }
            ("after", _) => {
                let base = self.named(next + 1 + usize::from(self.page.low(next + 1) == "the"))?;
                Some(Found::new(Stretch::day(weekday_after(base.at.last, day)), base.end))
            }
            _ => None,
        }
    }

    /// `Monday through Wednesday`
    fn weekday_range(&self, next: usize, first: Date) -> Option<(Date, usize)> {
        matches!(self.page.low(next), "-" | "through" | "thru" | "to" | "bis").then_some(())?;
        let Lex::Weekday(day, _) = self.page.lex(next + 1) else { return None };
        if self.dated(next + 2).is_some() {
            return None;
        }
        Some((weekday_after(first, day), next + 2))
    }

    /// Tells the weekday from `sun`, `mon` and other words that look like it.
    fn is_weekday(&self, i: usize) -> bool {
        let word = self.page.words[i];
        let led = i > 0 && matches!(self.page.lex(i - 1), Lex::Prep(_) | Lex::Which(_) | Lex::Weekday(..) | Lex::Mark('/' | '-'));
        let numbered = matches!(self.page.lex(self.page.skip(i + 1, '.')), Lex::Number(..)) || self.page.low(i + 1) == ",";
        match word.low {
            "mon" | "wed" | "fri" | "thu" | "tue" | "thur" => led || word.capital || numbered || self.page.low(i + 1) == "at",
            "segunda" | "terça" | "quarta" | "quinta" | "sexta" | "martes" | "mardi" => self.foreign,
            _ => true,
        }
    }
}

/// "Tuesday the 19th" is in the month in which the 19th is a Tuesday.
fn on_weekday(found: Found, weekday: Weekday) -> Found {
    let Leans::Day(_) = found.leans else { return found };
    let months = (0..3).map(|n| later(found.at.first, n, Unit::Month));
    let fitting = months.filter(|date| date.day() == found.at.first.day()).find(|date| date.weekday() == weekday);
    match fitting {
        Some(date) if found.at.first == found.at.last => Found { at: Stretch::day(date), leans: Leans::No, ..found },
        _ => found,
    }
}
