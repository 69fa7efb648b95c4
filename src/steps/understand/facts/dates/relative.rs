//! Dates that lean on the date named just before: `the Monday after`, `the following week`, `the 16th`, `a week after that`.

use super::super::lexicon::Lex;
use super::super::spans::{self, Grain, Stretch, civil, later, nth_week, week, weekday_after};
use super::{Calendar, Found, Leans, Mention};

impl Calendar<'_> {
    /// The date meant, given the one named before it; `None` when it makes no sense without one.
    pub(super) fn leaning(&self, i: usize, found: Found, last: Option<&Mention>) -> Option<Found> {
        let near = last.filter(|last| self.page.sentence(last.from) + 1 >= self.page.sentence(i) && !last.past);
        let Some(base) = near else {
            return match found.leans {
                Leans::Weekday(_) | Leans::NthWeek(_) => None,
                _ => Some(found),
            };
        };
        let day = |day| Some(Found { at: Stretch::day(day), ..found });
        match found.leans {
            Leans::Weekday(weekday) => day(weekday_after(base.at.last, weekday)),
            Leans::Away(n, unit) if base.at.last > self.now => {
                let from = if base.at.grain == Grain::Day || base.at.grain == Grain::Ahead { base.at.last } else { base.at.first };
                Some(Found { at: Stretch { grain: Grain::Ahead, ..Stretch::day(later(from, n, unit)) }, ..found })
            }
            Leans::NthWeek(n) if base.at.grain == Grain::Month => Some(Found { at: nth_week(spans::month(base.at.first, 0), n), ..found }),
            Leans::NthWeek(_) => None,
            Leans::List(weekday) if self.is_list(i, base) => day(weekday_after(base.at.last, weekday)),
            Leans::Next => Some(Found { at: following(found.at, base), ..found }),
            Leans::Day(n) => Some(self.in_month_of(i, found, base, n)),
            Leans::No | Leans::List(_) | Leans::Away(..) => Some(found),
        }
    }

    /// `Thursday or Friday`: the second is the one after the first.
    fn is_list(&self, i: usize, base: &Mention) -> bool {
        let joined = (base.to..i).all(|k| matches!(self.page.low(k), "or" | "and" | "," | "/" | "&"));
        let weekday = (base.from..base.to).any(|k| matches!(self.page.lex(k), Lex::Weekday(..)));
        let or = self.page.low(i.wrapping_sub(1)) == "or" && self.page.sentence(base.from) + 1 >= self.page.sentence(i);
        (or || (joined && base.to < i && i - base.to <= 2)) && weekday && base.at.grain == Grain::Day && base.at.last > self.now
    }

    /// "mid-February … the 16th": the day of that month, when it is still to come.
    fn in_month_of(&self, i: usize, found: Found, base: &Mention, n: i32) -> Found {
        let here = self.page.sentence(base.from) == self.page.sentence(i);
        let named = (base.from..base.to).any(|k| matches!(self.page.lex(k), Lex::Month(_)));
        let close = named && (here || base.at.grain == Grain::Month);
        let date = civil(base.at.last.year().into(), base.at.last.month().into(), n).filter(|date| *date > self.now);
        match date.filter(|_| close) {
            Some(date) if found.at.grain == Grain::Week => Found { at: week(date), ..found },
            Some(date) if found.at.first == found.at.last => Found { at: Stretch::day(date), ..found },
            _ => found,
        }
    }
}

/// The next stretch of the same length.
fn following(at: Stretch, base: &Mention) -> Stretch {
    match at.grain {
        Grain::Week => week(spans::ahead(week(base.at.last).first, 7)),
        Grain::Month => spans::month(base.at.last, 1),
        Grain::Day => Stretch::day(spans::ahead(base.at.last, 1)),
        _ => at,
    }
}
