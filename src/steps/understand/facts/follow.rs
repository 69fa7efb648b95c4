//! The day the owner should act next, among all the dates a mail names.

use jiff::civil::Date;

use super::cues::{Cue, Sign};
use super::dates::Mention;
use super::lexicon::{Lex, Prep};
use super::spans::{Grain, ahead};
use super::words::Page;
use crate::model::reading::Outcome;

mod refine;
mod refusal;

/// Further ahead than this, a day is not a follow-up.
const HORIZON: i32 = 800;

/// Requests whose "by Friday" is a deadline.
const LIMITED: &[&str] = &[
    "send", "forward", "resend", "email", "mail", "write", "contact", "call", "apply", "reapply", "resubmit", "text", "message", "get",
    "drop", "shoot", "submit", "feel", "please", "talk", "speak",
];

/// What the choice is made from.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The text.
    pub page: &'a Page<'a>,
    /// Its dates, in order.
    pub mentions: &'a [Mention],
    /// Its cues, in order.
    pub cues: &'a [Cue],
    /// The writer's day.
    pub now: Date,
    /// The outcomes in force, most binding first.
    pub outcomes: &'a [Outcome],
}

/// "Not before February" is from February on.
pub fn turn_round(page: &Page<'_>, cues: &[Cue], mentions: &mut [Mention]) {
    for at in mentions.iter_mut().filter(|at| at.prep == Prep::Before) {
        let sentence = page.sentence(at.from);
        let from = cues.partition_point(|cue| page.sentence(cue.from) < sentence);
        let here = cues[from..].iter().take_while(|cue| cue.from < at.from);
        if here.into_iter().any(|cue| cue.sign == Sign::Not && cue.to + 8 > at.from) {
            at.prep = Prep::From;
        }
    }
}

/// The day the owner should act next, when the mail names one.
pub fn follow_up_on(scene: &Scene<'_>) -> Option<Date> {
    let first = scene.outcomes.first().copied();
    if matches!(first, Some(Outcome::OptedOut | Outcome::Declined)) {
        return None;
    }
    let (chosen, after) =
        scene.asked().or_else(|| scene.waited(first).or_else(|| scene.spoken_of(first)).map(|n| (n, scene.is_running(n))))?;
    let chosen = if scene.is_second(chosen) { chosen - 1 } else { chosen };
    let (corrected, prep) = scene.corrected(chosen);
    let mut mention = scene.mentions[corrected];
    mention.prep = prep;
    if after && corrected == chosen && mention.at.grain != Grain::Ahead {
        mention.prep = Prep::After;
    }
    let day = mention.day(scene.now);
    (day > scene.now && day < ahead(scene.now, HORIZON)).then_some(day)
}

