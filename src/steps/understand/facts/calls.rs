//! When a conversation is proposed: days and hours of a text brought together, in the right zone.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{ToSpan, Zoned};

use super::clock::{self, Clock, Hours, Minutes};
use super::dates::Mention;
use super::follow::Scene;
use super::lexicon::Prep;
use super::spans::{Grain, ahead};
use crate::model::reading::{CallTime, Outcome};

/// No mail proposes more times than this.
const MOST: usize = 12;

/// A day of the text with the hours that belong to it.
#[derive(Debug)]
struct Slot<'m> {
    day: &'m Mention,
    clocks: Vec<Clock>,
}

/// The times proposed or confirmed for a conversation.
pub fn call_times(scene: &Scene<'_>, anchor: &Zoned) -> Vec<CallTime> {
    let call = scene.outcomes.contains(&Outcome::Call);
    let taken = |i: usize| {
        let n = scene.mentions.partition_point(|at| at.to <= i);
        scene.mentions.get(n).is_some_and(|at| at.from <= i && i < at.to && !(at.to - at.from > 1 && scene.page.low(i) == "tonight"))
    };
    let mut clocks = clock::clocks(scene.page, taken);
    clocks.retain(|clock| !scene.is_busy(clock));
    same_time(scene, &mut clocks);
    let slots = scene.slots(&clocks);
    let hourly = slots.iter().any(|slot| !slot.clocks.is_empty());
    let proposed = call || (hourly && scene.speaks_of_talking());
    if !proposed {
        return Vec::new();
    }
    let home = home_zone(anchor);
    let zones = clock::zones(scene.page);
    let mut times: Vec<CallTime> = Vec::new();
    let due = |slot: &&Slot<'_>| slot.day.at.last > scene.now || !slot.clocks.is_empty();
    for slot in slots.iter().filter(due).filter(|slot| !hourly || !slot.clocks.is_empty() || scene.is_beside(slot, &slots)) {
        for day in days_of(slot.day) {
            let hours =
                slot.clocks.iter().filter_map(|clock| laid_on(day, clock, &scene.zone_of(clock, &zones).unwrap_or_else(|| home.clone())));
            let found: Vec<CallTime> = if slot.clocks.is_empty() { vec![CallTime::Day(day)] } else { hours.collect() };
            times.extend(found);
        }
    }
    times.retain(|time| !matches!(time, CallTime::At(start, _) if start.timestamp() <= anchor.timestamp()));
    let mut seen: Vec<CallTime> = Vec::new();
    for time in times {
        if !seen.contains(&time) && seen.len() < MOST {
            seen.push(time);
        }
    }
    seen
}

/// "Same time Thursday?": the hour named elsewhere.
fn same_time(scene: &Scene<'_>, clocks: &mut Vec<Clock>) {
    for i in (0..scene.page.words.len())
        .filter(|i| scene.page.phrase(*i, &["same", "time"]).or_else(|| scene.page.phrase(*i, &["same", "hour"])).is_some())
        .take(2)
    {
        let n = clocks.partition_point(|clock| clock.from < i);
        let plain = clocks[..n].iter().rev().find(|clock| !matches!(clock.hours, Hours::Part(..)));
        if let Some(model) = plain.or_else(|| clocks[..n].last()).or_else(|| clocks.get(n)).copied() {
            clocks.insert(n, Clock { from: i, to: i + 2, ..model });
        }
    }
}

/// The days of a mention such as `Monday to Wednesday`.
fn days_of(at: &Mention) -> Vec<Date> {
    let days = (at.at.last - at.at.first).get_days().clamp(0, 4);
    (0..=days).map(|n| ahead(at.at.first, n)).collect()
}

