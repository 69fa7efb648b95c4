//! Decent hours: the recipient's zone, business hours, weekends and holidays (P4).

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::model::calendar;
use crate::model::plan::ZoneSource;
use crate::model::settings::{Hours, SendingRules};

/// The mainland and other US zones, the commonest first: an offset fits the first that shows it.
const US_ZONES: [&str; 7] = [
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Denver",
    "America/Phoenix",
    "America/Anchorage",
    "Pacific/Honolulu",
];
/// 12:00 to 16:30 Eastern is a decent hour in every mainland zone.
const CAREFUL: Hours = Hours { from: 12 * 60, to: 16 * 60 + 30 };

/// So many minutes before the end of the hours the last mail begins.
const LAST_CALL: u16 = 2;

/// When a person may be written to.
#[derive(Debug, Clone)]
pub struct Window {
    /// Whose clock.
    pub zone: TimeZone,
    /// How it is known.
    pub source: ZoneSource,
    hours: Hours,
    rules: SendingRules,
}

impl Window {
    /// The window of a recipient: their own hours where the zone is known, the careful ones where it is a guess.
    #[must_use]
    pub fn new(zone: TimeZone, source: ZoneSource, rules: &SendingRules) -> Self {
        if source != ZoneSource::Guessed {
            return Self { zone, source, hours: rules.hours, rules: rules.clone() };
        }
        let eastern = TimeZone::get("America/New_York").unwrap_or(TimeZone::UTC);
        let hours = if rules.hours.is_whole_day() { rules.hours } else { CAREFUL };
        Self { zone: eastern, source, hours, rules: rules.clone() }
    }

    /// True when a mail may leave at this instant.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        let local = at.to_zoned(self.zone.clone());
        let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0);
        self.is_business_day(local.date()) && (self.hours.from..self.last_call()).contains(&minute)
    }

    /// The minute of the day in which no mail begins any more: the server takes it some moments later, and that is the hour
    /// that the recipient sees.
    fn last_call(&self) -> u16 {
        let hours = self.hours;
        if hours.is_whole_day() { hours.to } else { hours.to.saturating_sub(LAST_CALL).max(hours.from + 1) }
    }

    /// The first instant at or after another at which a mail may leave.
    #[must_use]
    pub fn next_open(&self, at: Timestamp) -> Timestamp {
        if self.is_open(at) {
            return at;
        }
        let local = at.to_zoned(self.zone.clone());
        let mut day = local.date();
        for _ in 0..400 {
            if self.is_business_day(day)
                && let Some(start) = self.opening(day).filter(|start| *start >= at)
            {
                return start;
            }
            let Ok(next) = day.tomorrow() else { return at };
            day = next;
        }
        at
    }

    fn opening(&self, day: Date) -> Option<Timestamp> {
        let minute = i8::try_from(self.hours.from % 60).ok()?;
        let time = Time::new(i8::try_from(self.hours.from / 60).ok()?, minute, 0, 0).ok()?;
        Some(day.to_datetime(time).to_zoned(self.zone.clone()).ok()?.timestamp())
    }

    fn is_business_day(&self, day: Date) -> bool {
        self.rules.days.has(day.weekday()) && (self.rules.any_time() || !calendar::is_federal_holiday(day))
    }
}

/// The zone that a person's own recent mails show; the newest first. UTC says nothing: many servers stamp it.
#[must_use]
pub fn zone_of_mails(mails: &[(Timestamp, Offset)]) -> Option<TimeZone> {
    let telling = || mails.iter().filter(|(at, offset)| *offset != Offset::UTC && !is_turning(*at));
    let (latest, newest) = *telling().next()?;
    let fits = |zone: &TimeZone| telling().filter(|(at, offset)| zone.to_offset(*at) == *offset).count();
    let american = US_ZONES.iter().filter_map(|name| TimeZone::get(name).ok()).filter(|zone| zone.to_offset(latest) == newest);
    // The last of equals loses to the first, so that the commonest zone wins a tie.
    let best = american.rev().max_by_key(fits);
    Some(best.unwrap_or_else(|| newest.to_time_zone()))
}

