//! When the next check-in falls due: the gap in force (P3), before anything else is asked.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::calendar;
use crate::model::settings::CadenceRules;
use crate::model::span::Span;
use crate::model::story::Story;

/// Never two mails to or from one person within these days, but for one word after a talk.
pub const LEAST_DAYS: i32 = 7;
/// A word after a talk is thanks on the next working day; later than this it is no thanks any more.
pub const THANKS_DAYS: i32 = 10;
/// Silence and warmth move a cadence within these bounds.
const BOUNDS: (Span, Span) = (Span::Weeks(4), Span::Weeks(26));

/// The day a check-in falls due, and by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The day.
    pub day: Date,
    /// The rule in force.
    pub rule: Rule,
}

/// Which rule makes the gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Never in touch: due at once.
    New,
    /// They named a day.
    AsAgreed,
    /// A call or meeting was logged.
    AfterTalk,
    /// The first word had no answer.
    FollowUp,
    /// The cadence since the last touch.
    Cadence,
}

/// When a contact is otherwise due: by the gap in force alone, whatever their standing.
#[must_use]
pub fn due(story: &Story, every: Option<Span>, added: Timestamp, rules: &CadenceRules, zone: &TimeZone, today: Date) -> Due {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let mut found = gap(story, every, rules, &day, today).unwrap_or(Due { day: day(added), rule: Rule::New });
    if found.rule != Rule::AfterTalk
        && let Some(last) = story.last_mail.map(day)
    {
        found.day = found.day.max(Span::Days(LEAST_DAYS).after_day(last));
    }
    found.day = story.put_off.map_or(found.day, |until| found.day.max(until));
    found
}

/// The day a check-in may be proposed; `None` while they are stopped, owed an answer, or held without an end.
#[must_use]
pub fn next_due(story: &Story, due: Due) -> Option<Date> {
    if !story.stops.is_empty() || story.owes.is_some() || story.holds.iter().any(|(_, until)| until.is_none()) {
        return None;
    }
    let held = story.holds.iter().filter_map(|(_, until)| *until).max();
    Some(held.map_or(due.day, |until| due.day.max(until)))
}

fn gap(story: &Story, every: Option<Span>, rules: &CadenceRules, day: &dyn Fn(Timestamp) -> Date, today: Date) -> Option<Due> {
    if let Some(talk) = story.talk.map(day).filter(|talk| today <= Span::Days(THANKS_DAYS).after_day(*talk)) {
        return Some(Due { day: calendar::add_working_days(talk, 1), rule: Rule::AfterTalk });
    }
    if let Some(agreed) = story.follow_up {
        return Some(Due { day: agreed, rule: Rule::AsAgreed });
    }
    // A first word that came back is said again no sooner.
    if story.our_mails <= 1
        && !story.ever_theirs
        && let Some(first) = story.last_ours.map(day)
    {
        return Some(Due { day: rules.follow_up.after_day(first), rule: Rule::FollowUp });
    }
    let last = story.last_touch.map(day)?;
    Some(Due { day: cadence(story, every.unwrap_or(rules.default)).after_day(last), rule: Rule::Cadence })
}

/// The cadence as silence lengthened it (each unanswered check-in by half) and warmth shortened it (by a quarter).
#[must_use]
pub fn cadence(story: &Story, base: Span) -> Span {
    if story.unanswered == 0 && !story.warm {
        return base;
    }
    let warmth = if story.warm { 0.75 } else { 1.0 };
    let silence = 1.5_f64.powi(i32::try_from(story.unanswered).unwrap_or(8).min(8));
    let days = f64::from(base.days()) * warmth * silence;
    let (least, most) = (f64::from(BOUNDS.0.days().min(base.days())), f64::from(BOUNDS.1.days().max(base.days())));
    #[expect(clippy::cast_possible_truncation, reason = "clamped to a few hundred days")]
    let days = days.clamp(least, most).round() as i32;
    Span::Days(days)
}
