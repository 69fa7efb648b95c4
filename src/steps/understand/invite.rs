//! Calendar invitations and answers (RFC 5546, RFC 6047).

use super::automatic::{Judged, Seen};
use super::signs::SIGNS;
use crate::model::mail::{Mail, Part};
use crate::model::reading::Kind;

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
