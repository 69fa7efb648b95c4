//! Hours of the day as people write them: `3`, `10:30a PT`, `between 2 and 4 Central`, `any time after noon`, `Wed morning`.

use jiff::tz::TimeZone;

use super::cues::stands;
use super::lexicon::Lex;
use super::named::ALMANAC;
use super::words::Page;

mod face;

use face::{Face, Half, end_after, face, settle};

/// Minutes after midnight.
pub type Minutes = i32;

/// Which hours are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    /// A point, or a stretch with its end.
    At(Minutes, Option<Minutes>),
    /// From then on.
    From(Minutes),
    /// Up to then.
    Before(Minutes),
    /// A part of the day: from, to; gives way to a plain hour beside it.
    Part(Minutes, Minutes),
}

/// Hours named in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// First word, preposition included.
    pub from: usize,
    /// First word after it, the zone included.
    pub to: usize,
    /// The hours.
    pub hours: Hours,
    /// Index of the zone in the almanac.
    pub zone: Option<usize>,
}

/// All hours of a text; words that `taken` says belong to a date are left alone.
pub fn clocks(page: &Page<'_>, taken: impl Fn(usize) -> bool) -> Vec<Clock> {
    let mut all: Vec<Clock> = Vec::new();
    let mut i = 0;
    while i < page.words.len() {
        let after_clock = all.last().is_some_and(|last| last.to + 2 >= i && last.to <= i);
        let found = if taken(i) { None } else { hours_at(page, i, after_clock, &taken).or_else(|| part_at(page, i)) };
        match found {
            Some(clock) => {
                i = clock.to.max(i + 1);
                all.push(clock);
            }
            None => i += 1,
        }
    }
    all
}

/// The zone of the almanac as a zone with its summer time.
pub fn zone(n: usize) -> Option<TimeZone> {
    TimeZone::get(ALMANAC.zones.get(n)?).ok()
}

/// Every zone a text names, with the word it stands at.
pub fn zones(page: &Page<'_>) -> Vec<(usize, usize)> {
    let named = |i: usize| {
        let (n, end) = zone_at(page, i)?;
        let loud = page.words[i].capital && page.words[i].end - page.words[i].start >= 2;
        (end > i + 1 || loud).then_some((i, n))
    };
    (0..page.words.len()).filter_map(named).collect()
}

fn zone_at(page: &Page<'_>, i: usize) -> Option<(usize, usize)> {
    let list = ALMANAC.zone_phrases.get(page.low(i))?;
    list.iter().find_map(|(rest, n)| stands(page, i + 1, rest).map(|end| (*n, end)))
}

/// The zone right after an hour, past an opening bracket.
fn zone_after(page: &Page<'_>, i: usize) -> (Option<usize>, usize) {
    let j = i + usize::from(matches!(page.low(i), "(" | "us"));
    match zone_at(page, j) {
        Some((n, end)) => (Some(n), if j > i { page.skip(end, ')') } else { end }),
        None => (None, i),
    }
}

