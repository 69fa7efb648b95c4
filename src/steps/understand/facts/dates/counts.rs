//! Counts of days, weeks and months: `in six weeks`, `6-8 weeks`, `two weeks after Thanksgiving`, `a week after that`.

use jiff::civil::Date;

use super::super::lexicon::{Lex, Unit};
use super::super::spans::{Grain, Stretch, later};
use super::{Calendar, Found, Leans};
use crate::model::calendar::add_working_days;

impl Calendar<'_> {
    /// `six weeks` where the words around it look ahead or back.
    pub(super) fn distance(&self, i: usize) -> Option<Found> {
        let (n, unit, end) = self.count_of(i)?;
        if self.page.low(end) == "ago" {
            return Some(Found { past: true, ..self.away(-n, unit, end + 1) });
        }
        if let Some(found) = self.counted_from(n, unit, end) {
            return Some(found);
        }
        let (ahead, loose) = self.looks_ahead(i, end);
        let given = matches!(self.page.low(i.wrapping_sub(2)), "give" | "giving") && !matches!(self.page.low(end), "and");
        let later = self.page.low(end) == "later";
        let leans = if given || later { Leans::Away(n, unit) } else { Leans::No };
        (ahead || loose).then(|| Found { loose: !ahead, leans, ..self.away(n, unit, end) })
    }

    /// `two weeks after Thanksgiving`, `a week from Tuesday`.
    fn counted_from(&self, n: i32, unit: Unit, end: usize) -> Option<Found> {
        let sign = match self.page.low(end) {
            "after" | "from" | "past" | "following" | "starting" | "beginning" => 1,
            "before" => -1,
            _ => return None,
        };
        if self.page.low(end) == "from" && self.is_distance_now(end) {
            return None;
        }
        let Some(base) = self.day_at(end + 1) else {
            let bare = matches!(self.page.low(end + 1), "that" | "then" | "this" | "it") || matches!(self.page.lex(end + 1), Lex::Mark(_));
            let end = end + 1 + usize::from(!matches!(self.page.lex(end + 1), Lex::Mark(_)));
            return (bare && self.page.low(end - 1) != "from")
                .then(|| Found { leans: Leans::Away(sign * n, unit), ..self.away(n, unit, end) });
        };
        let from = if sign > 0 { base.at.last } else { base.at.first };
        let exact = base.at.grain == Grain::Day && matches!(unit, Unit::Day | Unit::Week);
        let grain = if exact { Grain::Day } else { Grain::Ahead };
        Some(Found::new(Stretch { grain, ..Stretch::day(later(from, sign * n, unit)) }, base.end))
    }

    /// "we are six weeks from open enrollment" tells how far it is, no day.
    fn is_distance_now(&self, end: usize) -> bool {
        (end.saturating_sub(6)..end).any(|k| matches!(self.page.low(k), "are" | "is" | "we're" | "i'm" | "still" | "only"))
    }

    /// Do the words around a count look ahead? And do they leave it open?
    fn looks_ahead(&self, i: usize, end: usize) -> (bool, bool) {
        if matches!(self.page.low(end), "out" | "later" | "hence" | "time")
            || self.page.phrase(end, &["from", "now"]).is_some()
            || self.page.phrase(end, &["down", "the"]).is_some()
        {
            return (true, false);
        }
        let alone = (i == 0 || self.page.sentence(i) != self.page.sentence(i - 1))
            && (matches!(self.page.lex(end), Lex::Mark('?' | '.' | '!'))
                || matches!(self.page.low(end), "ought" | "should" | "would" | "might"));
        let loosely = self.page.low(end - 1) == "so"
            || (self.page.low(end) == "," && matches!(self.page.low(end + 1), "they" | "maybe" | "perhaps" | "probably" | "i'd" | "tops"));
        if alone || (loosely && matches!(self.page.lex(i.wrapping_sub(1)), Lex::Mark(_))) {
            return (true, false);
        }
        let mut k = i;
        while k > 0 && i - k < 5 {
            k -= 1;
            match self.page.low(k) {
                "in" | "another" | "next" | "give" | "after" | "wait" | "let" | "til" | "till" | "until" | "take" | "takes" => {
                    return (true, false);
                }
                "for" | "within" | "over" | "during" => return (false, true),
                "me" | "it" | "us" | "least" | "the" | "about" | "roughly" | "," | "oh" | "well" | "um" | "her" | "him" | "them" | "~"
                | "maybe" | "approximately" | "like" | "say" | "around" | "a" | "probably" | "another's" | "perhaps" => {}
                _ => return (matches!(self.page.low(i), "another"), false),
            }
        }
        (self.page.low(i) == "another", false)
    }

    pub(super) fn away(&self, n: i32, unit: Unit, end: usize) -> Found {
        let business = unit == Unit::Day && (end.saturating_sub(3)..end).any(|k| matches!(self.page.low(k), "business" | "working"));
        let date: Date = if business { add_working_days(self.now, n) } else { later(self.now, n, unit) };
        Found::new(Stretch { grain: Grain::Ahead, ..Stretch::day(date) }, end)
    }

    /// `6-8 weeks`, `a couple of months`, `a week or two`: the smaller count, the unit, and where it ends.
    pub(super) fn count_of(&self, i: usize) -> Option<(i32, Unit, usize)> {
        let (Lex::Number(mut n @ 1..=400, _, false) | Lex::Count(mut n)) = self.page.lex(i) else { return None };
        let mut j = i + 1;
        while let Lex::Count(more) = self.page.lex(j) {
            if j > i + 2 {
                return None;
            }
            n = if n == 1 { more } else { n };
            j += 1;
        }
        if matches!(self.page.low(j), "-" | "to" | "or") && matches!(self.page.lex(j + 1), Lex::Number(..) | Lex::Count(_)) {
            j += 2;
        }
        while matches!(
            self.page.low(j),
            "of" | "more" | "full" | "short" | "business" | "working" | "calendar" | "good" | "solid" | "whole" | "-" | "additional"
        ) && j < i + 7
        {
            j += 1;
        }
        if self.page.low(j) == "fortnight" {
            return Some((n * 2, Unit::Week, j + 1));
        }
        let Lex::Unit(unit) = self.page.lex(j) else { return None };
        j += 1;
        if let Some(end) = self.page.phrase(j, &["and", "a", "half"]) {
            return and_a_half(n, unit).map(|(n, unit)| (n, unit, end));
        }
        if self.page.low(j) == "or" && (self.page.low(j + 1) == "so" || matches!(self.page.lex(j + 1), Lex::Count(_))) {
            j += 2;
        }
        if n == 0 {
            return half_of(unit).map(|(n, unit)| (n, unit, j));
        }
        Some((n, unit, j))
    }
}

const fn and_a_half(n: i32, unit: Unit) -> Option<(i32, Unit)> {
    match unit {
        Unit::Year => Some((n * 12 + 6, Unit::Month)),
        Unit::Month => Some((n * 4 + 2, Unit::Week)),
        Unit::Week => Some((n * 7 + 3, Unit::Day)),
        _ => None,
    }
}

const fn half_of(unit: Unit) -> Option<(i32, Unit)> {
    match unit {
        Unit::Year => Some((6, Unit::Month)),
        Unit::Month => Some((2, Unit::Week)),
        _ => None,
    }
}