/// True in the night in which the clocks are changed: a zone that has done so shows the offset of one that has not yet.
fn is_turning(at: Timestamp) -> bool {
    let Ok(eastern) = TimeZone::get(US_ZONES[0]) else { return false };
    let offset = |at: Option<Timestamp>| at.map(|at| eastern.to_offset(at));
    offset(at.checked_sub(8.hours()).ok()) != offset(at.checked_add(8.hours()).ok())
}

/// What is known to be on its way or gone: when, and to which family.
pub type Booked = [(Timestamp, Option<String>)];

/// What a slot is wanted for.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Not before.
    pub earliest: Timestamp,
    /// The recipient's window.
    pub window: &'a Window,
    /// The family of their employer.
    pub family: Option<&'a str>,
    /// Seconds of jitter, 0 for none.
    pub jitter: i64,
    /// The owner's zone; days are counted in it.
    pub zone: &'a TimeZone,
}

/// The first instant that keeps window, caps and spacing; `None` when there is none within 60 days.
#[must_use]
pub fn slot(wanted: &Wanted<'_>, booked: &Booked, rules: &SendingRules) -> Option<Timestamp> {
    let end = wanted.earliest.checked_add((60 * 24).hours()).ok()?;
    let mut at = wanted.window.next_open(wanted.earliest);
    while at < end {
        match conflict(at, wanted, booked, rules) {
            None => return Some(at),
            Some(later) => at = wanted.window.next_open(later.max(at.checked_add(1.second()).ok()?)),
        }
    }
    None
}

/// The instant before which a slot cannot be taken, when this one cannot.
fn conflict(at: Timestamp, wanted: &Wanted<'_>, booked: &Booked, rules: &SendingRules) -> Option<Timestamp> {
    day_full(at, wanted, booked, rules).or_else(|| family_full(at, wanted, booked, rules)).or_else(|| too_close(at, wanted, booked, rules))
}

fn day_full(at: Timestamp, wanted: &Wanted<'_>, booked: &Booked, rules: &SendingRules) -> Option<Timestamp> {
    let day = |at: Timestamp| at.to_zoned(wanted.zone.clone()).date();
    let count = booked.iter().filter(|(other, _)| day(*other) == day(at)).count();
    let full = rules.per_day > 0 && count >= rules.per_day as usize;
    full.then(|| day(at).tomorrow().ok()?.to_zoned(wanted.zone.clone()).ok().map(|start| start.timestamp())).flatten()
}

fn family_full(at: Timestamp, wanted: &Wanted<'_>, booked: &Booked, rules: &SendingRules) -> Option<Timestamp> {
    let family = wanted.family.filter(|_| rules.per_family_per_week > 0)?;
    let week = (7 * 24).hours();
    let (from, to) = (at.checked_sub(week).ok()?, at.checked_add(week).ok()?);
    let mut near: Vec<Timestamp> = booked
        .iter()
        .filter(|(other, theirs)| theirs.as_deref() == Some(family) && *other > from && *other < to)
        .map(|(other, _)| *other)
        .collect();
    near.sort();
    // After this one leaves the week, there is room again.
    let oldest = near.len().checked_sub(rules.per_family_per_week as usize)?;
    near[oldest].checked_add(week).ok()
}

fn too_close(at: Timestamp, wanted: &Wanted<'_>, booked: &Booked, rules: &SendingRules) -> Option<Timestamp> {
    let spacing = rules.spacing.seconds();
    if spacing == 0 {
        return None;
    }
    let near = booked.iter().map(|(other, _)| *other).filter(|other| (at.as_second() - other.as_second()).abs() < spacing).max()?;
    near.checked_add((spacing + wanted.jitter).seconds()).ok()
}
