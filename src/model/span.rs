//! Spans of time as people write them: `3d`, `8w`, `2m`, `90s`, `7 working days`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use super::calendar;

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Span {
    /// Seconds (`30s`, `5m` in a setting of minutes is written `5min` or `5m` there).
    Seconds(i64),
    /// Calendar days.
    Days(i32),
    /// Weeks.
    Weeks(i32),
    /// Calendar months.
    Months(i32),
    /// Days that are neither weekend nor federal holiday.
    WorkingDays(i32),
}

/// Why a text is no span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a span of time; write it like 3d, 8w, 2m or \"7 working days\"")]
pub struct SpanError(pub String);

impl Span {
    /// Parses a short time such as `5m` (minutes), `30s`, `4h`, `0s`; days and weeks too.
    ///
    /// # Errors
    /// When the text is no span.
    pub fn parse_short(text: &str) -> Result<Self, SpanError> {
        let error = || SpanError(text.to_owned());
        let (count, unit) = split(text).ok_or_else(error)?;
        match unit {
            "s" | "sec" | "second" | "seconds" => Ok(Self::Seconds(count)),
            "m" | "min" | "minute" | "minutes" => Ok(Self::Seconds(count * 60)),
            "h" | "hour" | "hours" => Ok(Self::Seconds(count * 3600)),
            _ => text.parse(),
        }
    }

    /// The span as a cadence; however short, nobody is written to twice within a week (P3).
    ///
    /// # Errors
    /// When it has hardly a length.
    pub fn as_cadence(self) -> Result<Self, &'static str> {
        if self.seconds() < Self::Days(1).seconds() { Err("a cadence is at least a day; write it like 8w") } else { Ok(self) }
    }

    /// The length in seconds, a month counted as 30 days and a working day as 1.4 days.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Seconds(n) => n,
            Self::Days(n) => n as i64 * 86_400,
            Self::Weeks(n) => n as i64 * 7 * 86_400,
            Self::Months(n) => n as i64 * 30 * 86_400,
            Self::WorkingDays(n) => n as i64 * 120_960,
        }
    }

    /// The length in days, rounded to at least one.
    #[must_use]
    pub fn days(self) -> i32 {
        i32::try_from((self.seconds() + 43_200) / 86_400).unwrap_or(i32::MAX).max(1)
    }

    /// The instant this span after another.
    #[must_use]
    pub fn after(self, start: &Zoned) -> Zoned {
        let moved = match self {
            Self::Seconds(n) => start.checked_add(SignedDuration::from_secs(n)),
            Self::Days(n) => start.checked_add(n.days()),
            Self::Weeks(n) => start.checked_add(n.weeks()),
            Self::Months(n) => start.checked_add(n.months()),
            Self::WorkingDays(n) => {
                let date = calendar::add_working_days(start.date(), n);
                start.with().date(date).build()
            }
        };
        moved.unwrap_or_else(|_| start.clone())
    }

    /// The day this span after another day.
    #[must_use]
    pub fn after_day(self, day: Date) -> Date {
        let moved = match self {
            Self::WorkingDays(n) => Ok(calendar::add_working_days(day, n)),
            Self::Months(n) => day.checked_add(n.months()),
            other => day.checked_add((i32::try_from(other.seconds() / 86_400).unwrap_or(0)).days()),
        };
        moved.unwrap_or(day)
    }
}

fn split(text: &str) -> Option<(i64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let count: i64 = text[..end].parse().ok()?;
    (count <= 36_500).then(|| (count, text[end..].trim()))
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let error = || SpanError(text.to_owned());
        let lower = text.trim().to_ascii_lowercase();
        let (count, unit) = split(&lower).ok_or_else(error)?;
        let n = i32::try_from(count).map_err(|_| error())?;
        match unit {
            "s" => Ok(Self::Seconds(count)),
            "d" | "day" | "days" => Ok(Self::Days(n)),
            "w" | "week" | "weeks" => Ok(Self::Weeks(n)),
            "m" | "month" | "months" => Ok(Self::Months(n)),
            "y" | "year" | "years" => Ok(Self::Months(n.saturating_mul(12))),
            "wd" | "working day" | "working days" | "business days" | "business day" => Ok(Self::WorkingDays(n)),
            _ => Err(error()),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(n) if *n != 0 && n % 60 == 0 => write!(f, "{}min", n / 60),
            Self::Seconds(n) => write!(f, "{n}s"),
            Self::Days(n) => write!(f, "{n}d"),
            Self::Weeks(n) => write!(f, "{n}w"),
            Self::Months(n) => write!(f, "{n}m"),
            Self::WorkingDays(n) => write!(f, "{n} working days"),
        }
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;
    fn try_from(text: String) -> Result<Self, SpanError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}
