//! Calendar invitations and answers (RFC 5546, RFC 6047).

use jiff::Zoned;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::automatic::{Judged, Seen};
use super::signs::SIGNS;
use crate::model::mail::{Mail, Part};
use crate::model::reading::{CallTime, Kind};

/// Lines of a calendar that are looked at.
const MOST_LINES: usize = 400;
/// Names that Exchange gives to the zones of the mainland.
const WINDOWS_ZONES: [(&str, &str); 5] = [
    ("Eastern Standard Time", "America/New_York"),
    ("Central Standard Time", "America/Chicago"),
    ("Mountain Standard Time", "America/Denver"),
    ("US Mountain Standard Time", "America/Phoenix"),
    ("Pacific Standard Time", "America/Los_Angeles"),
];

/// A calendar's mail: it carries a scheduling method, or nothing but a calendar's subject.
pub(super) fn judge(mail: &Mail, seen: &Seen) -> Option<Judged> {
    let subject = SIGNS.invite_subjects.hit(&seen.subject);
    let calendar = mail.parts.iter().find(|part| is_calendar(part));
    let schedules = calendar.is_some_and(schedules) || whole_is_calendar(mail);
    if schedules && (subject || !seen.answers) {
        return Some(Judged::new(Kind::Invite, 0.97, vec!["calendar_method"]));
    }
    let hollow = seen.text.len() < 400;
    (subject && (calendar.is_some() || is_calendar_class(mail) || hollow && seen.auto_submitted))
        .then(|| Judged::new(Kind::Invite, 0.9, vec!["calendar_subject"]))
}

/// When the first event of an invitation is; none when it is called off or turned down.
pub(super) fn call_times(mail: &Mail, anchor: &Zoned) -> Vec<CallTime> {
    let Some(text) = mail.parts.iter().filter(|part| is_calendar(part)).find_map(|part| part.text.as_deref()) else { return Vec::new() };
    let lines: Vec<&str> = text.lines().take(MOST_LINES).map(str::trim_end).collect();
    if lines.iter().any(|line| matches!(*line, "METHOD:CANCEL" | "STATUS:CANCELLED") || line.contains("PARTSTAT=DECLINED")) {
        return Vec::new();
    }
    let from = lines.iter().position(|line| *line == "BEGIN:VEVENT").unwrap_or_default();
    let at = |name: &str| lines[from..].iter().find_map(|line| property(line, name)).and_then(|(zone, value)| time(zone, value, anchor));
    match (at("DTSTART"), at("DTEND")) {
        (Some(Moment::Day(day)), _) => vec![CallTime::Day(day)],
        (Some(Moment::At(start)), Some(Moment::At(end))) if end > start => vec![CallTime::At(start, Some(end))],
        (Some(Moment::At(start)), _) => vec![CallTime::At(start, None)],
        (None, _) => Vec::new(),
    }
}

enum Moment {
    Day(Date),
    At(Zoned),
}

/// The `TZID` and the value of a property line (RFC 5545 section 3.1).
fn property<'l>(line: &'l str, name: &str) -> Option<(Option<&'l str>, &'l str)> {
    let rest = line.strip_prefix(name).filter(|rest| rest.starts_with([';', ':']))?;
    let (parameters, value) = rest.rsplit_once(':')?;
    let zone = parameters.split(';').find_map(|parameter| parameter.strip_prefix("TZID="));
    Some((zone.map(|zone| zone.trim_matches('"')), value.trim()))
}

fn time(zone: Option<&str>, value: &str, anchor: &Zoned) -> Option<Moment> {
    if value.len() == 8 {
        return Date::strptime("%Y%m%d", value).ok().map(Moment::Day);
    }
    let local = DateTime::strptime("%Y%m%dT%H%M%S", value.trim_end_matches('Z')).ok()?;
    let zone = match zone {
        _ if value.ends_with('Z') => TimeZone::UTC,
        Some(name) => named(name).unwrap_or_else(|| anchor.time_zone().clone()),
        None => anchor.time_zone().clone(),
    };
    local.to_zoned(zone).ok().map(Moment::At)
}

fn named(name: &str) -> Option<TimeZone> {
    let known = WINDOWS_ZONES.iter().find(|(windows, _)| *windows == name).map_or(name, |(_, zone)| zone);
    TimeZone::get(known).ok()
}

fn is_calendar(part: &Part) -> bool {
    matches!(part.content_type.as_str(), "text/calendar" | "application/ics")
}

/// A `METHOD` that asks or answers; `PUBLISH` only shows.
fn schedules(part: &Part) -> bool {
    let Some(text) = part.text.as_deref() else { return false };
    text.lines()
        .take(60)
        .filter_map(|line| line.trim().strip_prefix("METHOD:"))
        .any(|method| matches!(method.trim(), "REQUEST" | "REPLY" | "CANCEL" | "COUNTER" | "DECLINECOUNTER" | "ADD" | "REFRESH"))
}

fn whole_is_calendar(mail: &Mail) -> bool {
    mail.header("content-type").is_some_and(|value| {
        let value = value.to_ascii_lowercase();
        value.starts_with("text/calendar") && value.contains("method")
    })
}

fn is_calendar_class(mail: &Mail) -> bool {
    mail.header("content-class").is_some_and(|value| value.to_ascii_lowercase().contains("calendarmessage"))
}
