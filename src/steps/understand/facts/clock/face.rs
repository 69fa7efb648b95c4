//! A single hour as it is written: `3`, `10:30 a.m.`, `half past two`, and the half of the day it falls in.

use super::super::lexicon::Lex;
use super::super::words::Page;
use super::{Minutes, zone_at};

/// Half of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Before noon.
    Am,
    /// After noon.
    Pm,
}

/// An hour as written.
#[derive(Debug, Clone, Copy)]
pub struct Face {
    /// Minutes after midnight, as written.
    pub minutes: Minutes,
    /// The half of the day, if said.
    pub half: Option<Half>,
    /// Sure to be an hour without looking around.
    pub plain: bool,
    /// Written on the 24-hour clock or as a word.
    pub fixed: bool,
    /// First word after it.
    pub end: usize,
}

/// One hour: `3`, `3pm`, `10:30 a.m.`, `noon`, `half past two`, `three o'clock`.
pub fn face(page: &Page<'_>, i: usize) -> Option<Face> {
    match page.lex(i) {
        Lex::Number(hour @ 0..=24, 1..=2, false) => digits(page, i, hour),
        Lex::Number(n @ 100..=2359, 3..=4, false) if n % 100 < 60 => glued_digits(page, i, n),
        Lex::Count(hour @ 1..=12) if !matches!(page.low(i), "a" | "an" | "another" | "couple" | "few" | "several" | "dozen") => {
            spelt(page, i, hour)
        }
        _ => named(page, i),
    }
}

fn digits(page: &Page<'_>, i: usize, hour: i32) -> Option<Face> {
    let colon = page.glued(i + 1) && page.glued(i + 2);
    let (minute, end, exact) = match (page.low(i + 1), page.lex(i + 2)) {
        (":" | "h", Lex::Number(minute @ 0..=59, 2, false)) if colon => (minute, i + 3, true),
        (".", Lex::Number(minute @ 0..=59, 2, false)) if colon && half(page, i + 3).is_some() => (minute, i + 3, true),
        ("h", _) if page.glued(i + 1) => (0, i + 2, true),
        _ => (0, i + 1, false),
    };
    let (half, end) = half(page, end).or_else(|| day_part(page, end)).map_or((None, end), |(half, end)| (Some(half), end));
    let (ish, end) = match page.low(end) {
        "ish" | "o'clock" => (true, end + 1),
        "-" if page.low(end + 1) == "ish" => (true, end + 2),
        _ => (false, end),
    };
    let fixed = half.is_none() && (hour > 12 || hour == 0);
    if hour > 24 || (fixed && !exact) || (hour > 12 && half.is_some() && hour > 23) {
        return None;
    }
    Some(Face { minutes: hour * 60 + minute, half: if hour > 12 { None } else { half }, plain: exact || half.is_some() || ish, fixed, end })
}

/// `1030am`, `230 pm`
fn glued_digits(page: &Page<'_>, i: usize, n: i32) -> Option<Face> {
    let led = matches!(page.low(i.wrapping_sub(1)), "at" | "@" | "after" | "between" | "from" | "around" | "until")
        && !(1900..=2100).contains(&n);
    let zoned = zone_at(page, i + 1).is_some() || matches!(page.low(i + 1), "hours" | "hrs");
    if (led || zoned) && half(page, i + 1).is_none() && page.low(i).len() == 4 {
        return Some(Face {
            minutes: n / 100 * 60 + n % 100,
            half: None,
            plain: true,
            fixed: true,
            end: i + 1 + usize::from(matches!(page.low(i + 1), "hours" | "hrs")),
        });
    }
    let (half, end) = half(page, i + 1)?;
    ((1..=12).contains(&(n / 100))).then_some(Face { minutes: n / 100 * 60 + n % 100, half: Some(half), plain: true, fixed: false, end })
}

/// `am`, `p.m.`, `p`
fn half(page: &Page<'_>, i: usize) -> Option<(Half, usize)> {
    let half = match page.low(i).chars().next()? {
        'a' => Half::Am,
        'p' => Half::Pm,
        _ => return None,
    };
    match page.low(i) {
        "am" | "pm" => Some((half, i + 1)),
        "a" | "p" if page.low(i + 1) == "." && page.low(i + 2) == "m" => {
            Some((half, i + 3 + usize::from(page.low(i + 3) == "." && page.glued(i + 3))))
        }
        "a" | "p" if page.glued(i) || (page.low(i) == "p" && zone_at(page, i + 1).is_some()) => Some((half, i + 1)),
        _ => None,
    }
}

/// `in the morning`, `in the evening`, `at night`
fn day_part(page: &Page<'_>, i: usize) -> Option<(Half, usize)> {
    let half = match page.low(i + 2) {
        "morning" | "forenoon" => Half::Am,
        "afternoon" | "evening" => Half::Pm,
        _ if page.low(i) == "at" && page.low(i + 1) == "night" => return Some((Half::Pm, i + 2)),
        _ => return None,
    };
    (page.low(i) == "in" && matches!(page.low(i + 1), "the" | "thy")).then_some((half, i + 3))
}