fn hours_at(page: &Page<'_>, i: usize, after_clock: bool, taken: &impl Fn(usize) -> bool) -> Option<Clock> {
    let start = face(page, i)?;
    let (from, lead) = lead(page, i);
    let range = range_end(page, i, start);
    if range.is_some() && is_moved(page, i) {
        return None;
    }
    let end_of = range.map_or(start.end, |face| face.end);
    let (zone, mut to) = zone_after(page, end_of);
    let listed = after_clock && matches!(page.low(i.wrapping_sub(1)), "or" | "and" | "," | "/" | "so" | "maybe" | "then");
    let pair = matches!(page.low(end_of), "or" | "and") && face(page, end_of + 1).is_some_and(|next| next.plain);
    let mine = matches!(page.low(to), "mine") || page.phrase(to, &["my", "time"]).is_some();
    let asked = matches!(page.low(i.wrapping_sub(1)), "is" | "does" | "would" | "will")
        && matches!(page.low(to), "too" | "ok" | "okay" | "good" | "work" | "works" | "fine" | "better" | "possible");
    let opens = range.is_some() && matches!(page.low(i.wrapping_sub(1)), "open" | "free" | "available" | "or" | "and");
    let sure = pair
        || opens
        || asked
        || page.low(to) == "sharp"
        || mine
        || start.plain
        || range.is_some_and(|end| end.plain)
        || zone.is_some()
        || lead.is_some()
        || listed
        || (taken(end_of) && (page.low(end_of) == "on" || matches!(page.lex(end_of), Lex::Ahead(_))))
        || after_day(page, i, taken);
    let yours = page.phrase(to, &["your", "time"]).is_some() && (to..to + 8).any(|k| matches!(page.low(k), "my" | "mine"));
    let told_twice = yours || page.phrase(to, &["for", "you"]).is_some();
    if !sure || told_twice || is_other_number(page, i, end_of) {
        return None;
    }
    let hint = half_hint(page, i, to);
    let begin = settle(start, range, hint);
    let hours = match (range, lead) {
        (Some(end), _) => Hours::At(begin, Some(end_after(begin, end))),
        (None, Some(Lead::After)) => Hours::From(begin),
        (None, Some(Lead::Before)) => Hours::Before(begin),
        _ => open_end(page, &mut to).map_or(Hours::At(begin, None), |()| Hours::From(begin)),
    };
    Some(Clock { from, to, hours, zone })
}

/// "move our 10:00 to 11:00": the first hour is given up.
fn is_moved(page: &Page<'_>, i: usize) -> bool {
    (1..=3).any(|back| {
        let verb = page.low(i.wrapping_sub(back));
        matches!(verb, "move" | "moving" | "push" | "pushing" | "shift" | "shifting" | "bump" | "slide" | "change" | "switch")
    })
}

/// `onward`, `or later`, `on` after an hour.
fn open_end(page: &Page<'_>, to: &mut usize) -> Option<()> {
    let end = match (page.low(*to), page.low(*to + 1)) {
        ("onward" | "onwards", _) => *to + 1,
        ("or" | "and", "later" | "after" | "on" | "beyond") => *to + 2,
        _ => return None,
    };
    *to = end;
    Some(())
}

/// The words that lead to an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    At,
    After,
    Before,
}

fn lead(page: &Page<'_>, i: usize) -> (usize, Option<Lead>) {
    let mut k = i;
    while k > 0 && i - k < 3 {
        k -= 1;
        let lead = match page.low(k) {
            "at" | "around" | "@" | "between" | "btw" | "from" | "about" | "maybe" | "say" => Lead::At,
            "after" | "past" | "starting" | "beyond" => Lead::After,
            "before" | "until" | "till" | "til" | "by" => Lead::Before,
            "anytime" | "like" | "roughly" | "~" | "approximately" | "the" | "only" => continue,
            _ => break,
        };
        let (k, lead) = if lead == Lead::At && k > 0 && page.low(k - 1) == "starting" { (k - 1, Lead::After) } else { (k, lead) };
        return (k, Some(lead));
    }
    (i, None)
}

/// A weekday or date stands right before: `Tuesday 3`, `Dec 3, 2`.
fn after_day(page: &Page<'_>, i: usize, taken: &impl Fn(usize) -> bool) -> bool {
    let k = i.wrapping_sub(1 + usize::from(matches!(page.low(i.wrapping_sub(1)), "," | "-" | ":" | "@")));
    let range = matches!(page.low(i + 1), "-" | "to") && matches!(page.lex(i + 2), Lex::Number(1..=12, 1..=2, false));
    let dated = k < i && taken(k);
    (dated && range)
        || (matches!(page.lex(k), Lex::Weekday(..) | Lex::Ahead(_)) && k + 1 == i)
        || (range && matches!(page.low(k), "morning" | "afternoon"))
}

