//! Finds the line or lines that introduce a quote: "On …, Jane Doe wrote:", in many tongues and wraps.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::page::{Fate, Page, is_blank};
use super::phrases::PHRASES;

/// Lines an attribution may be wrapped over.
const MOST_LINES: usize = 5;
/// Bytes of the longest attribution.
const MOST_BYTES: usize = 420;

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\d{1,2}[:.h]\d{2}\b|\b(?:19|20)\d\d\b|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{4}年|\d{1,2}月\s?\d{1,2}日|\b(?:mon|tue|wed|thu|fri|sat|sun|yester)[a-z]*day\b",
    )
});
static FULL_DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\d{1,2}[:.h]\d{2}\b|\b(?:19|20)\d\d\b|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{4}年"));
static DATE_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:\d{1,4}\s?[/.年-]|\d{1,2}:\d\d|\d{1,2}\.?\s+\p{L}{3,}|\p{L}{2,12}[.,]*\s+\d{1,2}\b|\p{L}{2,12}[.,]\s+(?:den )?\d|\p{L}{2,12}[.,]?\s+\p{L}{2,12}[.,]?\s+\d|\p{L}{3,12}[.,]\s+\p{L}{3,12}\.?\s+\d)",
    )
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[^\s<>@:,]+@[^\s<>@,]+|\[mailto:|<[^<>]*@"));
static ENDS_IN_ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"@[^\s@]*[>)\]]+[\s:：]*$"));
static ISO_GMT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d{4}[-/]\d\d?[-/]\d\d? \d\d?:\d\d (?:GMT|UTC)[+-]\d"));
static WROTE_WHEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:wrote|writes|schrieb|schreef|skrev|a écrit|escribió|escreveu|ha scritto|said)\s+(?:on|in|at|am|le|el|em|il|op|den|the following on)\b[^!?]{0,100}:\s*$|\b(?:írta|wrote|skrev|schrieb|écrit) \([^!?()]{4,80}\):\s*$",
    )
});
static SAME_LINE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\s*(?:-{2,}\s*)?\bOn (?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,|\d{1,2}[ /-]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d)[^!?]{4,200}\b(?:wrote|writes|said):\s*$",
    )
});
static WROTE_IN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:wrote|writes|schrieb|said) in (?:message|article|news)"));
static BRACKETED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\[\p{L}[\p{L} .,'’-]{1,50}\]:?$"));
static SHORT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\p{L}\d.,'’“”\x22()_&/@<>\[\] +-]{1,90}$"));

fn pattern(text: &str) -> Regex {
    Regex::new(&format!("(?i){text}")).expect("a fixed pattern")
}

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
    shared_line(page, end, quote_below).or_else(|| widen(page, end, floor, quote_below)).map_or(Answer::Nearly, Answer::Found)
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
        let names_writer = !ADDRESS.is_match(&text) && ADDRESS.is_match(line.text) && line.text.len() <= 120;
        text = if text.is_empty() { bare(line.text).to_owned() } else { format!("{} {text}", bare(line.text)) };
        if text.len() > MOST_BYTES {
            break;
        }
        match weigh(&text, quote_below) {
            Some(Weight::Whole) if best.is_none() || !best_is_dated || DATE.is_match(line.text) => {
                best = Some(Found { lines: start..end + 1, keep: 0, sure: true });
                if PHRASES.starts.is_match(bare(line.text).trim_start_matches('-')) {
                    return best;
                }
                best_is_dated = true;
            }
            Some(Weight::Tail(sure)) if best.is_none() || names_writer && !best_is_dated => {
                best = Some(Found { lines: start..end + 1, keep: 0, sure })
            }
            _ => {}
        }
    }
    best.filter(|found| found.sure || quote_below)
}

/// How well a joined text reads as an attribution.
enum Weight {
    /// From its first word on.
    Whole,
    /// It could begin further up.
    Tail(bool),
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
    last.len() <= MOST_BYTES
        && (last.ends_with([':', '：', '-'])
            || (quote_below && last.ends_with(['>', '.', ',', ']']))
            || ends_in_verb(last)
            || ISO_GMT.is_match(last))
}

/// True while everything gathered so far is the tail of a link-ridden attribution, which alone may stand apart.
fn only_fragments(text: &str) -> bool {
    text.is_empty() || text.starts_with('<') || text.starts_with("mailto:")
}

