//! Finds the line or lines that introduce a quote: "On …, Jane Doe wrote:", in many tongues and wraps.

use std::ops::Range;

use super::evidence::{
    Weight, begins_with_name_and_address, ends_in_verb, has_address, has_date, is_dated_in_gmt, shared_from, starts_well, weigh,
};
use super::page::{Fate, Page};

/// Lines an attribution may be wrapped over.
const MOST_LINES: usize = 5;
/// Bytes of the longest attribution.
const MOST_BYTES: usize = 420;

/// Where an attribution stands, and how sure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its lines.
    pub lines: Range<usize>,
    /// Kept bytes of its first line, when the writer's words share that line.
    pub keep: usize,
    /// False when only the quote below makes it one.
    pub sure: bool,
}

/// What was found at a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// An attribution ends there.
    Found(Found),
    /// It ends like one and is none.
    Nearly,
    /// It does not even end like one.
    No,
}

/// Looks for an attribution whose last line is `end`.
#[must_use]
pub fn ending_at(page: &Page<'_>, end: usize, floor: usize) -> Answer {
    let last = bare(page.lines[end].text);
    let quote_below =
        page.next_filled(end + 1).is_some_and(|next| next - end <= 4 && (page.lines[next].quoted || is_barred(page.lines[next].text)));
    let broken_off = last.rfind('<').is_some_and(|open| !last[open..].contains('>'));
    let goes_on = page.lines.get(end + 1).is_some_and(|below| below.text.starts_with('<') && below.text.trim_end().ends_with(':'));
    if broken_off || goes_on || !may_end(last, quote_below) {
        return Answer::No;
    }
    let shared = if starts_well(last) { None } else { shared_line(page, end, quote_below) };
    shared.or_else(|| widen(page, end, floor, quote_below)).map_or(Answer::Nearly, Answer::Found)
}

/// A line of a quote that is marked by a bar, and no row of a table.
fn is_barred(text: &str) -> bool {
    let line = text.trim();
    line.starts_with('|') && !line[1..].contains('|')
}

/// Joins lines upwards and keeps the best reading of them.
fn widen(page: &Page<'_>, end: usize, floor: usize, quote_below: bool) -> Option<Found> {
    let mut text = String::new();
    let mut best: Option<(usize, Weight)> = None;
    for start in (floor..=end).rev().take(MOST_LINES + 2) {
        let line = &page.lines[start];
        if line.blank && only_fragments(&text) {
            continue;
        }
        let foreign = line.quoted || line.fate != Fate::Keep || ends_sentence(line.text);
        if line.blank || start != end && foreign || text.len() + line.text.len() > MOST_BYTES {
            break;
        }
        let added = bare(line.text);
        let names_writer = !has_address(&text) && begins_with_name_and_address(added);
        text = if text.is_empty() { added.to_owned() } else { format!("{added} {text}") };
        if let Some(weight) = weigh(&text, quote_below).filter(|weight| is_better(*weight, best, added, names_writer)) {
            best = Some((start, weight));
        }
        let complete = has_address(&text) && starts_well(added.trim_start_matches('-'));
        if complete && best.is_some_and(|(_, weight)| weight == Weight::Whole) {
            break;
        }
    }
    let (start, weight) = best?;
    let sure = weight != Weight::Tail(false);
    (sure || quote_below).then_some(Found { lines: start..end + 1, keep: 0, sure })
}

/// True when the line just added belongs to the attribution, and the lines below it alone are only a part of it.
fn is_better(weight: Weight, best: Option<(usize, Weight)>, added: &str, names_writer: bool) -> bool {
    match (best, weight) {
        (None, _) | (Some((_, Weight::Tail(_))), Weight::Whole) => true,
        (Some((_, Weight::Whole)), Weight::Whole) => has_date(added) && starts_well(added) || names_writer,
        (Some(_), Weight::Tail(_)) => names_writer,
    }
}

/// The line without the marks people and programs put around it.
fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | '\u{200b}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '|')
    })
}

/// A line that ends a sentence is not the beginning of an attribution; "Jr." and "Sept." end none.
fn ends_sentence(text: &str) -> bool {
    let line = text.trim_end();
    let word = line.trim_end_matches('.').chars().rev().take_while(|c| c.is_lowercase()).count();
    let open = line.matches('(').count() > line.matches(')').count();
    !open && (line.ends_with(['!', '?', ':', ';']) || line.ends_with('.') && word >= 4)
}

fn may_end(last: &str, quote_below: bool) -> bool {
    last.len() <= MOST_BYTES && (quote_below || last.ends_with([':', '：', '-']) || ends_in_verb(last) || is_dated_in_gmt(last))
}

/// True while everything gathered so far is the tail of a link-ridden attribution, which alone may stand apart.
fn only_fragments(text: &str) -> bool {
    text.is_empty() || text.starts_with('<') || text.starts_with("mailto:")
}

/// "reply On Wed, Apr 4, 2012 at 3:59 PM, bob wrote:": only before a quote.
fn shared_line(page: &Page<'_>, end: usize, quote_below: bool) -> Option<Found> {
    let text = page.lines[end].text;
    if !quote_below || text.len() > MOST_BYTES {
        return None;
    }
    let keep = shared_from(text).filter(|keep| text[..*keep].contains(char::is_alphanumeric))?;
    Some(Found { lines: end..end + 1, keep, sure: true })
}
