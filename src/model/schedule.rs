//! When something recurs: a cron expression, enumerated as civil times and put on the clock by jiff.
//!
//! The `cron` crate skips a day whose hour is missing in spring and fires twice in an autumn hour that
//! happens twice; enumerating in UTC as if it were the wall clock, then resolving, does neither.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, TimeZone as _, Timelike, Utc};
use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A recurring time of the owner's wall clock.
#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    cron: cron::Schedule,
}

/// Why a text is no schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// A weekday was given as a number, which programs count differently.
    #[error("the weekday in “{0}” is a number, and programs disagree whether 1 is Sunday or Monday; write its name, such as Mon")]
    NumericWeekday(String),
    /// Not a cron expression.
    #[error("“{0}” is not a cron expression; an example is \"0 0 7 * * Mon\" (second minute hour day month weekday)")]
    Shape(String),
    /// It never comes.
    #[error("“{0}” never comes to pass")]
    Never(String),
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let full = match fields.len() {
            5 => format!("0 {}", fields.join(" ")),
            6 | 7 => fields.join(" "),
            _ => return Err(ScheduleError::Shape(text.to_owned())),
        };
        let weekday = full.split_whitespace().nth(5).unwrap_or("*");
        if weekday.bytes().any(|b| b.is_ascii_digit()) {
            return Err(ScheduleError::NumericWeekday(text.to_owned()));
        }
        let cron = cron::Schedule::from_str(&full).map_err(|_| ScheduleError::Shape(text.to_owned()))?;
        let schedule = Self { text: text.to_owned(), cron };
        let start = DateTime::constant(2000, 1, 1, 0, 0, 0, 0);
        schedule.next_civil(start).ok_or_else(|| ScheduleError::Never(text.to_owned()))?;
        Ok(schedule)
    }
}

impl Schedule {
    /// The first time strictly after an instant, in its zone. A missing hour moves forward; a repeated one comes once.
    #[must_use]
    pub fn next_after(&self, after: &Zoned) -> Option<Zoned> {
        let zone = after.time_zone().clone();
        let mut civil = after.datetime();
        for _ in 0..4 {
            civil = self.next_civil(civil)?;
            let zoned = resolve(&zone, civil)?;
            if zoned.timestamp() > after.timestamp() {
                return Some(zoned);
            }
        }
        None
    }

    /// The last time at or before an instant, in its zone, looking back at most 400 days.
    #[must_use]
    pub fn last_before(&self, at: &Zoned) -> Option<Zoned> {
        let zone = at.time_zone().clone();
        let ceiling = utc_of(at.datetime())? + chrono::Duration::seconds(1);
        let civil = self.cron.after(&ceiling).next_back();
        // `next_back` of the iterator runs from `ceiling` into the past.
        let found = resolve(&zone, civil_of(&civil?)?)?;
        if found.timestamp() <= at.timestamp() { Some(found) } else { None }
    }

    fn next_civil(&self, after: DateTime) -> Option<DateTime> {
        civil_of(&self.cron.after(&utc_of(after)?).next()?)
    }
}

fn resolve(zone: &TimeZone, civil: DateTime) -> Option<Zoned> {
    zone.to_ambiguous_zoned(civil).compatible().ok()
}

fn utc_of(civil: DateTime) -> Option<chrono::DateTime<Utc>> {
    let n = |value: i8| u32::try_from(value).ok();
    Utc.with_ymd_and_hms(
        i32::from(civil.year()),
        n(civil.month())?,
        n(civil.day())?,
        n(civil.hour())?,
        n(civil.minute())?,
        n(civil.second())?,
    )
    .single()
}

fn civil_of(time: &chrono::DateTime<Utc>) -> Option<DateTime> {
    let n = |value: u32| i8::try_from(value).ok();
    let year = i16::try_from(time.year()).ok()?;
    DateTime::new(year, n(time.month())?, n(time.day())?, n(time.hour())?, n(time.minute())?, n(time.second())?, 0).ok()
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Zoned {
        text.parse().expect("a zoned time")
    }

    #[test]
    fn t1_a_missing_hour_still_comes_once() {
        let daily: Schedule = "0 30 2 * * *".parse().expect("cron");
        let next = daily.next_after(&at("2026-03-08T00:00:00[America/New_York]")).expect("next");
        assert_eq!(next.to_string(), "2026-03-08T03:30:00-04:00[America/New_York]");
    }

    #[test]
    fn t2_a_repeated_hour_comes_once() {
        let daily: Schedule = "0 30 1 * * *".parse().expect("cron");
        let first = daily.next_after(&at("2026-11-01T00:00:00[America/New_York]")).expect("first");
        let second = daily.next_after(&first).expect("second");
        assert_eq!(second.date().to_string(), "2026-11-02");
    }

    #[test]
    fn the_last_monday_morning_is_found_from_any_day_of_the_week() {
        let weekly: Schedule = "0 0 7 * * Mon".parse().expect("cron");
        let last = weekly.last_before(&at("2026-11-25T12:00:00[America/New_York]")).expect("last");
        assert_eq!(last.to_string(), "2026-11-23T07:00:00-05:00[America/New_York]");
        let exact = weekly.last_before(&at("2026-11-23T07:00:00[America/New_York]")).expect("last");
        assert_eq!(exact.date().to_string(), "2026-11-23");
    }

    #[test]
    fn a_numeric_weekday_is_refused_with_a_hint() {
        let error = "0 0 7 * * 1".parse::<Schedule>().expect_err("refused");
        assert!(error.to_string().contains("Mon"));
        assert!("0 7 * * Mon".parse::<Schedule>().is_ok(), "five fields are fine");
    }
}
