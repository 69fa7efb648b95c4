//! Stretches of the calendar: weeks, months, quarters, their parts, and the first sensible day of each.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

use super::lexicon::{Part, Unit};
use crate::model::calendar::{is_working_day, next_working_day};

/// How long a stretch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// One day, named.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// Three months or a season.
    Quarter,
    /// A year.
    Year,
    /// A distance from today: `in six weeks`.
    Ahead,
}

/// A stretch of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// How long it is.
    pub grain: Grain,
}

impl Stretch {
    /// One day.
    pub const fn day(day: Date) -> Self {
        Self { first: day, last: day, grain: Grain::Day }
    }

    /// From one day to another.
    pub const fn new(first: Date, last: Date, grain: Grain) -> Self {
        Self { first, last, grain }
    }

    /// An early, middle or late part of it.
    pub fn part(self, part: Part) -> Self {
        let days = (self.last - self.first).get_days() + 1;
        let from = |n: i32| Self { first: ahead(self.first, n), ..self };
        match (part, self.grain) {
            (Part::Early, _) => Self { last: ahead(self.first, days / 3), ..self },
            (Part::Mid, Grain::Month) => Self { first: ahead(self.first, 14), last: ahead(self.first, 14), ..self },
            (Part::Mid, Grain::Week) => Self::day(ahead(self.first, 2)),
            (Part::Mid, Grain::Quarter) => Self { first: ahead(month(self.first, 1).first, 14), ..self },
            (Part::Mid, Grain::Year) => month(self.first, 6),
            (Part::Late, Grain::Month) => from(24),
            (Part::Late, Grain::Week) => from(3),
            (Part::Late, Grain::Quarter) => Self { first: month(self.first, 2).first, ..self },
            (Part::Late, Grain::Year) => Self { first: month(self.first, 9).first, ..self },
            (Part::End, _) => Self::day(last_working_day(self)),
            _ => self,
        }
    }
}

/// A date from numbers of any size.
pub fn civil(year: i32, month: i32, day: i32) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `n` days later; the day itself at the end of the calendar.
pub fn ahead(day: Date, n: i32) -> Date {
    day.checked_add(n.days()).unwrap_or(day)
}

/// `n` units later.
pub fn later(day: Date, n: i32, unit: Unit) -> Date {
    let span: Span = match unit {
        Unit::Day => n.days(),
        Unit::Week => n.weeks(),
        Unit::Month => n.months(),
        Unit::Quarter => (n * 3).months(),
        Unit::Year => n.years(),
    };
    day.checked_add(span).unwrap_or(day)
}

/// The month `n` months after that of a day.
pub fn month(day: Date, n: i32) -> Stretch {
    let first = later(day.first_of_month(), n, Unit::Month);
    Stretch::new(first, first.last_of_month(), Grain::Month)
}

/// The quarter `n` quarters after that of a day.
pub fn quarter(day: Date, n: i32) -> Stretch {
    let into = i32::from((day.month() - 1) % 3);
    let first = month(day, n * 3 - into).first;
    Stretch::new(first, month(first, 2).last, Grain::Quarter)
}

/// The calendar year `n` years after that of a day.
pub fn year(day: Date, n: i32) -> Stretch {
    let first = later(day.first_of_year(), n, Unit::Year);
    Stretch::new(first, first.last_of_year(), Grain::Year)
}

/// The working week of a day; a Sunday belongs to the week it opens.
pub fn week(day: Date) -> Stretch {
    let monday = match day.weekday() {
        Weekday::Sunday => ahead(day, 1),
        other => ahead(day, -i32::from(other.to_monday_zero_offset())),
    };
    Stretch::new(monday, ahead(monday, 4), Grain::Week)
}

/// The n-th week of a month as people count: a month that opens on Monday to Wednesday opens its first week. -1 is the last.
pub fn nth_week(month: Stretch, n: i32) -> Stretch {
    let opening = month.first.weekday().to_monday_zero_offset();
    if n < 0 {
        let tail = i32::from(month.last.weekday().to_monday_zero_offset());
        let monday = ahead(month.last, -tail);
        return week(if tail < 2 { ahead(monday, -7) } else { monday });
    }
    let into = i32::from(opening);
    let begin = next_working_day(month.first);
    if n == 1 && begin.weekday().to_monday_zero_offset() <= 3 {
        return Stretch::new(begin, week(begin).last, Grain::Week);
    }
    let monday = if opening <= 2 { ahead(month.first, -into) } else { ahead(month.first, 7 - into) };
    let found = week(ahead(monday, 7 * (n - 1)));
    Stretch { first: found.first.max(month.first), ..found }
}

/// The first such weekday after a day.
pub fn weekday_after(day: Date, weekday: Weekday) -> Date {
    ahead(day, i32::from((weekday.to_monday_zero_offset() - day.weekday().to_monday_zero_offset() - 1).rem_euclid(7)) + 1)
}

/// That weekday of a week that begins on a Monday.
pub fn weekday_in(monday: Date, weekday: Weekday) -> Date {
    ahead(monday, i32::from(weekday.to_monday_zero_offset()))
}

/// The first working day after a rest such as a holiday; a lone Thursday or Friday does not count as being back.
pub fn after_rest(last: Date) -> Date {
    let day = next_working_day(ahead(last, 1));
    let lone = matches!(day.weekday(), Weekday::Thursday | Weekday::Friday);
    if lone { next_working_day(ahead(week(day).first, 7)) } else { day }
}

fn last_working_day(stretch: Stretch) -> Date {
    (0..7).map(|n| ahead(stretch.last, -n)).find(|day| is_working_day(*day) && *day >= stretch.first).unwrap_or(stretch.last)
}