fn laid_on(day: Date, clock: &Clock, zone: &TimeZone) -> Option<CallTime> {
    let at = |minutes: Minutes| day.at(0, 0, 0, 0).checked_add(minutes.minutes()).ok()?.to_zoned(zone.clone()).ok();
    Some(match clock.hours {
        Hours::At(start, end) => CallTime::At(
            at(start)?,
            match end {
                Some(end) => Some(at(end)?),
                None => None,
            },
        ),
        Hours::From(start) => CallTime::From(at(start)?),
        Hours::Before(end) => CallTime::At(at((9 * 60).min(end - 60).max(0))?, Some(at(end)?)),
        Hours::Part(start, end) => CallTime::At(at(start)?, Some(at(end)?)),
    })
}

/// The mainland zone whose clock shows the writer's offset that day, so that summer time is kept; else the bare offset.
pub fn home_zone(anchor: &Zoned) -> TimeZone {
    const ZONES: [&str; 9] = [
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "America/Phoenix",
        "America/Anchorage",
        "Pacific/Honolulu",
        "Europe/Berlin",
        "Europe/London",
    ];
    let offset: Offset = anchor.offset();
    let fits = |zone: &TimeZone| zone.to_offset(anchor.timestamp()) == offset;
    let found = if offset == Offset::UTC { None } else { ZONES.iter().filter_map(|name| TimeZone::get(name).ok()).find(fits) };
    found.unwrap_or_else(|| offset.to_time_zone())
}

