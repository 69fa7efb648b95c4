//! Weeks, months, quarters and years: `next week`, `mid-January`, `in six weeks`, `the week of the 12th`, `Q2`.

use super::super::lexicon::{Lex, Part, Unit, Which};
use super::super::spans::{self, Grain, Stretch, ahead, later, nth_week, week, weekday_after, weekday_in};
use super::{Calendar, Found, Leans};

impl Calendar<'_> {
    /// `mid-January`, `end of the month`, `early next week`, `late Q2`.
    pub(super) fn part(&self, i: usize, part: Part) -> Option<Found> {
        let (mut part, mut j) = (part, i + 1);
        if matches!(self.page.low(j), "-" | "to" | "or") && matches!(self.page.lex(j + 1), Lex::Mark('-')) {
            j += 1;
        }
        for _ in 0..2 {
            j += usize::from(matches!(self.page.low(j), "-" | "to" | "or" | "/"));
            if let Lex::Part(second) = self.page.lex(j) {
                j += 1;
                part = if part == Part::Mid { Part::Mid } else { second };
            }
        }
        let needs_of = matches!(self.page.low(i), "end" | "beginning" | "start" | "middle" | "latter");
        let glued = self.page.low(i + 1) == "-";
        j += usize::from(matches!(self.page.low(j), "half" | "part"));
        let of = matches!(self.page.low(j), "of" | "in" | "on");
        if needs_of && !of && !glued && !matches!(self.page.lex(j), Lex::Month(_)) {
            return None;
        }
        j += usize::from(of);
        let inner = self.long_stretch(j)?;
        let closing = part == Part::End;
        let at = inner.at.part(part);
        let unit = matches!(self.page.lex(inner.end - 1), Lex::Unit(_) | Lex::Month(_));
        let gone = at.last <= self.now && unit && inner.at.last >= self.now;
        let named = matches!(self.page.lex(inner.end - 1), Lex::Month(_));
        let next = if named { spans::month(inner.at.first, 12) } else { again(inner.at) };
        let at = if gone { next.part(part) } else { at };
        let at = if part == Part::Late && at.first <= self.now { Stretch { first: ahead(self.now, 14).min(at.last), ..at } } else { at };
        Some(Found { at, closing, doubtful: false, rest: inner.rest && part == Part::Early, ..inner })
    }

    /// A week, month, quarter, season or year that a part can be taken of.
    fn long_stretch(&self, i: usize) -> Option<Found> {
        let i = i + usize::from(matches!(self.page.low(i), "the" | "our" | "your" | "'"));
        if let Some(found) = self.named(i) {
            return Some(found);
        }
        let found = match self.page.lex(i) {
            _ if self.page.low(i) == "that" => self.that(i)?,
            Lex::Month(_) => self.month(i)?,
            Lex::Which(which) => self.which(i, which)?,
            Lex::Season(_) => self.season_at(i, false)?,
            Lex::Unit(unit) => Found::new(self.current(unit)?, i + 1),
            Lex::Ordinal(n) => self.ordinal(i, n)?,
            Lex::Number(..) => self.number(i)?,
            _ => self.short_form(i)?,
        };
        (found.at.grain != Grain::Day && found.at.grain != Grain::Ahead).then_some(found)
    }

    /// `that month`
    fn that(&self, i: usize) -> Option<Found> {
        let (Lex::Unit(unit), Some(last)) = (self.page.lex(i + 1), self.last.get()) else { return None };
        let at = match unit {
            Unit::Day => return None,
            Unit::Week => week(last.first),
            Unit::Month => spans::month(last.first, 0),
            Unit::Quarter => spans::quarter(last.first, 0),
            Unit::Year => spans::year(last.first, 0),
        };
        Some(Found::new(at, i + 2))
    }

    fn current(&self, unit: Unit) -> Option<Stretch> {
        match unit {
            Unit::Day => None,
            Unit::Week => Some(week(self.now)),
            Unit::Month => Some(spans::month(self.now, 0)),
            Unit::Quarter => Some(spans::quarter(self.now, 0)),
            Unit::Year => Some(spans::year(self.now, 0)),
        }
    }

    /// `second week of January`, `first Monday in February`, `third quarter`, `first of the month`.
    pub(super) fn ordinal(&self, i: usize, n: i32) -> Option<Found> {
        let mut j = i + 1;
        while matches!(self.page.low(j), "full" | "working" | "business" | "calendar" | "few" | "couple" | "of" | "two") && j < i + 4 {
            if self.page.low(j) == "of" && self.page.low(i + 1) == "of" {
                break;
            }
            j += 1;
        }
        match self.page.lex(j) {
            Lex::Unit(Unit::Quarter) if (1..=4).contains(&n) => Some(self.quarter(n, j + 1)),
            Lex::Unit(Unit::Week) => {
                let Some(inner) = self.of_stretch(j + 1) else {
                    let bare = matches!(self.page.lex(j + 1), Lex::Mark(_)) || j + 1 >= self.page.words.len();
                    return bare.then(|| Found { leans: Leans::NthWeek(n), ..Found::new(week(self.now), j + 1) });
                };
                Some(Found::new(nth_week_of(inner.at, n), inner.end))
            }
            Lex::Unit(Unit::Day) => self.of_stretch(j + 1).map(|inner| Found::new(Stretch { grain: Grain::Week, ..inner.at }, inner.end)),
            Lex::Weekday(day, _) => {
                let inner = self.of_stretch(j + 1).filter(|inner| inner.at.grain == Grain::Month)?;
                let date = inner.at.first.nth_weekday_of_month(i8::try_from(n).ok()?, day).ok()?;
                Some(Found::new(Stretch::day(date), inner.end))
            }
            _ if matches!(self.page.low(j), "half" | "part") => {
                let bare = matches!(self.page.lex(j + 1), Lex::Mark(_)) && (1..=2).contains(&n) && self.page.low(j) == "half";
                if bare {
                    return Some(self.half_year(n, j + 1));
                }
                let inner = self.of_stretch(j + 1)?;
                Some(Found::new(half(inner.at, n), inner.end))
            }
            _ if n == 1 && self.page.phrase(i + 1, &["of", "the", "month"]).is_some() => {
                Some(Found::new(Stretch::day(spans::month(self.now, 1).first), i + 4))
            }
            _ if n == 1 && self.page.phrase(i + 1, &["of", "next", "month"]).is_some() => {
                Some(Found::new(Stretch::day(spans::month(self.now, 1).first), i + 4))
            }
            _ => None,
        }
    }

    /// `1st week of January`, `2nd quarter`.
    pub(super) fn numbered(&self, i: usize) -> Option<Found> {
        match self.page.lex(i) {
            Lex::Number(n @ 1..=5, _, true) => self.ordinal(i, n),
            Lex::Number(n @ 1..=4, 1, false) if self.page.low(i + 1) == "q" && self.page.glued(i + 1) => Some(self.quarter(n, i + 2)),
            _ => None,
        }
    }

    fn of_stretch(&self, i: usize) -> Option<Found> {
        let of = matches!(self.page.low(i), "of" | "in" | "for");
        self.long_stretch(i + usize::from(of)).filter(|_| of || matches!(self.page.lex(i), Lex::Month(_)))
    }

    /// `next week`, `this fall`, `next Tuesday`, `last month`, `next few weeks`.
    pub(super) fn which(&self, i: usize, which: Which) -> Option<Found> {
        if let (Some(j), Lex::Unit(unit)) = (self.page.phrase(i, &["this", "time", "next"]), self.page.lex(i + 3)) {
            return Some(Found::new(Stretch { grain: Grain::Ahead, ..Stretch::day(later(self.now, 1, unit)) }, j + 1));
        }
        if which == Which::This && self.page.low(i + 1) == "next" {
            return None;
        }
        let mut j = i + 1;
        while matches!(self.page.low(j), "coming" | "upcoming" | "full" | "calendar" | "next" | "past" | "last") && j < i + 3 {
            j += 1;
        }
        if which == Which::Past
            && self.page.low(i) == "last"
            && let Some(found) = self.ordinal(i, -1)
        {
            return Some(found);
        }
        let past = which == Which::Past;
        let found = match self.page.lex(j) {
            Lex::Weekday(day, _) if self.page.low(i) == "following" => {
                return Some(Found { leans: Leans::Weekday(day), ..self.which_weekday(which, day, j) });
            }
            Lex::Weekday(day, _) => return Some(self.which_weekday(which, day, j)),
            Lex::Unit(Unit::Day) if which == Which::Next => {
                Found { leans: Leans::Next, ..Found::new(Stretch::day(ahead(self.now, 1)), j + 1) }
            }
            Lex::Unit(unit) => Found::new(self.which_unit(which, unit)?, j + 1),
            Lex::Month(_) => self.month(j)?,
            Lex::Season(_) if which == Which::Next => self.next_season(j)?,
            Lex::Season(_) => self.season_at(j, which == Which::This && j == i + 1)?,
            Lex::Count(_) | Lex::Number(..) if which == Which::This && j == i + 1 => return None,
            Lex::Count(_) | Lex::Number(..) => self.count_of(j).map(|(n, unit, end)| self.away(n, unit, end))?,
            _ if which == Which::This && matches!(self.page.low(j), "morning" | "afternoon" | "evening") => {
                Found::new(Stretch::day(self.now), j)
            }
            _ if self.page.low(j) == "weekend" => self.short_form(j)?,
            _ => self.named(j)?,
        };
        let leans = if self.page.low(i) == "following" { Leans::Next } else { found.leans };
        if leans == Leans::Next && found.at.grain == Grain::Day {
            return None;
        }
        Some(Found { past: past || found.past, leans, ..found })
    }

    fn which_unit(&self, which: Which, unit: Unit) -> Option<Stretch> {
        let n = match which {
            Which::This => 0,
            Which::Next => 1,
            Which::Past => -1,
        };
        Some(match unit {
            Unit::Day => return None,
            Unit::Week => week(ahead(week(self.now).first, 7 * n)),
            Unit::Month => spans::month(self.now, n),
            Unit::Quarter => spans::quarter(self.now, n),
            Unit::Year => spans::year(self.now, n),
        })
    }

    fn which_weekday(&self, which: Which, day: jiff::civil::Weekday, j: usize) -> Found {
        if let Some(dated) = self.weekday(j, None).filter(|found| found.end > j + 2) {
            return dated;
        }
        let monday = week(self.now).first;
        let date = match which {
            Which::This => weekday_after(self.now, day),
            Which::Next => weekday_in(ahead(monday, 7), day),
            Which::Past => ahead(weekday_after(self.now, day), -7),
        };
        Found { past: which == Which::Past, ..Found::new(Stretch::day(date), self.page.skip(j + 1, '.')) }
    }

    /// `in the fall`, `spring`; the verbs are left alone.
    pub(super) fn season(&self, i: usize) -> Option<Found> {
        let before = i.wrapping_sub(1);
        let opens = matches!(self.page.low(i + 1), "is" | "works" | "would" | "looks" | "might" | "should");
        let led = opens
            || matches!(self.page.lex(before), Lex::Prep(_) | Lex::Part(_) | Lex::Which(_) | Lex::Filler | Lex::Mark('-'))
            || (matches!(self.page.lex(i + 1), Lex::Mark('?')) && self.page.words[i].capital)
            || matches!(self.page.low(before), "the" | "of" | "sometime" | "maybe" | "come" | "to" | "or" | "and" | "about");
        if led { self.season_at(i, false) } else { None }
    }

    /// "next fall" is the one of next year.
    fn next_season(&self, i: usize) -> Option<Found> {
        let found = self.season_at(i, false)?;
        let same_year = found.at.first.year() == self.now.year() && self.now.month() > 2 && self.page.low(i) != "winter";
        let first = later(found.at.first, i32::from(same_year), Unit::Year);
        Some(Found { at: Stretch { first, last: spans::month(first, 2).last, ..found.at }, ..found })
    }

    /// The season named; `running` allows the one that has begun.
    fn season_at(&self, i: usize, running: bool) -> Option<Found> {
        let Lex::Season(month) = self.page.lex(i) else { return None };
        if matches!(self.page.low(i + 1), "meeting" | "conference" | "symposium" | "summit" | "convention" | "retreat") {
            return None;
        }
        let ahead_by = (i32::from(month) - i32::from(self.now.month())).rem_euclid(12);
        let first = if running && ahead_by >= 10 { spans::month(self.now, ahead_by - 12) } else { spans::month(self.now, ahead_by) }.first;
        let (year, end) = match self.page.lex(i + 1 + usize::from(self.page.low(i + 1) == "of")) {
            Lex::Number(year @ 2020..=2060, 4, _) => (Some(year), i + 2 + usize::from(self.page.low(i + 1) == "of")),
            _ => (None, i + 1),
        };
        let first = year.map_or(first, |year| later(first, year - i32::from(first.year()), Unit::Year));
        // a season that has just begun is not meant from its first day, but from the next month on
        let begun = first <= self.now && year.is_none() && !running;
        let at = Stretch::new(if begun { spans::month(self.now, 1).first } else { first }, spans::month(first, 2).last, Grain::Quarter);
        Some(Found { past: at.last < self.now, ..Found::new(at, end) })
    }

    /// `the week of the 12th`, `week after next`, `year-end`, `day after tomorrow`.
    pub(super) fn unit(&self, i: usize) -> Option<Found> {
        let Lex::Unit(unit) = self.page.lex(i) else { return None };
        if self.page.low(i + 1) == "-" && self.page.low(i + 2) == "end" || self.page.low(i + 1) == "end" {
            let end = i + 2 + usize::from(self.page.low(i + 1) == "-");
            return Some(Found { closing: true, ..Found::new(self.current(unit)?.part(Part::End), end) });
        }
        match unit {
            Unit::Day => self.page.phrase(i, &["day", "after", "tomorrow"]).map(|end| Found::new(Stretch::day(ahead(self.now, 2)), end)),
            Unit::Week => self.week_named(i),
            Unit::Month if self.page.phrase(i + 1, &["after", "next"]).is_some() => Some(Found::new(spans::month(self.now, 2), i + 3)),
            _ => None,
        }
    }

    fn week_named(&self, i: usize) -> Option<Found> {
        if matches!(self.page.low(i + 1), "prochaine" | "próxima" | "prossima") {
            return Some(Found::new(week(ahead(week(self.now).first, 7)), i + 2));
        }
        if let Some(end) = self.page.phrase(i + 1, &["after", "next"]) {
            return Some(Found::new(week(ahead(week(self.now).first, 14)), end));
        }
        let after = matches!(self.page.low(i + 1), "after" | "following");
        if !after && !matches!(self.page.low(i + 1), "of" | "beginning" | "starting" | "commencing") {
            return None;
        }
        let Some(base) = self.day_at(i + 2) else {
            let next = Found::new(week(ahead(week(self.now).first, 7)), i + 2);
            return after.then_some(Found { leans: Leans::Next, ..next });
        };
        let found = if after { week(ahead(week(base.at.last).first, 7)) } else { week(base.at.first) };
        let leans = if after { Leans::No } else { base.leans };
        Some(Found { doubtful: base.doubtful, past: base.past, leans, ..Found::new(found, base.end) })
    }

    /// A day that something else is counted from.
    pub(super) fn day_at(&self, i: usize) -> Option<Found> {
        let mut i = i;
        while matches!(self.page.low(i), "the" | "on" | "our" | "my" | "your") {
            i += 1;
        }
        if let Some(named) = self.named(i) {
            return Some(named);
        }
        match self.page.lex(i) {
            Lex::Month(_) => self.month(i),
            Lex::Number(..) => self.number(i).filter(|found| found.at.grain == Grain::Day),
            Lex::Weekday(..) => self.weekday(i, None),
            Lex::Which(which) => self.which(i, which),
            Lex::Ordinal(n) => self.ordinal(i, n).or_else(|| self.spelt_day(i, n)),
            Lex::Part(part) => self.part(i, part),
            Lex::Ahead(n) => Some(Found::new(Stretch::day(ahead(self.now, n)), i + 1)),
            _ => None,
        }
    }

    fn quarter(&self, n: i32, end: usize) -> Found {
        let this = i32::from((self.now.month() - 1) / 3 + 1);
        let mut j = end + usize::from(matches!(self.page.low(end), "of" | "'" | "fy" | "," | "-"));
        j += usize::from(self.page.low(j) == "fy") + usize::from(self.page.low(j) == "'");
        let year = match self.page.lex(j) {
            Lex::Number(year @ 2020..=2060, 4, false) => Some(year),
            Lex::Number(short @ 20..=60, 2, false) if j > end => Some(2000 + short),
            Lex::Which(Which::Next) if self.page.low(j + 1) == "year" => Some(i32::from(self.now.year()) + 1),
            _ => None,
        };
        let Some(year) = year else { return Found::new(spans::quarter(self.now, (n - this - 1).rem_euclid(4) + 1), end) };
        let at = spans::quarter(self.now, (year - i32::from(self.now.year())) * 4 + n - this);
        let end = j + if self.page.low(j) == "next" { 2 } else { 1 };
        Found { past: at.last < self.now, ..Found::new(at, end) }
    }

    /// `Q2`, `H1`, `EOM`, `the weekend`.
    pub(super) fn short_form(&self, i: usize) -> Option<Found> {
        let number = match self.page.lex(i + 1) {
            Lex::Number(n, 1, false) if self.page.glued(i + 1) || self.page.low(i) == "quarter" => n,
            _ => 0,
        };
        let closing = |at: Stretch| Some(Found { closing: true, ..Found::new(at.part(Part::End), i + 1) });
        match (self.page.low(i), number) {
            ("rest" | "remainder" | "balance", _) if self.page.low(i + 1) == "of" => {
                self.long_stretch(i + 2).map(|inner| Found { through: true, ..inner })
            }
            ("back" | "front", _) if self.page.low(i + 1) == "half" => {
                let n = if self.page.low(i) == "front" { 1 } else { 2 };
                let inner = self.of_stretch(i + 2).filter(|inner| matches!(inner.at.grain, Grain::Month | Grain::Year));
                inner.map(|inner| Found::new(half(inner.at, n), inner.end))
            }
            ("q", 1..=4) => Some(self.quarter(number, i + 2)),
            ("h", 1..=2) => Some(self.half_year(number, i + 2)),
            ("eow", _) => closing(week(self.now)),
            ("eom", _) => closing(spans::month(self.now, 0)),
            ("eoq", _) => closing(spans::quarter(self.now, 0)),
            ("eoy" | "ye", _) => closing(spans::year(self.now, 0)),
            ("weekend", _) => {
                let saturday = ahead(week(self.now).first, 5);
                Some(Found::new(Stretch::new(saturday, ahead(saturday, 1), Grain::Day), i + 1))
            }
            _ => None,
        }
    }

    fn half_year(&self, n: i32, end: usize) -> Found {
        let quarter = self.quarter(if n == 1 { 1 } else { 3 }, end);
        let at = Stretch { last: spans::month(quarter.at.first, 5).last, ..quarter.at };
        Found { at, rest: n == 1, ..quarter }
    }
}

fn half(at: Stretch, n: i32) -> Stretch {
    let days = (at.last - at.first).get_days() + 1;
    if n == 1 {
        return Stretch { last: ahead(at.first, days / 2), ..at };
    }
    let first = match at.grain {
        Grain::Month => ahead(at.first, 15),
        Grain::Year => spans::month(at.first, 6).first,
        _ => ahead(at.first, days / 2),
    };
    Stretch { first, ..at }
}

/// The same stretch, next time.
fn again(at: Stretch) -> Stretch {
    match at.grain {
        Grain::Week => week(ahead(at.first, 7)),
        Grain::Month => spans::month(at.first, 1),
        Grain::Quarter => spans::quarter(at.first, 1),
        _ => spans::year(at.first, 1),
    }
}

/// The n-th week of a month, or of the month a longer stretch begins or ends with.
fn nth_week_of(at: Stretch, n: i32) -> Stretch {
    let month = if at.grain == Grain::Month { at } else { spans::month(if n < 0 { at.last } else { at.first }, 0) };
    nth_week(month, n)
}
