//! Finds the block of header fields that Outlook, Notes and forwards put above an earlier mail.

use std::ops::Range;
use std::sync::LazyLock;

use regex_automata::meta::Regex;

use super::super::patterns::alone;
use super::page::{Fate, Page};
use super::phrases::{Field, PHRASES, field_of};

/// Lines a block may have.
const MOST_LINES: usize = 120;
/// Lines without a field between two fields: a long list of recipients, a wrapped subject.
const MOST_BETWEEN: usize = 30;

static DATE_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    alone(
        r"(?i)^\W*(?:(?:on|sent|date)\W+)?(?:\p{L}{2,10}\W+)?\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\W+(?:at\W+)?\d{1,2}:\d\d(?::\d\d)?\s*(?:[ap]\.?m\.?)?(?:\s+\(?[A-Z]{2,5}\)?)?\W*$",
    )
});
static DATE_LAST: LazyLock<Regex> = LazyLock::new(|| {
    alone(r"(?i)^\W*\S.{0,100}?(?:\s+on\s+|\s{2,}|\t|>\s*)\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\s+\d{1,2}:\d\d(?::\d\d)?\s*(?:[ap]m)?\W*$")
});

/// True for "-----Original Message-----" and its kin, with or without dashes.
#[must_use]
pub fn is_separator(text: &str) -> bool {
    let line = text.trim();
    if line.len() < 6 || line.len() > 300 {
        return false;
    }
    if is_groupwise(line) {
        return true;
    }
    if let Some((words, _)) = line.strip_prefix("-----").and_then(|rest| rest.trim_start_matches('-').split_once("-----")) {
        return PHRASES.separator.hit(words.trim());
    }
    let core = line
        .trim_matches(|c: char| matches!(c, '-' | '=' | '_' | '*' | '#' | '~' | '+' | '<' | '>' | '–' | '—' | '|') || c.is_whitespace());
    let dashes = line.len() - core.len();
    PHRASES.bare_separator.hit(core) || dashes >= 4 && PHRASES.separator.hit(core)
}

/// `GroupWise` introduces the original by `>>> Jane Doe <jane@…> 03/02/01 09:20AM >>>` and does not mark it.
fn is_groupwise(line: &str) -> bool {
    line.len() > 12 && line.starts_with(">>>") && line.ends_with(">>>") && line.bytes().filter(u8::is_ascii_digit).count() >= 5
}

/// True for a line of dashes, underscores or the like.
#[must_use]
pub fn is_rule(text: &str) -> bool {
    let line = text.trim();
    line.len() >= 2 && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '~' | '#' | '+' | '–' | '—' | '―' | '─' | ' ' | '\\'))
}

/// What a line that looks like a field begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The header of an earlier mail: these lines, with what belongs to it above.
    Mail(Range<usize>),
    /// Fields a person typed, up to this line.
    Typed(usize),
    /// Fields, and yet no mail's header; none begins before this line.
    Other(usize),
    /// No field.
    None,
}

/// The header block that begins at `start`, if one does.
#[must_use]
pub fn starting_at(page: &Page<'_>, start: usize, floor: usize) -> Block {
    let Some(first) = field_of(page.lines[start].text) else { return Block::None };
    if first == Field::Other {
        return Block::None;
    }
    let fields = gather(page, start);
    let typed = !fields.address && (fields.shouted || !fields.timed);
    let memo = typed && (0..start).rev().take(5).all(|at| page.lines[at].blank || is_heading(page.lines[at].text));
    if fields.is_mail() && memo {
        return Block::Typed(fields.end);
    }
    if fields.is_mail() { Block::Mail(above(page, start, floor)..fields.end) } else { Block::Other(fields.end) }
}

/// True when a header block begins there.
#[must_use]
pub fn starts_block(page: &Page<'_>, at: usize) -> bool {
    matches!(starting_at(page, at, at), Block::Mail(_))
}

/// "MEMORANDUM": the line above the fields a person typed.
fn is_heading(text: &str) -> bool {
    let line = text.trim();
    line.len() <= 40 && !line.contains(char::is_lowercase)
}