impl<'a> Scene<'a> {
    /// The days that may be meant for a conversation, with their hours.
    fn slots(&self, clocks: &[Clock]) -> Vec<Slot<'a>> {
        let days = self.mentions.iter().filter(|at| self.is_call_day_at(at));
        let mut slots: Vec<Slot<'a>> = days.map(|day| Slot { day, clocks: Vec::new() }).collect();
        let merged = merged(clocks);
        let (near, far): (Vec<Clock>, Vec<Clock>) = merged.into_iter().partition(|clock| self.has_day(clock, &slots));
        for clock in near.into_iter().chain(far) {
            if let Some(n) = self.slot_for(&clock, &slots) {
                slots[n].clocks.push(clock);
            }
        }
        for slot in &mut slots {
            if slot.clocks.iter().any(|clock| !matches!(clock.hours, Hours::Part(..))) {
                slot.clocks.retain(|clock| !matches!(clock.hours, Hours::Part(..)));
            }
        }
        self.share(&mut slots);
        slots
    }

    fn is_call_day_at(&self, at: &Mention) -> bool {
        let plain =
            matches!(at.prep, Prep::On | Prep::From | Prep::Within) || (at.prep == Prep::After && self.page.low(at.from) == "following");
        at.at.grain == Grain::Day
            && !at.rest
            && plain
            && !at.past
            && !at.doubtful
            && at.at.last >= self.now
            && !self.is_refused(at)
            && !self.is_past_plan(at)
            && !self.is_moved_away(at)
    }

    /// "move our Tuesday call to Wednesday": Tuesday is given up.
    fn is_moved_away(&self, at: &Mention) -> bool {
        let sentence = self.page.sentence(at.from);
        let moves = |k: usize| {
            matches!(
                self.page.low(k),
                "move" | "push" | "shift" | "reschedule" | "rescheduling" | "bump" | "switch" | "moving" | "pushing" | "change" | "slide"
            )
        };
        let near = (at.from.saturating_sub(8)..at.from).rev().take_while(|k| self.page.sentence(*k) == sentence).find(|k| moves(*k));
        let Some(verb) = near else { return false };
        let to_before = (verb..at.from).any(|k| matches!(self.page.low(k), "to" | "for" | "until" | "till"))
            || matches!(self.page.low(at.from), "to" | "for");
        let to_after = (at.to..at.to + 10)
            .take_while(|k| self.page.sentence(*k) == sentence)
            .any(|k| matches!(self.page.low(k), "to" | "for" | "until"));
        let later = self.mentions.iter().any(|other| other.from > at.to && other.at.grain == Grain::Day);
        !to_before && (to_after || later)
    }

    /// The day an hour belongs to: the nearer one of the sentence, the one before on a tie; else the last one named before.
    fn slot_for(&self, clock: &Clock, slots: &[Slot<'_>]) -> Option<usize> {
        let next = slots.partition_point(|slot| slot.day.from < clock.from);
        let same = |n: &usize| self.page.sentence(slots[*n].day.from) == self.page.sentence(clock.from);
        let before = next.checked_sub(1);
        let after = (next < slots.len()).then_some(next).filter(same);
        match (before.filter(same), after) {
            (Some(left), Some(right)) => {
                let gap_left = clock.from.saturating_sub(slots[left].day.to.max(slots[left].clocks.last().map_or(0, |last| last.to)));
                let gap_right = slots[right].day.from.saturating_sub(clock.to);
                let served = slots[left].clocks.is_empty() || gap_left <= gap_right;
                Some(if gap_right < gap_left || (gap_right == 0 && !served) { right } else { left })
            }
            (Some(left), None) => Some(left),
            (None, Some(right)) => Some(right),
            (None, None) => self.slot_elsewhere(clock, slots, next),
        }
    }

    /// "we had said Friday at 9"
    fn is_past_plan(&self, at: &Mention) -> bool {
        (at.from.saturating_sub(3)..at.from).any(|k| {
            matches!(self.page.low(k), "said" | "supposed" | "missed" | "planned" | "cancel" | "canceled" | "cancelled")
                && !matches!(self.page.low(k + 1), "yes" | "to")
        })
    }

    /// "on the road Thursday and Friday", "we had said Friday"
    fn is_away(&self, at: &Mention) -> bool {
        let sentence = self.page.sentence(at.from);
        let near = (at.from.saturating_sub(7)..at.from).filter(|k| self.page.sentence(*k) == sentence);
        near.into_iter().any(|k| {
            matches!(
                self.page.low(k),
                "road" | "traveling" | "travelling" | "out" | "off" | "away" | "clinic" | "said" | "supposed" | "missed"
            )
        })
    }

    /// "in clinic until 12"
    fn is_busy(&self, clock: &Clock) -> bool {
        let before = clock.from.saturating_sub(5)..clock.from;
        let busy = |k: usize| {
            matches!(
                self.page.low(k),
                "clinic"
                    | "rounds"
                    | "booked"
                    | "busy"
                    | "tied"
                    | "meetings"
                    | "surgery"
                    | "out"
                    | "service"
                    | "rounding"
                    | "unavailable"
                    | "stop"
            )
        };
        let held = matches!(clock.hours, Hours::Before(_)) || self.page.low(clock.from.wrapping_sub(1)) == "stop";
        held && before.filter(|k| self.page.sentence(*k) == self.page.sentence(clock.from)).any(busy)
    }

    /// Is there a day in the sentence of an hour?
    fn has_day(&self, clock: &Clock, slots: &[Slot<'_>]) -> bool {
        let sentence = self.page.sentence(clock.from);
        let from = slots.partition_point(|slot| self.page.sentence(slot.day.from) < sentence);
        slots.get(from).is_some_and(|slot| self.page.sentence(slot.day.from) == sentence)
    }

    /// "Friday works. 3pm ET is fine.": a day of another sentence that has no hour yet.
    fn slot_elsewhere(&self, clock: &Clock, slots: &[Slot<'_>], next: usize) -> Option<usize> {
        let sentence = self.page.sentence(clock.from);
        let words = self.page.words.partition_point(|word| word.sentence <= sentence)
            - self.page.words.partition_point(|word| word.sentence < sentence);
        let again = |n: &usize| slots[*n].clocks.last().is_some_and(|last| self.page.sentence(last.from) == sentence);
        let free = |n: &usize| slots[*n].clocks.is_empty() || again(n) || (words <= 5 && slots[*n].day.from < clock.from);
        let before = next.checked_sub(1).filter(|n| self.page.sentence(slots[*n].day.from) + 3 > sentence).filter(free);
        before.or_else(|| Some(next).filter(|n| *n < slots.len() && self.page.sentence(slots[*n].day.from) == sentence + 1).filter(free))
    }

    /// "Tuesday or Wednesday at 3": the days of a list share the hours at its end, or at its head.
    fn share(&self, slots: &mut [Slot<'_>]) {
        for n in (0..slots.len().saturating_sub(1)).rev() {
            if slots[n].clocks.is_empty()
                && !slots[n + 1].clocks.is_empty()
                && self.is_joined(slots[n].day.to, slots[n + 1].day.from)
                && slots[n + 1].clocks[0].from >= slots[n + 1].day.from
            {
                let (head, tail) = slots.split_at_mut(n + 1);
                head[n].clocks.clone_from(&tail[0].clocks);
            }
        }
        for n in 1..slots.len() {
            let (head, tail) = slots.split_at_mut(n);
            let led = head[n - 1].clocks.first().is_some_and(|clock| clock.from < head[n - 1].day.from);
            if led && tail[0].clocks.is_empty() && self.is_joined(head[n - 1].day.to, tail[0].day.from) {
                tail[0].clocks.clone_from(&head[n - 1].clocks);
            }
        }
    }

    fn is_joined(&self, from: usize, to: usize) -> bool {
        from <= to
            && to - from <= 3
            && (from..to).all(|k| matches!(self.page.low(k), "or" | "and" | "," | "/" | "&" | "on" | "either" | "the"))
    }

    /// A bare day in the sentence of a timed one: an alternative without an hour.
    fn is_beside(&self, slot: &Slot<'_>, all: &[Slot<'_>]) -> bool {
        let sentence = self.page.sentence(slot.day.from);
        let before = self.page.low(slot.day.from.wrapping_sub(1));
        let whole = (before == "day" && self.page.low(slot.day.from.wrapping_sub(2)) == "all") || matches!(before, "anytime" | "time");
        let or_before = whole || (matches!(before, "or" | "and") && !self.is_away(slot.day));
        or_before && all.iter().any(|other| !other.clocks.is_empty() && self.page.sentence(other.day.from) == sentence)
    }

    /// The zone of an hour: its own, else that of its sentence, else any of the text.
    fn zone_of(&self, clock: &Clock, zones: &[(usize, usize)]) -> Option<TimeZone> {
        if let Some(n) = clock.zone {
            return clock::zone(n);
        }
        let sentence = self.page.sentence(clock.from);
        let here = || zones.iter().filter(|(at, _)| self.page.sentence(*at) == sentence);
        let bracketed = here().find(|(at, _)| (clock.to..clock.to + 12).contains(at) && self.page.low(at.wrapping_sub(1)) == "(");
        let found = bracketed.or_else(|| here().rfind(|(at, _)| *at < clock.from)).or_else(|| here().next()).or_else(|| zones.last());
        found.and_then(|(_, n)| clock::zone(*n))
    }

    fn speaks_of_talking(&self) -> bool {
        self.page.words.iter().any(|word| {
            matches!(
                word.low,
                "call"
                    | "talk"
                    | "chat"
                    | "speak"
                    | "zoom"
                    | "teams"
                    | "phone"
                    | "meet"
                    | "meeting"
                    | "available"
                    | "free"
                    | "connect"
                    | "slot"
                    | "calendar"
                    | "webex"
                    | "works"
                    | "suits"
                    | "invite"
                    | "dial"
                    | "reschedule"
                    | "ring"
            )
        })
    }
}

/// `after 2 and before 4` is one stretch.
fn merged(clocks: &[Clock]) -> Vec<Clock> {
    let mut all: Vec<Clock> = Vec::new();
    for clock in clocks {
        match (all.last_mut(), clock.hours) {
            (Some(last), Hours::Before(end)) if clock.from <= last.to + 2 => match last.hours {
                Hours::From(start) if end > start => {
                    *last = Clock { to: clock.to, hours: Hours::At(start, Some(end)), zone: last.zone.or(clock.zone), ..*last };
                }
                _ => all.push(*clock),
            },
            _ => all.push(*clock),
        }
    }
    all
}
