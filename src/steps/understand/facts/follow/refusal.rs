//! Dates that are named only to be turned down: `not January`, `Tuesday is out`, `can't do Monday`.

use super::super::cues::{Cue, Sign};
use super::super::dates::Mention;
use super::super::lexicon::{Lex, Prep, Which};
use super::super::spans::Grain;
use super::Scene;

/// Words right behind a date that turn it down.
const AFTER: &[&str] = &[
    "doesn't",
    "won't",
    "isn't",
    "no",
    "not",
    "out",
    "booked",
    "bad",
    "full",
    "packed",
    "tough",
    "taken",
    "gone",
    "impossible",
    "hard",
    "crazy",
    "mess",
    "nuts",
    "slammed",
    "busy",
    "insane",
    "brutal",
    "closed",
    "blocked",
    "swamped",
];

impl Scene<'_> {
    /// A word that turns the cue round stands shortly before it.
    pub(in super::super) fn is_negated(&self, at: usize) -> bool {
        self.cues_in(self.page.sentence(at))
            .iter()
            .any(|cue| cue.sign == Sign::Not && cue.to <= at && cue.to + 3 > at && !self.wall_between(cue.to, at))
    }

    /// "not January", "rather than Tuesday"
    pub(in super::super) fn is_turned_down(&self, at: &Mention) -> bool {
        !matches!(at.prep, Prep::Before | Prep::Until | Prep::From | Prep::After)
            && self.cues_in(self.page.sentence(at.from)).iter().any(|cue| {
                cue.sign == Sign::Not
                    && !self.is_lack(cue)
                    && cue.to <= at.from
                    && cue.to + 2 > at.from
                    && !self.wall_between(cue.to, at.from)
            })
    }

    /// "nothing until Q3" turns no date down.
    pub(in super::super) fn is_lack(&self, cue: &Cue) -> bool {
        matches!(self.page.low(cue.from), "nothing" | "no" | "none" | "nobody" | "hardly")
    }

    /// "we won't be hiring in the summer"
    pub(in super::super) fn is_denied(&self, at: &Mention) -> bool {
        let plain = matches!(at.prep, Prep::On | Prep::Within) && at.at.grain != Grain::Day;
        plain
            && self.cues_in(self.page.sentence(at.from)).iter().any(|cue| {
                let near = cue.to <= at.from && cue.to + 7 > at.from && !self.wall_between(cue.to, at.from);
                cue.sign == Sign::Not && !self.is_lack(cue) && near
            })
            || self.no_need(at)
    }

    /// "no need to wait a full quarter"
    fn no_need(&self, at: &Mention) -> bool {
        (at.from.saturating_sub(6)..at.from).any(|k| self.page.phrase(k, &["no", "need"]).is_some() && !self.wall_between(k, at.from))
    }

    /// "October is full", "Tuesday is out"
    pub(in super::super) fn is_spoilt(&self, at: &Mention) -> bool {
        let to = at.to + usize::from(matches!(self.page.low(at.to), "is" | "are" | "'s" | "just" | "really" | "i'm" | "looks" | "was"));
        let by = to + usize::from(matches!(self.page.low(to), "a" | "all" | "totally" | "completely" | "too" | "pretty" | "already"));
        AFTER.contains(&self.page.low(by))
            && (to > at.to || !matches!(self.page.low(by), "no" | "not" | "out" | "gone" | "hard" | "closed" | "full" | "busy") || by > to)
    }

    /// "can't do Tuesday", "Tuesday is out"
    pub(in super::super) fn is_refused(&self, at: &Mention) -> bool {
        let cues = self.cues_in(self.page.sentence(at.from));
        let listed = |cue: &Cue| cue.sign == Sign::Not && cue.to <= at.from + 1 && cue.to + 6 > at.from && self.is_list(cue.to, at.from);
        let before = self.page.low(at.from.wrapping_sub(1));
        let but = matches!(before, "than" | "except") || (before == "but" && self.page.low(at.from.wrapping_sub(3)) == "any");
        but || self.is_spoilt(at) || cues.iter().any(listed)
    }

    /// Only list words and verbs of doing stand between.
    fn is_list(&self, from: usize, to: usize) -> bool {
        const VERBS: &[&str] = &[
            "or",
            "and",
            "do",
            "make",
            "available",
            "free",
            "work",
            "meet",
            "talk",
            "open",
            "around",
            "it",
            "be",
            ",",
            "either",
            "there",
            "in",
            "any",
        ];
        (from..to).all(|k| {
            matches!(self.page.lex(k), Lex::Weekday(..) | Lex::Filler | Lex::Prep(Prep::On) | Lex::Which(Which::This | Which::Next))
                || VERBS.contains(&self.page.low(k))
        })
    }
}
