//! Days as people write them on a command line, and as people say them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::standing::{HoldReason, Standing, State, StopReason};

/// A day or an instant, as `--on` takes it.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    /// A day, where the owner is.
    Day(Date),
    /// An instant.
    At(Timestamp),
}

impl When {
    /// The instant meant: noon of a day where the owner is, or now when the day is today.
    pub(super) fn instant(self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Day(day) if day == now.to_zoned(zone.clone()).date() => Some(now),
            Self::Day(day) => day.at(12, 0, 0, 0).to_zoned(zone.clone()).ok().map(|noon| noon.timestamp()),
        }
    }
}

/// A day, for clap.
pub(super) fn day(text: &str) -> Result<Date, String> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let parsed = shaped.then(|| text.parse().ok()).flatten();
    parsed.ok_or_else(|| "write the day like 2027-01-31".to_owned())
}

/// An instant, for clap.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "write the instant like 2027-01-31T14:30:00-05:00".to_owned())
}

/// A whole number within bounds, for clap.
pub(super) fn whole<T: TryFrom<u64>>(text: &str, least: u64, most: u64) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.and_then(|number: u64| T::try_from(number).ok()).ok_or_else(|| format!("write a whole number from {least} to {most}"))
}

/// A day or an instant, for clap.
pub(super) fn when(text: &str) -> Result<When, String> {
    day(text)
        .map(When::Day)
        .or_else(|_| text.parse().map(When::At))
        .map_err(|_| "write the day like 2027-01-31, or the instant like 2027-01-31T14:30:00-05:00".to_owned())
}

/// `today`, `tomorrow`, `Thu 26 Nov`, `12 Mar 2025`.
pub(super) fn said(day: Date, today: Date) -> String {
    match today.until(day).map_or(i32::MAX, |span| span.get_days()) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        2..=6 => day.strftime("%a %-d %b").to_string(),
        _ if is_near(day, today) => day.strftime("%-d %b").to_string(),
        _ => day.strftime("%-d %b %Y").to_string(),
    }
}

/// The year need not be said: it is this one, or the day is less than half a year away.
fn is_near(day: Date, today: Date) -> bool {
    let half = |span: jiff::Span| today.checked_add(span).unwrap_or(today);
    day.year() == today.year() || half(-6.months()) < day && day < half(6.months())
}

/// A sentence in which every day like 2026-12-25 is said as people say it.
pub(super) fn in_sentence(text: &str, today: Date) -> String {
    let mark = |c: char| c.is_ascii_punctuation();
    let word = |word: &str| {
        let end = word.trim_end_matches(|c: char| mark(c) || c == ' ').len();
        day(&word[..end]).map_or_else(|_| word.to_owned(), |day| format!("{}{}", said(day, today), &word[end..]))
    };
    let text: String = text.split_inclusive(' ').map(word).collect();
    with_reason(&text).unwrap_or(text)
}

/// `held until 25 Dec: silence` with the reason in people's words.
fn with_reason(text: &str) -> Option<String> {
    let (head, reason) = text.rsplit_once(": ")?;
    let word = reason.replace(' ', "_");
    let reason = match head.split(' ').next()? {
        "held" => hold(word.parse().ok()?),
        "stopped" => stop(word.parse().ok()?),
        _ => return None,
    };
    Some(format!("{head}: {reason}"))
}

/// Why somebody is held, as people say it.
pub(super) const fn hold(reason: HoldReason) -> &'static str {
    match reason {
        HoldReason::NotNow => "they said not now",
        HoldReason::AutoReply => "they are away",
        HoldReason::Silence => "they have not answered your last notes",
        HoldReason::Owner => "you paused them",
        HoldReason::Doubtful => "a mail in their name may not be theirs; look at it",
        HoldReason::Delivery => "nobody knows yet whether your last note went",
    }
}

/// Why somebody is stopped, as people say it.
pub(super) const fn stop(reason: StopReason) -> &'static str {
    match reason {
        StopReason::OptedOut => "they asked not to be written to",
        StopReason::Declined => "they said no",
        StopReason::LeftEmployer => "they no longer work there",
        StopReason::WrongPerson => "they are not the person for this",
        StopReason::Undeliverable => "no address of theirs takes mail",
        StopReason::NoAnswer => "they never answered",
        StopReason::Owner => "you said so",
    }
}

/// A standing as people say it.
pub(super) fn standing(standing: &Standing, today: Date) -> String {
    let reason = standing.reason.as_deref().map(|reason| reason.replace('_', " "));
    match (standing.state, standing.until, reason) {
        (State::Active, ..) => "active".to_owned(),
        (State::OwesAnswer, ..) => "you owe an answer".to_owned(),
        (State::Held, Some(until), _) => format!("held until {}", said(until, today)),
        (State::Held, None, _) => "held until you say".to_owned(),
        (State::Stopped, _, Some(reason)) if reason == "owner" => "stopped by you".to_owned(),
        (State::Stopped, _, Some(reason)) => format!("stopped: {reason}"),
        (State::Stopped, ..) => "stopped".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_said_as_people_say_them() {
        let today = date(2026, 11, 23);
        let words = |day| said(day, today);
        assert_eq!(words(today), "today");
        assert_eq!(words(date(2026, 11, 26)), "Thu 26 Nov");
        assert_eq!(words(date(2026, 3, 12)), "12 Mar");
        assert_eq!(words(date(2027, 1, 4)), "4 Jan", "the next January needs no year in November");
        assert_eq!(words(date(2025, 3, 12)), "12 Mar 2025");
    }

    #[test]
    fn days_within_a_sentence_are_said_too_and_nothing_else_is_touched() {
        let today = date(2026, 11, 23);
        assert_eq!(in_sentence("held until 2026-12-25: silence", today), "held until 25 Dec: they have not answered your last notes");
        assert_eq!(in_sentence("stopped: left employer", today), "stopped: they no longer work there");
        assert_eq!(
            in_sentence("held until 2026-12-25: not before 2026-11-24, or so.", today),
            "held until 25 Dec: not before tomorrow, or so."
        );
        for same in ["550 5.1.1 no such user", "", "ref 2026-13-41 x", "<a-2026-12-25@x.example>"] {
            assert_eq!(in_sentence(same, today), same);
        }
    }

    #[test]
    fn only_a_whole_day_is_a_day() {
        assert_eq!(day("2026-12-01"), Ok(date(2026, 12, 1)));
        for wrong in ["", "tomorrow", "2026-13-01", "2026-02-30", "01.12.2026", "2026-12-01T10:00", "20261201", "-026-12-01"] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_is_its_noon_and_today_is_now() {
        let zone = TimeZone::get("America/Chicago").expect("a zone");
        let now: Timestamp = "2026-11-23T15:00:00Z".parse().expect("an instant");
        assert_eq!(When::Day(date(2026, 11, 23)).instant(&zone, now), Some(now));
        assert_eq!(When::Day(date(2026, 11, 20)).instant(&zone, now), "2026-11-20T18:00:00Z".parse().ok());
    }
}
