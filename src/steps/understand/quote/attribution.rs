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
    if !may_end(last, quote_below) {
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

/// Joins lines upwards until they read as an attribution from their first word on.
fn widen(page: &Page<'_>, end: usize, floor: usize, quote_below: bool) -> Option<Found> {
    let mut text = String::new();
    let mut best: Option<Found> = None;
    // A line that begins with its date may be the second half of one that begins with "On".
    let mut best_is_dated = false;
    for start in (floor..=end).rev().take(MOST_LINES + 2) {
        let line = &page.lines[start];
        if line.blank {
            if !only_fragments(&text) {
                break;
            }
            continue;
        }
        if start != end && (line.quoted || line.fate != Fate::Keep || ends_sentence(line.text)) {
            break;
        }
        let names_writer = !has_address(&text) && begins_with_name_and_address(bare(line.text));
        text = if text.is_empty() { bare(line.text).to_owned() } else { format!("{} {text}", bare(line.text)) };
        if text.len() > MOST_BYTES {
            break;
        }
        match weigh(&text, quote_below) {
            Some(Weight::Whole) if best.is_none() || !best_is_dated || has_date(line.text) => {
                best = Some(Found { lines: start..end + 1, keep: 0, sure: true });
                if starts_well(bare(line.text).trim_start_matches('-')) {
                    return best;
                }
                best_is_dated = true;
            }
            Some(Weight::Tail(sure)) if best.is_none() || names_writer && !best_is_dated => {
                best = Some(Found { lines: start..end + 1, keep: 0, sure });
            }
            _ => {}
        }
    }
    best.filter(|found| found.sure || quote_below)
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