fn weigh(text: &str, quote_below: bool) -> Option<Weight> {
    let dashed = text.starts_with("--") && text.ends_with("--");
    let core = text.trim_matches(|c: char| c == '-' || c.is_whitespace());
    let core = core.trim_start_matches(['[', '(', '"', '“', '\u{202b}']);
    let dated = DATE.is_match(core);
    let colon = core.ends_with([':', '：']);
    let verb = ends_in_verb(core);
    // A date alone also begins the lines of a log; a name with an address or a quote below tells them apart.
    let begins = PHRASES.starts.is_match(core) || DATE_FIRST.is_match(core) && (quote_below || ADDRESS.is_match(core));
    if ISO_GMT.is_match(core) && core.len() < 120 || dashed && verb {
        return Some(Weight::Whole);
    }
    if begins && dated && verb && (colon || quote_below || ADDRESS.is_match(core) && FULL_DATE.is_match(core)) {
        return Some(Weight::Whole);
    }
    if verb && colon && ADDRESS.is_match(core) && (PHRASES.starts.is_match(core) || text.starts_with("--")) {
        return Some(Weight::Whole);
    }
    if colon && begins && dated && names_follow(core) {
        return Some(Weight::Whole);
    }
    if PHRASES.opener.is_match(core) && (quote_below || ADDRESS.is_match(core)) {
        return Some(Weight::Whole);
    }
    if quote_below && BRACKETED.is_match(text) {
        return Some(Weight::Tail(false));
    }
    weigh_tail(core, dated, colon, verb, quote_below)
}

fn weigh_tail(core: &str, dated: bool, colon: bool, verb: bool, quote_below: bool) -> Option<Weight> {
    let addressed = ADDRESS.is_match(core);
    if colon && verb && (addressed || dated && FULL_DATE.is_match(core)) {
        return Some(Weight::Tail(core.len() < 240));
    }
    if colon && dated && WROTE_WHEN.is_match(core) {
        return Some(Weight::Tail(true));
    }
    if quote_below && (addressed && colon || dated && addressed && DATE_FIRST.is_match(core) || WROTE_IN.is_match(core)) {
        return Some(Weight::Tail(false));
    }
    (quote_below && colon && verb && is_name_and_verb(core)).then_some(Weight::Tail(false))
}

/// True when the verb stands last, but for a colon.
fn ends_in_verb(core: &str) -> bool {
    let tail = tail_of(core, 48);
    PHRASES.closing_verb.is_match(tail)
}

/// "… schreef Jane Doe <jane@…>:", or no verb at all: "2014-10-17 11:28 GMT+03:00 Jane Doe <jane@…>:".
fn names_follow(core: &str) -> bool {
    ENDS_IN_ADDRESS.is_match(core) && FULL_DATE.is_match(core)
        || FULL_DATE.is_match(core) && core.len() < 200 && PHRASES.name_follows.is_match(core)
}

/// "Jane Doe wrote:" or "You wrote:", and not "The manual says:".
fn is_name_and_verb(core: &str) -> bool {
    let words = core.split_whitespace().count();
    let first = core.split_whitespace().next().unwrap_or_default().to_lowercase();
    (2..=8).contains(&words)
        && SHORT.is_match(core.trim_end_matches([':', '：']))
        && !PHRASES.own_words.contains(&first)
        && starts_large_or_you(core)
}

fn starts_large_or_you(core: &str) -> bool {
    core.chars().next().is_some_and(|c| !c.is_lowercase())
        || core.to_lowercase().starts_with("you ")
        || core.contains('@')
        || core.split_whitespace().count() == 2
}

/// "reply On Wed, Apr 4, 2012 at 3:59 PM, bob wrote:": only before a quote.
fn shared_line(page: &Page<'_>, end: usize, quote_below: bool) -> Option<Found> {
    let text = page.lines[end].text;
    if !quote_below || text.len() > MOST_BYTES {
        return None;
    }
    let keep = SAME_LINE.find(text).map(|found| found.start()).filter(|keep| !is_blank(&text[..*keep]))?;
    Some(Found { lines: end..end + 1, keep, sure: true })
}

fn tail_of(text: &str, bytes: usize) -> &str {
    let mut at = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    &text[at..]
}
