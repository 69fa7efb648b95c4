//! Days in figures and days before their month: `12/1`, `2027-01-15`, `1.12.2026`, `5 January`, `3 to 14 August`.

use super::super::lexicon::Lex;
use super::super::spans::{Grain, Stretch, civil};
use super::{Calendar, Found};

impl Calendar<'_> {
    pub(super) fn figures(&self, i: usize) -> Option<Found> {
        let Lex::Number(a, a_len, false) = self.page.lex(i) else { return None };
        let mark = self.page.low(i + 1);
        if !matches!(mark, "/" | "-" | ".") || !self.page.glued(i + 1) || !self.page.glued(i + 2) {
            return None;
        }
        let Lex::Number(b, b_len @ 1..=2, false) = self.page.lex(i + 2) else { return None };
        let third = match self.page.lex(i + 4) {
            Lex::Number(c, len, false) if self.page.low(i + 3) == mark && self.page.glued(i + 3) && self.page.glued(i + 4) => {
                Some((c, len))
            }
            _ => None,
        };
        if let (4, Some((day, 1..=2))) = (a_len, third) {
            let date = civil(a, b, day)?;
            return Some(Found { past: date < self.now, ..Found::new(Stretch::day(date), i + 5) });
        }
        let year = match third {
            Some((c, 4)) => Some(c),
            Some((c, 2)) => Some(2000 + c),
            None if mark == "/"
                || (mark == "." && self.foreign && self.page.low(i + 3) == ".")
                || (b_len == 2 && a_len == 2 && mark == "." && self.foreign) =>
            {
                None
            }
            _ => return None,
        };
        let end = i + if third.is_some() { 5 } else { 3 };
        self.day_month_figures(a, b, year, mark, end)
    }

    fn day_month_figures(&self, a: i32, b: i32, year: Option<i32>, mark: &str, end: usize) -> Option<Found> {
        let fraction =
            year.is_none() && matches!(self.page.low(end), "time" | "fte" | "day" | "days" | "hour" | "hours" | "of" | "schedule" | "week");
        if fraction || (a, b) == (24, 7) {
            return None;
        }
        let day_first = a > 12 || (self.foreign && b <= 12);
        let (month, day) = if day_first { (b, a) } else { (a, b) };
        if a > 12 && year.is_none() && !self.foreign {
            return None;
        }
        let end = if mark == "." { self.page.skip(end, '.') } else { end };
        let (date, doubtful) = self.resolve(month, day, year)?;
        Some(Found { doubtful, past: date < self.now, ..Found::new(Stretch::day(date), end) })
    }

    /// `5 January`, `5th of January`, `3 to 14 August`, `3. bis 14. August`.
    pub(super) fn day_then_month(&self, i: usize) -> Option<Found> {
        let first = self.plain_day(i)?;
        let mut j = self.after_day(i);
        if let Lex::Month(month) = self.page.lex(j) {
            let (year, end) = self.year_after(self.page.skip(j + 1, '.'));
            let (date, doubtful) = self.resolve(i32::from(month), first, year)?;
            return Some(Found { doubtful, past: date < self.now, ..Found::new(Stretch::day(date), end) });
        }
        if !matches!(self.page.low(j), "-" | "to" | "through" | "bis" | "au" | "al" | "and" | "&" | "tot" | "a" | "até" | "thru" | "or") {
            return None;
        }
        j += 1;
        while matches!(self.page.low(j), "the" | "den" | "zum" | "and" | "en" | "met" | "le") {
            j += 1;
        }
        let last = self.plain_day(j).filter(|last| *last > first)?;
        let Lex::Month(month) = self.page.lex(self.after_day(j)) else { return None };
        let (year, end) = self.year_after(self.page.skip(self.after_day(j) + 1, '.'));
        let (until, doubtful) = self.resolve(i32::from(month), last, year)?;
        let from = civil(i32::from(until.year()), i32::from(month), first)?;
        Some(Found { doubtful, past: until < self.now, ..Found::new(Stretch::new(from, until, Grain::Day), end) })
    }

    fn plain_day(&self, i: usize) -> Option<i32> {
        match self.page.lex(i) {
            Lex::Number(n @ 1..=31, 1..=2, _) => Some(n),
            _ => None,
        }
    }

    /// Past the day's full stop, `er`, `of`, `de`.
    fn after_day(&self, i: usize) -> usize {
        let mut j = self.page.skip(i + 1, '.');
        while matches!(self.page.low(j), "of" | "de" | "er" | "º" | "°") {
            j += 1;
        }
        j
    }
}