/// `thirty`, `-thirty`, `forty-five`: the minutes said after an hour.
fn spelt_minutes(page: &Page<'_>, i: usize) -> Option<(Minutes, usize)> {
    let j = i + usize::from(page.low(i) == "-" && page.glued(i) && page.glued(i + 1));
    let five = (page.low(j + 1) == "-" && page.low(j + 2) == "five").then_some(j + 3);
    match page.low(j) {
        "fifteen" => Some((15, j + 1)),
        "thirty" => Some((30, j + 1)),
        "twenty" | "forty" => {
            let tens = if page.low(j) == "twenty" { 20 } else { 40 };
            Some(five.map_or((tens, j + 1), |end| (tens + 5, end)))
        }
        "o'clock" => Some((0, j + 1)),
        _ => None,
    }
}

fn spelt(page: &Page<'_>, i: usize, hour: i32) -> Option<Face> {
    if let Some(past) = spelt_past(page, i, hour) {
        return Some(past);
    }
    let (minute, end) = spelt_minutes(page, i + 1).unwrap_or((0, i + 1));
    let (half, end) = half(page, end).or_else(|| day_part(page, end)).map_or((None, end), |(half, end)| (Some(half), end));
    let plain = half.is_some() || end > i + 1;
    let led = matches!(page.low(i.wrapping_sub(1)), "at" | "around" | "between" | "after" | "before" | "until" | "from")
        || (page.low(i.wrapping_sub(1)) == "and" && page.low(i.wrapping_sub(3)) == "between");
    (plain || led).then_some(Face { minutes: hour * 60 + minute, half, plain, fixed: false, end })
}

/// `ten past three`, `twenty past four`; "ten to three" is a stretch as likely as a minute.
fn spelt_past(page: &Page<'_>, i: usize, minutes: Minutes) -> Option<Face> {
    let past = matches!(page.low(i + 1), "past") && matches!(minutes, 5 | 10);
    past.then(|| offset(page, i + 2, minutes)).flatten()
}

fn named(page: &Page<'_>, i: usize) -> Option<Face> {
    let word = |minutes, end| Some(Face { minutes, half: None, plain: true, fixed: true, end });
    match (page.low(i), page.low(i + 1)) {
        ("noon" | "noonish" | "midday" | "lunchtime", _) => word(12 * 60, i + 1),
        ("midnight", _) => word(0, i + 1),
        ("half", "past") => offset(page, i + 2, 30),
        ("twenty", "past") => offset(page, i + 2, 20),
        ("quarter", "past" | "after") => offset(page, i + 2, 15),
        ("quarter", "to" | "of" | "till") => offset(page, i + 2, -15),
        _ => None,
    }
}

/// An hour with minutes said before it.
fn offset(page: &Page<'_>, i: usize, by: Minutes) -> Option<Face> {
    let hour = face(page, i).or(match page.lex(i) {
        Lex::Count(hour @ 1..=12) => Some(Face { minutes: hour * 60, half: None, plain: true, fixed: false, end: i + 1 }),
        _ => None,
    })?;
    Some(Face { minutes: hour.minutes + by, plain: true, ..hour })
}

/// Minutes after midnight of an hour that may lack its half of the day.
pub fn settle(start: Face, range: Option<Face>, hint: Option<Half>) -> Minutes {
    if start.fixed {
        return start.minutes;
    }
    let with = |half| in_half(start.minutes, half);
    match (start.half, range) {
        (Some(half), _) => with(half),
        (None, Some(Face { half: Some(half), minutes, .. })) => {
            let end = in_half(minutes, half);
            if with(half) < end { with(half) } else { with(Half::Am) }
        }
        _ => with(hint.filter(|hint| !odd_hour(start.minutes, *hint)).unwrap_or_else(|| usual(start.minutes))),
    }
}

/// 11 in the afternoon or 1 in the morning is not what a hint nearby means.
fn odd_hour(minutes: Minutes, half: Half) -> bool {
    let hour = minutes / 60;
    match half {
        Half::Am => hour == 12 || hour < 5,
        Half::Pm => (9..12).contains(&hour),
    }
}

/// Office hours: 7 to 11 in the morning, 12 to 6 after noon.
fn usual(minutes: Minutes) -> Half {
    if (7 * 60..12 * 60).contains(&minutes) { Half::Am } else { Half::Pm }
}

fn in_half(minutes: Minutes, half: Half) -> Minutes {
    match (half, minutes / 60) {
        (Half::Am, 12) => minutes - 12 * 60,
        (Half::Pm, 0..=11) => minutes + 12 * 60,
        _ => minutes,
    }
}

/// The end of a stretch, after its beginning.
pub fn end_after(begin: Minutes, end: Face) -> Minutes {
    match end.half {
        _ if end.fixed => end.minutes,
        Some(half) => in_half(end.minutes, half),
        None => [end.minutes, in_half(end.minutes, Half::Pm)].into_iter().find(|minutes| *minutes > begin).unwrap_or(end.minutes + 12 * 60),
    }
}
