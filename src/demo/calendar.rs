//! The half year as a queue of scripted moments, and decent hours for them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::model::calendar::{add_working_days, is_working_day};

/// Scripted moments in the order of time; those of one instant in the order they were put in.
#[derive(Debug)]
pub struct Agenda<T> {
    moments: BTreeMap<(Timestamp, u64), T>,
    count: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { moments: BTreeMap::new(), count: 0 }
    }
}

impl<T> Agenda<T> {
    /// Puts something in.
    pub fn put(&mut self, at: Timestamp, what: T) {
        self.count += 1;
        self.moments.insert((at, self.count), what);
    }

    /// When the next is.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        self.moments.keys().next().map(|(at, _)| *at)
    }

    /// Takes the next one that is due.
    pub fn take(&mut self, now: Timestamp) -> Option<T> {
        let entry = self.moments.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(entry.remove())
    }
}

/// A day and minute of day in a zone.
#[must_use]
pub fn at(day: Date, minute: i16, zone: &TimeZone) -> Timestamp {
    let hour = i8::try_from(minute / 60).unwrap_or(12);
    let minute = i8::try_from(minute % 60).unwrap_or(0);
    day.at(hour, minute, 0, 0).to_zoned(zone.clone()).map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
}

/// The first moment from then on at which somebody is at a desk: a working day from 8 to 18.
#[must_use]
pub fn at_desk(from: Timestamp, zone: &TimeZone) -> Timestamp {
    let local = from.to_zoned(zone.clone());
    let early = local.hour() < 8;
    let late = local.hour() >= 18;
    let mut day = if late { next(local.date()) } else { local.date() };
    let moved = early || late || !is_working_day(day);
    while !is_working_day(day) {
        day = next(day);
    }
    // Nobody begins the day on the dot: the minute is the one that it was.
    if moved { at(day, 8 * 60 + 20 + i16::from(local.minute()) / 2, zone) } else { local.timestamp() }
}

/// A working day at or before a day.
#[must_use]
pub fn working_day_before(mut day: Date) -> Date {
    while !is_working_day(day) {
        day = day.yesterday().unwrap_or(day);
    }
    day
}

/// A working day at or after a day.
#[must_use]
pub fn working_day_after(mut day: Date) -> Date {
    while !is_working_day(day) {
        day = next(day);
    }
    day
}

fn next(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

/// A text with its days filled in, counted from the day it is written: `{weekday 3}` is the third working day from then,
/// such as “Thursday”; `{date 40}` is the working day after 40 days, such as “January 12”, and `{month 60}` “February”.
#[must_use]
pub fn fill(text: &str, written: &Zoned) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((field, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(&day_in_words(field, written));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn day_in_words(field: &str, written: &Zoned) -> String {
    let (how, days) = field.split_once(' ').unwrap_or((field, "0"));
    let days = days.parse::<i32>().unwrap_or(0);
    let later = working_day_after(written.date().checked_add(days.days()).unwrap_or(written.date()));
    match how {
        "weekday" => add_working_days(written.date(), days).strftime("%A").to_string(),
        "date" => later.strftime("%B %-d").to_string(),
        _ => later.strftime("%B").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_writes_at_night_on_a_weekend_or_on_a_holiday() {
        let zone = TimeZone::UTC;
        let desk = |text: &str| at_desk(text.parse().expect("an instant"), &zone).to_string();
        assert_eq!(desk("2026-11-20T10:10:00Z"), "2026-11-20T10:10:00Z");
        assert_eq!(desk("2026-11-20T20:10:00Z"), "2026-11-23T08:25:00Z");
        assert_eq!(desk("2026-11-19T03:00:00Z"), "2026-11-19T08:20:00Z");
        assert_eq!(desk("2026-11-26T10:00:00Z"), "2026-11-27T08:20:00Z");
    }

    #[test]
    fn days_in_a_text_are_working_days() {
        let written: Zoned = "2026-11-23T10:00:00[UTC]".parse().expect("an hour");
        assert_eq!(fill("on {weekday 3} or {date 5}, {month 50}", &written), "on Friday or November 30, January");
    }
}
