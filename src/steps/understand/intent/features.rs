//! What the statistical reader sees of a mail: words, concepts, their neighbours, and which cues hit.

use super::pattern::{Span, View};
use super::shape::Shape;
use super::table::Table;
use super::weigh::{Heard, overlaps};
use super::words::{Sentence, Word};

/// Two concepts further apart than this say nothing together.
const WINDOW: usize = 7;

/// So many words behind a negation are under it.
const REACH: usize = 4;

/// A concept or word at a place of a sentence.
struct Mark<'a> {
    name: &'a str,
    at: usize,
    end: usize,
}

/// Calls `see` with the parts of every feature of one sentence.
///
/// What stands in an idiom is no concept: "stop by" is no stop.
pub fn of_sentence<'a>(sentence: &'a Sentence, view: &View, idioms: &[Span], table: &'a Table, see: &mut impl FnMut([&'a str; 3])) {
    let negated = negated(sentence, view, table);
    words(sentence, &negated, table, see);
    let mut marks = marks(view, table);
    marks.retain(|mark| !overlaps((mark.at, mark.end), idioms));
    for mark in &marks {
        see([if negated[mark.at] { "c~" } else { "c" }, mark.name, ""]);
        if sentence.question {
            see(["q", mark.name, ""]);
        }
        if mark.at == 0 {
            see(["^c", mark.name, ""]);
        }
    }
    pairs(&marks, see);
}

/// Calls `see` with what the cues say of the whole mail.
pub fn of_mail(sentences: &[Sentence], heard: &[Heard], see: &mut impl FnMut([&'static str; 3])) {
    for one in heard {
        see(["k", one.outcome.word(), strength(one.strength)]);
    }
    for (n, one) in heard.iter().enumerate() {
        for other in &heard[n + 1..] {
            see(["kk", one.outcome.word(), other.outcome.word()]);
        }
    }
    if heard.is_empty() {
        see(["k", "none", ""]);
    }
    see(["len", length(sentences.iter().map(|sentence| sentence.words.len()).sum()), ""]);
}

const fn length(words: usize) -> &'static str {
    match words {
        0 => "0",
        1..=2 => "2",
        3..=5 => "5",
        6..=12 => "12",
        13..=30 => "30",
        _ => "more",
    }
}

fn strength(strength: f64) -> &'static str {
    match strength {
        s if s >= 0.92 => "sure",
        s if s >= 0.82 => "likely",
        s if s >= 0.68 => "maybe",
        _ => "hint",
    }
}

fn words<'a>(sentence: &'a Sentence, negated: &[bool], table: &Table, see: &mut impl FnMut([&'a str; 3])) {
    let names: Vec<&str> = (0..sentence.words.len()).map(|at| name(sentence, at, table)).collect();
    for (at, word) in names.iter().enumerate() {
        see([if negated[at] { "w~" } else { "w" }, word, ""]);
        see(["b", if at == 0 { "^" } else { names[at - 1] }, word]);
    }
    if let Some(last) = names.last() {
        see(["b", last, if sentence.question { "?" } else { "$" }]);
    }
}

/// A word as the reader sees it: shapes by their kind, names of people and firms all alike.
fn name<'a>(sentence: &'a Sentence, at: usize, table: &Table) -> &'a str {
    let word: &Word = &sentence.words[at];
    match word.shape {
        Shape::Plain if word.capital && at > 0 && word.text != "i" && !table.lexicon.knows(&word.text) => "Name",
        Shape::Plain => &word.text,
        other => other.word(),
    }
}

fn marks<'a>(view: &View, table: &'a Table) -> Vec<Mark<'a>> {
    let mut marks: Vec<Mark> = Vec::new();
    for (name, concept) in &table.concepts {
        marks.extend(concept.spans(view).map(|(at, end)| Mark { name, at, end }));
    }
    marks.sort_by_key(|mark| mark.at);
    marks
}

fn pairs<'a>(marks: &[Mark<'a>], see: &mut impl FnMut([&'a str; 3])) {
    for (n, first) in marks.iter().enumerate() {
        for second in marks[n + 1..].iter().take_while(|second| second.at <= first.at + WINDOW) {
            if second.at >= first.end && second.name != first.name {
                see(["cc", first.name, second.name]);
            }
        }
    }
}

/// Which words stand behind a negation in their clause.
fn negated(sentence: &Sentence, view: &View, table: &Table) -> Vec<bool> {
    let mut negated = vec![false; sentence.words.len()];
    for (_, end) in table.negators.iter().flat_map(|word| word.spans(view)) {
        let behind = sentence.words.iter().enumerate().skip(end).take(REACH);
        behind.take_while(|(_, word)| !word.pause).for_each(|(at, _)| negated[at] = true);
    }
    negated
}
