//! Decent hours, as the law and the settings name them: written anew here, so that no fault is shared.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;

/// True when an instant is a business hour on a clock: minutes of the day, Monday to Friday, no federal holiday.
pub fn is_decent(at: Timestamp, zone: &TimeZone, (from, to): (i32, i32)) -> bool {
    let local = at.to_zoned(zone.clone());
    let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
    is_business_day(local.date()) && minute >= from && minute < to
}

fn is_business_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_free(day)
}

/// Federal holidays (5 U.S.C. 6103): fixed days with their substitutes, and the Mondays and Thursdays.
fn is_free(day: Date) -> bool {
    let (month, of_month) = (day.month(), day.day());
    let fixed = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)];
    let is = |day: Date| fixed.contains(&(day.month(), day.day()));
    let substitute = match day.weekday() {
        Weekday::Friday => day.tomorrow().is_ok_and(is),
        Weekday::Monday => day.yesterday().is_ok_and(is),
        _ => false,
    };
    let week = (of_month - 1) / 7 + 1;
    let is_last = date(day.year(), month, 1).days_in_month() - of_month < 7;
    let moving = match (month, day.weekday()) {
        (1 | 2, Weekday::Monday) => week == 3,
        (5, Weekday::Monday) => is_last,
        (9, Weekday::Monday) => week == 1,
        (10, Weekday::Monday) => week == 2,
        (11, Weekday::Thursday) => week == 4,
        _ => false,
    };
    is(day) || substitute || moving
}