/// What a run of fields holds.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about a block, none of them a state")]
struct Fields {
    end: usize,
    /// How often each field was seen, in the order of [`Field`].
    seen: [usize; 5],
    /// Somebody is named by an address, or by a Notes name.
    address: bool,
    /// The date has a year.
    year: bool,
    /// An hour is given, as programs do.
    timed: bool,
    /// All names of fields are in capitals.
    shouted: bool,
}

impl Fields {
    fn add(&mut self, field: Field, text: &str) {
        self.seen[field as usize] += 1;
        let (name, value) = text.split_once([':', '：']).unwrap_or((text, ""));
        self.year |= field == Field::Date && value.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4);
        self.timed |= has_hour(value);
        self.shouted &= !name.contains(char::is_lowercase);
        self.address |= names_somebody(value);
    }

    fn has(&self, field: Field) -> bool {
        self.seen[field as usize] > 0
    }

    /// Enough fields that no sentence of a person looks so.
    fn is_mail(&self) -> bool {
        let kinds = self.seen.iter().filter(|times| **times > 0).count();
        let (from, to, subject) = (self.has(Field::From), self.has(Field::To), self.has(Field::Subject));
        let certain = subject || self.address || from && to && self.year;
        (from || to) && certain && (kinds >= 3 || kinds == 2 && (self.address || to && subject))
    }
}

fn has_hour(value: &str) -> bool {
    value
        .as_bytes()
        .windows(4)
        .any(|four| four[0].is_ascii_digit() && four[1] == b':' && four[2].is_ascii_digit() && four[3].is_ascii_digit())
}

/// An address, or a Notes name: `Jane Doe/TUL/NPC`.
fn names_somebody(value: &str) -> bool {
    value.contains('@')
        || value.split(' ').any(|word| word.matches('/').count() >= 2 && word.contains(char::is_uppercase) && !word.contains("//"))
}

fn gather(page: &Page<'_>, start: usize) -> Fields {
    let mut block = Fields { shouted: true, ..Fields::default() };
    let (mut between, mut blanks) = (0, 0);
    for at in start..page.lines.len().min(start + MOST_LINES) {
        let line = &page.lines[at];
        if line.blank {
            blanks += 1;
            if blanks > 1 {
                break;
            }
            continue;
        }
        if let Some(field) = field_of(line.text) {
            block.add(field, line.text);
            (block.end, between, blanks) = (at + 1, 0, 0);
            continue;
        }
        between += 1;
        if between > MOST_BETWEEN || blanks > 0 || !continues(line.text, between) || line.quoted {
            break;
        }
        block.address |= names_somebody(line.text);
    }
    block
}

/// A line between two fields: more recipients, or the rest of a wrapped one.
fn continues(text: &str, between: usize) -> bool {
    between <= 1 || text.contains(['@', ';', '<']) || text.starts_with([' ', '\t']) || text.contains(',') && !text.trim_end().ends_with('.')
}

/// The first line of what stands above the fields and belongs to them: rules, a separator, Notes' name and date.
fn above(page: &Page<'_>, start: usize, floor: usize) -> usize {
    let mut top = start;
    let mut at = start;
    let mut filled = 0;
    while at > floor && filled < 5 && start - at < 9 {
        at -= 1;
        let line = &page.lines[at];
        if line.fate != Fate::Keep {
            break;
        }
        if line.blank {
            continue;
        }
        filled += 1;
        if is_aside(line.text) {
            continue;
        }
        if is_rule(line.text) || is_separator(line.text) || field_of(line.text).is_some_and(|field| field == Field::Other) {
            top = at;
        } else if DATE_ALONE.is_match(line.text) {
            return name_above(page, at, floor);
        } else if DATE_LAST.is_match(line.text) {
            return at;
        } else {
            break;
        }
    }
    top
}

/// What Notes prints between name, date and fields.
fn is_aside(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    lower.starts_with("please respond to") || lower.starts_with("sent by")
}

/// Notes prints the writer's name on the line above the date.
fn name_above(page: &Page<'_>, date: usize, floor: usize) -> usize {
    let mut top = date;
    for at in (floor..date).rev().take(3) {
        let line = &page.lines[at];
        let text = line.text.trim();
        if line.blank || line.fate != Fate::Keep || text.len() > 70 || text.ends_with(['.', '?', '!', ',', ':']) && !text.contains('@') {
            break;
        }
        top = at;
        if !is_aside(text) {
            break;
        }
    }
    top
}
