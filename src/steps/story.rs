//! The fold: from a contact's journal to their story. The standing is nothing else than this.

use std::collections::HashSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::model::id::EntryId;
use crate::model::journal::{Effect, Entry, EntryKind, Side};
use crate::model::reading::Outcome;
use crate::model::settings::CadenceRules;
use crate::model::span::Span;
use crate::model::standing::{HoldReason, StopReason};
use crate::model::story::Story;

/// How long a contact is held after `pause_after` unanswered check-ins.
const SILENCE: Span = Span::Weeks(26);

/// A clock that differs by more from what the journal shows was wrong.
pub const DOUBT: SignedDuration = SignedDuration::from_hours(48);

/// A journal in the order things happened, though the clock was wrong for a while. What was written while it was far ahead
/// happened before the next line of a right clock, at the latest then: so nothing goes too soon. What was written
/// while it was far behind happened after what stood there already.
#[must_use]
pub fn in_order(mut entries: Vec<Entry>, now: Timestamp) -> Vec<Entry> {
    entries.sort_by_key(|entry| entry.id);
    let latest = now.checked_add(DOUBT).unwrap_or(Timestamp::MAX);
    let behind = written_behind(&entries, latest);
    let mut next = None;
    for (entry, known) in entries.iter_mut().zip(behind).rev() {
        let was_live = entry.recorded.duration_since(entry.line.on).abs() < DOUBT;
        if entry.line.on > latest && entry.recorded > latest {
            entry.line.on = next.unwrap_or(entry.line.on);
        } else if was_live && known.is_some() {
            entry.line.on = next.or(known).unwrap_or(entry.line.on);
        } else if was_live && entry.recorded <= latest {
            next = Some(entry.line.on);
        }
    }
    entries.sort_by_key(|entry| (entry.line.on, entry.id));
    entries
}

/// For each line that a clock far behind wrote, the newest hour that stood in the journal already.
fn written_behind(entries: &[Entry], latest: Timestamp) -> Vec<Option<Timestamp>> {
    let mut newest = None;
    let behind = entries.iter().map(|entry| {
        let is_behind = newest.is_some_and(|newest: Timestamp| newest.duration_since(entry.recorded) > DOUBT);
        if !is_behind && entry.recorded <= latest {
            newest = Some(entry.recorded);
        }
        newest.filter(|_| is_behind)
    });
    behind.collect()
}

/// Adds up a journal, given in the order things happened. Lines voided by a later correction do not count.
#[must_use]
pub fn story(entries: &[Entry], rules: &CadenceRules, zone: &TimeZone) -> Story {
    let voided: HashSet<EntryId> = entries.iter().filter_map(|entry| entry.line.voids).collect();
    let mut story = Story::default();
    for entry in entries.iter().filter(|entry| !voided.contains(&entry.id)) {
        for effect in &entry.line.effects {
            apply(&mut story, effect, entry, zone);
        }
    }
    add_silence(&mut story, rules, zone);
    story.stops.sort_by_key(|(reason, at)| (*reason, *at));
    story
}

fn apply(story: &mut Story, effect: &Effect, entry: &Entry, zone: &TimeZone) {
    match effect {
        Effect::Touch(side) => touch(story, *side, entry, zone),
        Effect::CheckIn => {
            story.unanswered += 1;
            story.last_check_in = Some(entry.line.on);
        }
        Effect::Returned => {
            story.our_mails = story.our_mails.saturating_sub(1);
            story.unanswered = story.unanswered.saturating_sub(1);
        }
        Effect::Forgive => story.unanswered = 0,
        Effect::Warmth(warm) => story.warm = *warm,
        Effect::Owe => story.owes = story.owes.or(Some(entry.line.on)),
        Effect::Answered => story.owes = None,
        Effect::Hold(reason, until) => {
            let earlier = story.holds.iter().find(|(held, _)| held == reason).and_then(|(_, until)| *until);
            // A second automatic answer that names no day does not shorten an absence that is known.
            let until = if *reason == HoldReason::AutoReply { (*until).max(earlier) } else { *until };
            story.holds.retain(|(held, _)| held != reason);
            story.holds.push((*reason, until));
        }
        Effect::Release(reason) => story.holds.retain(|(held, _)| held != reason),
        Effect::Stop(reason) => {
            if !story.stops.iter().any(|(stopped, _)| stopped == reason) {
                story.stops.push((*reason, entry.line.on));
            }
        }
        Effect::Lift(reason) => story.stops.retain(|(stopped, _)| stopped != reason),
        Effect::FollowUp(day) => story.follow_up = *day,
        Effect::PutOff(day) => {
            story.put_off = Some(*day);
            story.talk = None;
        }
    }
}

fn touch(story: &mut Story, side: Side, entry: &Entry, zone: &TimeZone) {
    let on = entry.line.on;
    story.put_off = None;
    let talked = matches!(entry.line.kind, EntryKind::Call | EntryKind::Meeting);
    story.last_touch = story.last_touch.max(Some(on));
    if matches!(side, Side::Theirs | Side::Both) {
        story.last_theirs = story.last_theirs.max(Some(on));
        story.ever_theirs = true;
        story.unanswered = 0;
        story.holds.retain(|(reason, _)| *reason != HoldReason::AutoReply);
        story.stops.retain(|(reason, _)| *reason != StopReason::NoAnswer);
        if side == Side::Theirs {
            // Their mail shows that one of their addresses lives.
            story.stops.retain(|(reason, _)| *reason != StopReason::Undeliverable);
        }
    }
    // A check-in is no answer: it left before the question, which is older, was there.
    if matches!(side, Side::Owner | Side::Both) && entry.line.kind != EntryKind::CheckIn {
        // Any later word of the owner pays the debt: a mail in Sent, a logged call, meeting or mail.
        story.owes = None;
    }
    if side == Side::Owner {
        story.our_mails += 1;
        story.last_ours = story.last_ours.max(Some(on));
        story.talk = None;
        story.follow_up = story.follow_up.filter(|day| on.to_zoned(zone.clone()).date() < *day);
    }
    if talked {
        story.talk = Some(on);
    } else {
        story.last_mail = story.last_mail.max(Some(on));
    }
}

/// Silence holds for half a year after `pause_after` check-ins and stops after `stop_after`.
fn add_silence(story: &mut Story, rules: &CadenceRules, zone: &TimeZone) {
    let Some(last) = story.last_check_in.filter(|_| story.unanswered > 0) else { return };
    if rules.stop_after > 0 && story.unanswered >= rules.stop_after {
        story.stops.push((StopReason::NoAnswer, last));
    } else if rules.pause_after > 0 && story.unanswered >= rules.pause_after {
        let until = SILENCE.after_day(last.to_zoned(zone.clone()).date());
        story.holds.push((HoldReason::Silence, Some(until)));
    }
}

/// What an owner's `resume` lifts: everything but an opt-out, which only their later invitation lifts.
#[must_use]
pub fn lifted_by_resume(story: &Story, invited: bool) -> Vec<Effect> {
    let stops =
        story.stops.iter().filter(|(reason, _)| invited || *reason != StopReason::OptedOut).map(|(reason, _)| Effect::Lift(*reason));
    let holds = story.holds.iter().map(|(reason, _)| Effect::Release(*reason));
    stops.chain(holds).collect()
}

/// True for outcomes after which earlier "not now" no longer binds.
#[must_use]
pub const fn reopens(outcome: Outcome) -> bool {
    outcome.is_warm()
}