/// Money, telephone, percent, counts of things, dates.
fn is_other_number(page: &Page<'_>, i: usize, end: usize) -> bool {
    let before = page.low(i.wrapping_sub(1));
    let after = page.low(end);
    let counted = matches!(page.lex(end), Lex::Unit(_) | Lex::Number(..) | Lex::Month(_))
        || matches!(
            after,
            "%" | "minutes"
                | "minute"
                | "min"
                | "mins"
                | "hours"
                | "hour"
                | "hrs"
                | "hr"
                | "k"
                | "people"
                | "openings"
                | "positions"
                | "roles"
                | "of"
                | "times"
                | "years"
                | "reviewers"
                | "physicians"
                | "docs"
                | "calls"
                | "cases"
                | "other"
                | "others"
        );
    matches!(before, "$" | "#" | "+" | "ext" | "level" | "version" | "phase" | "tier" | "grade" | "room" | "suite" | "step")
        || counted
        || (after == "/" && page.glued(end) && matches!(page.lex(end + 1), Lex::Number(..)))
        || (after == "-" && page.glued(end) && matches!(page.lex(end + 1), Lex::Number(_, 3.., _)))
        || (after == "." && page.glued(end + 1) && matches!(page.lex(end + 1), Lex::Number(..)))
}

/// `- 4`, `to 4 pm`, `and 4` after `between`.
fn range_end(page: &Page<'_>, i: usize, start: Face) -> Option<Face> {
    let between = (1..=2).any(|back| matches!(page.low(i.wrapping_sub(back)), "between" | "btw"));
    let joined = match page.low(start.end) {
        "-" | "to" | "through" | "until" | "till" | "thru" => true,
        "and" | "&" => between,
        _ => false,
    };
    joined.then_some(())?;
    let j = start.end + 1 + usize::from(matches!(page.low(start.end + 1), "about" | "around"));
    let end = face(page, j).or_else(|| match page.lex(j) {
        Lex::Count(hour @ 1..=12) => Some(Face { minutes: hour * 60, half: None, plain: false, fixed: false, end: j + 1 }),
        _ => None,
    })?;
    let unit_next =
        matches!(page.lex(end.end), Lex::Unit(_)) || matches!(page.low(end.end), "minutes" | "hours" | "min" | "minute" | "hrs" | "months");
    (!unit_next && end.minutes != start.minutes).then_some(end)
}

/// The half of the day that the words around an hour tell.
fn half_hint(page: &Page<'_>, i: usize, to: usize) -> Option<Half> {
    let around = (i.saturating_sub(5)..(to + 4).min(page.words.len())).filter(|k| page.sentence(*k) == page.sentence(i));
    let mut hint = None;
    for k in around {
        match page.low(k) {
            "morning" | "mornings" | "breakfast" if k < i || hint.is_none() => hint = Some(Half::Am),
            "afternoon" | "afternoons" | "evening" | "evenings" | "tonight" if k < i || hint.is_none() => hint = Some(Half::Pm),
            "or" | ";" if k > to => break,
            "or" | ";" if k < i => hint = None,
            _ => {}
        }
    }
    hint
}

/// `morning`, `late afternoon`, `first thing`, `over lunch`.
fn part_at(page: &Page<'_>, i: usize) -> Option<Clock> {
    let (early, late) = (page.low(i.wrapping_sub(1)) == "early", page.low(i.wrapping_sub(1)) == "late");
    let (from, to) = match page.low(i) {
        "morning" | "mornings" | "am" if early => (8, 10),
        "morning" | "mornings" if late => (10, 12),
        "morning" | "mornings" | "am" => (9, 12),
        "afternoon" | "afternoons" if early => (13, 15),
        "afternoon" | "afternoons" if late => (15, 17),
        "afternoon" | "afternoons" | "pm" => (13, 17),
        "evening" | "evenings" | "tonight" => (18, 20),
        "lunch" => (12, 13),
        _ => return None,
    };
    if matches!(page.low(i.wrapping_sub(1)), "good" | "after" | "before")
        || (page.low(i).len() == 2 && !matches!(page.lex(i.wrapping_sub(1)), Lex::Weekday(..)))
    {
        return None;
    }
    let begin = i - usize::from(early || late);
    let (zone, end) = zone_after(page, i + 1);
    Some(Clock { from: begin, to: end, hours: Hours::Part(from * 60, to * 60), zone })
}
