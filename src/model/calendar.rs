//! Working days: weekends and the US federal holidays (5 U.S.C. 6103), with their observed days.

use jiff::civil::{Date, Weekday, date};
use jiff::{Span, ToSpan};

/// True when federal offices are closed for a holiday, on its own day or the day it is observed on.
#[must_use]
pub fn is_federal_holiday(day: Date) -> bool {
    let year = day.year();
    // New Year's Day of the next year may be observed on 31 December of this one.
    [year, year + 1].into_iter().flat_map(federal_holidays).any(|holiday| holiday == day || observed(holiday) == day)
}

/// True for Monday to Friday without a federal holiday.
#[must_use]
pub fn is_working_day(day: Date) -> bool {
    !is_weekend(day) && !is_federal_holiday(day)
}

/// The day itself when it is a working day, else the first working day after it.
#[must_use]
pub fn next_working_day(day: Date) -> Date {
    let mut day = day;
    while !is_working_day(day) {
        let Ok(next) = day.tomorrow() else { return day };
        day = next;
    }
    day
}

/// The n-th working day after a day.
#[must_use]
pub fn add_working_days(day: Date, n: i32) -> Date {
    let mut day = day;
    for _ in 0..n.clamp(0, 2_000) {
        let Ok(next) = day.tomorrow() else { return day };
        day = next_working_day(next);
    }
    day
}

/// True for Saturday and Sunday.
#[must_use]
pub fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The eleven federal holidays of a year, on their own days.
#[must_use]
pub fn federal_holidays(year: i16) -> Vec<Date> {
    if !(1..=9998).contains(&year) {
        return Vec::new();
    }
    let nth = |month: i8, n: i8, weekday| date(year, month, 1).nth_weekday_of_month(n, weekday).unwrap_or(date(year, month, 1));
    vec![
        date(year, 1, 1),
        nth(1, 3, Weekday::Monday),
        nth(2, 3, Weekday::Monday),
        nth(5, -1, Weekday::Monday),
        date(year, 6, 19),
        date(year, 7, 4),
        nth(9, 1, Weekday::Monday),
        nth(10, 2, Weekday::Monday),
        date(year, 11, 11),
        nth(11, 4, Weekday::Thursday),
        date(year, 12, 25),
    ]
}

/// A Saturday's holiday is observed on the Friday before, a Sunday's on the Monday after.
fn observed(day: Date) -> Date {
    let shift: Span = match day.weekday() {
        Weekday::Saturday => -1.days(),
        Weekday::Sunday => 1.days(),
        _ => 0.days(),
    };
    day.checked_add(shift).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thanksgiving_and_an_observed_fourth_of_july_are_no_working_days() {
        assert!(is_federal_holiday(date(2026, 11, 26)));
        assert!(is_federal_holiday(date(2026, 7, 3)), "the fourth is a Saturday in 2026");
        assert!(is_federal_holiday(date(2021, 12, 31)), "New Year 2022 is a Saturday");
        assert!(!is_federal_holiday(date(2026, 11, 27)));
    }

    #[test]
    fn seven_working_days_after_a_monday_before_thanksgiving_skip_the_holiday() {
        assert_eq!(add_working_days(date(2026, 11, 23), 7), date(2026, 12, 3));
    }
}
