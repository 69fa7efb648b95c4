//! A date is corrected, narrowed or explained by the one that follows it.

use super::super::cues::{Cue, Sign};
use super::super::dates::Mention;
use super::super::lexicon::Prep;
use super::super::spans::{Grain, ahead};
use super::Scene;

impl Scene<'_> {
    /// The date that a correction puts in place of the chosen one.
    pub(super) fn corrected(&self, chosen: usize) -> (usize, Prep) {
        let (mut now, mut prep) = (chosen, self.mentions[chosen].prep);
        for (n, at) in self.mentions.iter().enumerate().skip(chosen + 1) {
            let from = self.mentions[now].to;
            if at.from > from + 12 {
                break;
            }
            let fixes = |cue: &Cue| cue.sign == Sign::Fix && cue.from >= from && cue.to <= at.from + 2;
            if self.narrows(now, at) || self.explains(now, at) {
                now = n;
                prep = if at.prep == Prep::On { prep } else { at.prep };
                continue;
            }
            if self.settles_on(now, at) {
                (now, prep) = (n, at.prep);
                continue;
            }
            let sentences = [self.page.sentence(from), self.page.sentence(at.from)];
            if sentences.iter().any(|sentence| self.cues_in(*sentence).iter().any(fixes)) && self.is_open_date(at) {
                (now, prep) = (n, at.prep);
            }
        }
        (now, prep)
    }

    /// "Q1, early February": a shorter stretch inside the longer one.
    fn narrows(&self, chosen: usize, at: &Mention) -> bool {
        let wide = &self.mentions[chosen];
        let inside = at.at.first >= wide.at.first && at.at.last <= wide.at.last && at.at != wide.at;
        let close = at.from <= wide.to + 7 && self.page.sentence(at.from) == self.page.sentence(wide.from);
        let told = (wide.to..at.from).any(|k| matches!(self.page.low(k), ";" | "i'll" | "i'm" | "we're" | "i" | "we"));
        inside
            && close
            && !told
            && wide.at.grain > at.at.grain
            && wide.at.grain != Grain::Ahead
            && matches!(wide.prep, Prep::On | Prep::From | Prep::Until)
            && self.is_open_date(at)
    }

    /// "once Q4 is behind us, mid-January or so"
    fn settles_on(&self, chosen: usize, at: &Mention) -> bool {
        let vague = &self.mentions[chosen];
        let apart = matches!(self.page.low(vague.to), "," | "(") || (vague.to..at.from).any(|k| self.page.low(k) == ",");
        let close = at.from <= vague.to + 6 && self.page.sentence(at.from) == self.page.sentence(vague.from);
        let later = at.day(self.now) >= vague.day(self.now) && at.day(self.now) <= ahead(vague.day(self.now), 60);
        (vague.prep == Prep::After || vague.rest)
            && apart
            && close
            && later
            && self.is_open_date(at)
            && !matches!(at.prep, Prep::By | Prep::Since)
    }

    /// "the new fiscal year (ours begins February 1)"
    fn explains(&self, chosen: usize, at: &Mention) -> bool {
        let vague = &self.mentions[chosen];
        let close = at.from <= vague.to + 9 && self.page.sentence(at.from) == self.page.sentence(vague.from);
        let says = (vague.to..at.from).any(|k| matches!(self.page.low(k), "(" | "starts" | "begins" | "ie" | "meaning" | "so"));
        close && says && vague.at.grain > Grain::Week && vague.at.grain != Grain::Ahead && self.is_open_date(at)
    }
}