impl Scene<'_> {
    /// A date that the writer ties to a request; true when it is to be after that date.
    fn asked(&self) -> Option<(usize, bool)> {
        let better = self.is_not_now();
        let fits = |cue: &&Cue| {
            (cue.sign == Sign::Ask && !self.is_noun(cue) && (better || !self.is_theirs(cue))) || (cue.sign == Sign::Better && better)
        };
        let asks = self.cues.iter().filter(fits);
        let found = asks
            .filter_map(|cue| self.date_of(cue).map(|(n, cost, after)| (n, cost + if cue.sign == Sign::Better { 6 } else { 0 }, after)));
        found.min_by_key(|(n, cost, _)| (*cost, *n)).map(|(n, _, after)| (n, after))
    }

    /// "She'll reach out next week": others will act, not the owner; "give me a day" puts it off.
    fn is_theirs(&self, cue: &Cue) -> bool {
        let sentence = self.page.sentence(cue.from);
        let before = (cue.from.saturating_sub(3)..cue.from).filter(|k| self.page.sentence(*k) == sentence);
        let others = before.into_iter().any(|k| {
            matches!(self.page.low(k), "i'll" | "we'll" | "she'll" | "he'll" | "they'll" | "she" | "he" | "they" | "i" | "we")
                && !self.wall_between(k, cue.from)
        });
        let conditional =
            (cue.from.saturating_sub(5)..cue.from).any(|k| matches!(self.page.low(k), "if" | "would" | "i'd" | "can" | "could"));
        (others && !conditional)
            || matches!(self.page.low(cue.from), "give" | "let's" if self.page.low(cue.from + 1) == "me" || self.page.low(cue.from + 1) == "us")
    }

    /// "I have you down for a follow-up"
    fn is_noun(&self, cue: &Cue) -> bool {
        matches!(self.page.low(cue.from.wrapping_sub(1)), "a" | "the" | "your" | "another")
            && matches!(self.page.low(cue.from), "follow" | "check" | "reminder" | "nudge" | "ping")
    }

    fn is_not_now(&self) -> bool {
        matches!(self.outcomes.first(), None | Some(Outcome::NotNow | Outcome::Unclear | Outcome::Acknowledged))
    }

    /// The date a cue speaks of, and how far-fetched that is.
    fn date_of(&self, cue: &Cue) -> Option<(usize, usize, bool)> {
        let sentence = self.page.sentence(cue.from);
        let negated = self.is_negated(cue.from);
        let here = self.mentions_in(sentence, sentence);
        let near = here
            .filter(|(_, at)| self.is_wanted(cue, at, negated))
            .map(|(n, at)| (n, self.distance(cue, at), at.from < cue.from && self.points_after(cue, sentence)))
            .min_by_key(|(_, cost, _)| *cost);
        near.or_else(|| if negated { None } else { self.pointed_at(cue, sentence) })
    }

    /// "… until the 27th, hit me up after that"
    fn points_after(&self, cue: &Cue, sentence: u32) -> bool {
        let mut points = self.cues_in(sentence).iter().filter(|then| then.sign == Sign::Then && then.from >= cue.from);
        points.any(|then| self.is_after(then))
    }

    fn is_after(&self, then: &Cue) -> bool {
        matches!(self.page.low(then.from), "after" | "past" | "post" | "afterward" | "afterwards")
            || matches!(self.page.low(then.to.wrapping_sub(1)), "over" | "done" | "ended" | "us")
    }

    /// May this date be the one a cue asks for?
    fn is_wanted(&self, cue: &Cue, at: &Mention, negated: bool) -> bool {
        let held = matches!(at.prep, Prep::From | Prep::Until | Prep::After);
        let limited = LIMITED.contains(&self.page.low(cue.from));
        let bare = at.at.grain == Grain::Day
            && matches!(at.prep, Prep::On | Prep::From)
            && at.from >= cue.to
            && self.wall_between(cue.to, at.from);
        let limit = limited && (matches!(at.prep, Prep::By | Prep::Before) || bare);
        !limit
            && self.is_open_date(at)
            && !self.is_turned_down(at)
            && !self.is_spoilt(at)
            && !self.is_gone(at)
            && (!negated || held)
            && !self.is_call_day(at)
    }

    /// Still to come, and not a deadline or a day of something else.
    pub(super) fn is_open_date(&self, at: &Mention) -> bool {
        let stale = at.past || at.plural || (at.doubtful && at.at.grain == Grain::Day);
        !stale && at.day(self.now) > self.now && !self.is_deadline(at)
    }

    /// A day proposed for a conversation is a call time, no day to act on.
    fn is_call_day(&self, at: &Mention) -> bool {
        if self.outcomes.first() != Some(&Outcome::Call) {
            return false;
        }
        let held = matches!(at.prep, Prep::After | Prep::Until | Prep::Through | Prep::From);
        let soon = (at.at.first - self.now).get_days() <= 10;
        (soon || at.at.grain == Grain::Day) && !held
    }

    /// Words between a cue and a date; crossing into another clause costs.
    fn distance(&self, cue: &Cue, at: &Mention) -> usize {
        let (from, to, back) = if at.from >= cue.to { (cue.to, at.from, 0) } else { (at.to.min(cue.from), cue.from, 2) };
        let walls = (from..to)
            .filter(|k| {
                matches!(self.page.lex(*k), Lex::Mark(',' | ':' | '-' | '(' | ')'))
                    || matches!(self.page.low(*k), "but" | "though" | "because" | "since")
            })
            .count();
        let inside = usize::from(at.from < cue.to && at.to > cue.from);
        let stops = (from..to).filter(|k| self.page.low(*k) == ";").count();
        (to - from) + walls * 3 + stops * 8 + back + inside
    }

    /// "Ping me then": the date named just before, or right after.
    fn pointed_at(&self, cue: &Cue, sentence: u32) -> Option<(usize, usize, bool)> {
        let points = self.cues_in(sentence).iter().find(|then| then.sign == Sign::Then);
        let fresh = |at: &&(usize, &Mention)| self.is_open_date_loosely(at.1);
        let before = self.mentions_in(sentence.saturating_sub(2), sentence).filter(|(_, at)| at.from < cue.from && !self.is_call_day(at));
        if let Some(then) = points {
            let after = self.is_after(then);
            let before = before
                .filter(|at| fresh(&at))
                .last()
                .map(|(n, at)| (n, 20, after || (at.at.grain == Grain::Day && at.at.last > at.at.first)));
            return before.or_else(|| self.next_return(cue, sentence));
        }
        None
    }

    fn is_open_date_loosely(&self, at: &Mention) -> bool {
        !at.past && !at.doubtful && at.day(self.now) > self.now
    }

    /// "… when I'm back. That is on the 12th."
    fn next_return(&self, cue: &Cue, sentence: u32) -> Option<(usize, usize, bool)> {
        let after = self.mentions_in(sentence, sentence + 1).find(|(_, at)| at.from >= cue.to);
        after.filter(|(_, at)| self.is_open_date(at)).map(|(n, _)| (n, 25, false))
    }

    /// The latest date at which things change on their side, for a "not now".
    fn waited(&self, first: Option<Outcome>) -> Option<usize> {
        let told =
            self.outcomes.contains(&Outcome::NotNow) && matches!(first, Some(Outcome::NotNow | Outcome::Referral | Outcome::Acknowledged));
        let guessed = matches!(first, None | Some(Outcome::Unclear));
        (told || guessed).then_some(())?;
        let fits = |at: &Mention| {
            self.is_open_date(at)
                && !at.loose
                && !self.is_spoilt(at)
                && !self.is_elsewhere(at)
                && !self.is_attribute(at)
                && (!self.is_turned_down(at) && !self.is_denied(at) || self.runs(at))
                && !matches!(at.prep, Prep::Within | Prep::Before)
        };
        let changes = |at: &Mention| {
            if guessed {
                return matches!(at.prep, Prep::After | Prep::Until | Prep::Through) && self.in_sentence(at, Sign::Open);
            }
            matches!(at.prep, Prep::After | Prep::Until | Prep::Through)
                || self.is_fragment(at)
                || self.in_sentence(at, Sign::Open)
                || self.in_sentence(at, Sign::Promise)
        };
        let open = self.mentions.iter().enumerate().filter(|(n, at)| fits(at) && changes(at) && !self.is_gone(at) && !self.is_second(*n));
        open.max_by_key(|(n, at)| {
            (
                self.is_fragment(at) && !self.runs(at) || at.prep == Prep::Through,
                at.day(self.now).min(ahead(self.now, 450)),
                std::cmp::Reverse(*n),
            )
        })
        .map(|(n, _)| n)
    }

    /// For a "not now", the last day to come of which the mail says that something will be.
    fn spoken_of(&self, first: Option<Outcome>) -> Option<usize> {
        (first == Some(Outcome::NotNow)).then_some(())?;
        let fits = |at: &Mention| {
            self.is_open_date(at)
                && !at.loose
                && !self.is_spoilt(at)
                && !self.is_attribute(at)
                && !matches!(at.prep, Prep::Within | Prep::Before | Prep::By)
        };
        let said = |at: &Mention| {
            self.in_sentence(at, Sign::Will)
                && !self.is_gone(at)
                && !self.is_turned_down(at)
                && !self.is_denied(at)
                && !self.is_sociable(at)
                && !self.is_elsewhere(at)
                && !self.is_attribute(at)
        };
        self.mentions.iter().enumerate().rfind(|(_, at)| fits(at) && said(at)).map(|(n, _)| n)
    }

    /// "See you at the meeting on the 12th."
    fn is_sociable(&self, at: &Mention) -> bool {
        let sentence = self.page.sentence(at.from);
        let from = self.page.words.partition_point(|word| word.sentence < sentence);
        (from..at.from).any(|k| {
            matches!(
                self.page.low(k),
                "see"
                    | "seeing"
                    | "meeting"
                    | "conference"
                    | "travel"
                    | "traveling"
                    | "wedding"
                    | "birthday"
                    | "dinner"
                    | "lunch"
                    | "webinar"
            )
        })
    }

    /// "requisitions for next year open in November": the year is no day to act on.
    fn is_attribute(&self, at: &Mention) -> bool {
        let sentence = self.page.sentence(at.from);
        let others = self.mentions_in(sentence, sentence).any(|(_, other)| other.from > at.to);
        at.at.grain == Grain::Year && at.prep == Prep::On && self.page.low(at.from) == "for" && others && !self.runs(at)
    }

    /// "I'll be in Ohio the week of the 8th"
    fn is_elsewhere(&self, at: &Mention) -> bool {
        let place = |k: usize| self.page.words.get(k).is_some_and(|word| word.capital && word.means == Lex::None);
        (at.from.saturating_sub(6)..at.from).any(|k| {
            matches!(self.page.low(k), "be" | "i'm")
                && matches!(self.page.low(k + 1), "in" | "at")
                && place(k + 2)
                && !self.wall_between(k, at.from)
        })
    }

    /// The clause of a date speaks of the past.
    fn is_gone(&self, at: &Mention) -> bool {
        let cues = self.cues_in(self.page.sentence(at.from));
        let clause = |cue: &&Cue| {
            cue.from < at.from && !self.wall_between(cue.to, at.from)
                || cue.from >= at.to && !self.wall_between(at.to, cue.from)
                || cue.from >= at.from && cue.to <= at.to
        };
        let has = |sign: Sign| cues.iter().filter(clause).any(|cue| cue.sign == sign);
        has(Sign::Gone) && !has(Sign::Will)
    }

    /// `January or February`, `Q1-Q2`: the first is soon enough.
    fn is_second(&self, n: usize) -> bool {
        let Some(first) = n.checked_sub(1).map(|n| &self.mentions[n]) else { return false };
        let from = self.mentions[n].from;
        from > first.to
            && from - first.to <= 2
            && (first.to..from).all(|k| matches!(self.page.low(k), "or" | "and" | "-" | "/" | "to"))
            && self.is_open_date(first)
            && !self.is_turned_down(first)
    }

    /// "January 11 or later, please."
    fn is_fragment(&self, at: &Mention) -> bool {
        let sentence = self.page.sentence(at.from);
        let from = self.page.words.partition_point(|word| word.sentence < sentence);
        let to = self.page.words.partition_point(|word| word.sentence <= sentence);
        to - from <= 9
    }

    /// "nothing this year", "out from the 17th to the 28th": what is meant comes after it.
    fn is_running(&self, n: usize) -> bool {
        let at = &self.mentions[n];
        let on = matches!(at.prep, Prep::On | Prep::From);
        let running = self.runs(at) && self.is_barren(at);
        let away = at.at.grain == Grain::Day && at.at.last > at.at.first;
        on && (running || away)
    }

    /// The sentence says that there is nothing to be had.
    fn is_barren(&self, at: &Mention) -> bool {
        let sentence = self.page.sentence(at.from);
        let from = self.page.words.partition_point(|word| word.sentence < sentence);
        let to = self.page.words.partition_point(|word| word.sentence <= sentence);
        let spent = |word: &str| {
            matches!(
                word,
                "full"
                    | "gone"
                    | "done"
                    | "spent"
                    | "frozen"
                    | "closed"
                    | "locked"
                    | "over"
                    | "staffed"
                    | "set"
                    | "money's"
                    | "brutal"
                    | "slammed"
            )
        };
        self.in_sentence(at, Sign::Not) || self.page.words[from..to].iter().any(|word| spent(word.low))
    }

    fn runs(&self, at: &Mention) -> bool {
        at.at.first <= self.now && at.at.last > self.now && at.at.grain != Grain::Day && at.at.grain != Grain::Ahead
    }

    fn in_sentence(&self, at: &Mention, sign: Sign) -> bool {
        self.cues_in(self.page.sentence(at.from)).iter().any(|cue| cue.sign == sign)
    }

    /// The cues of a sentence.
    pub(super) fn cues_in(&self, sentence: u32) -> &[Cue] {
        let from = self.cues.partition_point(|cue| self.page.sentence(cue.from) < sentence);
        let to = self.cues.partition_point(|cue| self.page.sentence(cue.from) <= sentence);
        &self.cues[from..to]
    }

    /// The dates of some sentences, numbered as in the whole text.
    fn mentions_in(&self, first: u32, last: u32) -> impl Iterator<Item = (usize, &Mention)> {
        let from = self.mentions.partition_point(|at| self.page.sentence(at.from) < first);
        let to = self.mentions.partition_point(|at| self.page.sentence(at.from) <= last);
        (from..).zip(&self.mentions[from..to.max(from)])
    }

    pub(super) fn wall_between(&self, from: usize, to: usize) -> bool {
        (from..to).any(|k| matches!(self.page.lex(k), Lex::Mark(',' | ':' | ';' | '-' | '(' | ')')) || self.page.low(k) == "but")
    }

    /// A deadline's words stand before the date in its clause.
    fn is_deadline(&self, at: &Mention) -> bool {
        let here = self.cues_in(self.page.sentence(at.from));
        let near =
            |cue: &&Cue| cue.sign == Sign::Deadline && cue.to <= at.to && cue.to + 6 > at.from && !self.wall_between(cue.to, at.from);
        here.iter().filter(near).any(|cue| !here.iter().any(|ask| ask.sign == Sign::Ask && ask.to >= cue.to && ask.to <= at.from))
    }
}
