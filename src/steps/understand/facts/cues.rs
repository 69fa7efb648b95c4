//! Phrases that say what a date or a name is there for: `data/facts.toml`, read once.

use std::sync::LazyLock;

use super::super::super::book::Book;
use super::named::{Phrases, add_phrase};
use super::words::Page;

/// What a phrase is a sign of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The owner is asked to act again.
    Ask,
    /// The writer promises to.
    Promise,
    /// A better time is named.
    Better,
    /// Points back to a date.
    Then,
    /// The date belongs to something else.
    Deadline,
    /// Things change on their side.
    Open,
    /// Turns a cue round.
    Not,
    /// Corrects what went before.
    Fix,
    /// Speaks of the past.
    Gone,
    /// Speaks of the time to come.
    Will,
}

const SIGNS: [(&str, Sign); 10] = [
    ("promise", Sign::Promise),
    ("ask", Sign::Ask),
    ("better", Sign::Better),
    ("then", Sign::Then),
    ("deadline", Sign::Deadline),
    ("open", Sign::Open),
    ("not", Sign::Not),
    ("fix", Sign::Fix),
    ("gone", Sign::Gone),
    ("will", Sign::Will),
];

/// A cue in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cue {
    /// First word.
    pub from: usize,
    /// First word after it.
    pub to: usize,
    /// What it is a sign of.
    pub sign: Sign,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut phrases = Phrases::new();
    let mut book = Book::section("facts.toml", super::FACTS, "cues");
    for (n, (name, _)) in SIGNS.iter().enumerate() {
        for phrase in book.texts(name) {
            add_phrase(&mut phrases, &phrase, n);
        }
    }
    book.close();
    phrases
});

/// All cues of a text in order. Cues of different signs may overlap; of one sign, the longest is kept.
pub fn cues(page: &Page<'_>) -> Vec<Cue> {
    let mut all: Vec<Cue> = Vec::new();
    for i in 0..page.words.len() {
        let Some(list) = PHRASES.get(page.low(i)) else { continue };
        let mut seen = 0_u32;
        for (rest, n) in list {
            let conditional = SIGNS[*n].1 == Sign::Not && i > 0 && page.low(i - 1) == "if";
            if seen & (1 << n) == 0
                && !conditional
                && let Some(to) = ends(page, i + 1, rest)
            {
                seen |= 1 << n;
                all.push(Cue { from: i, to, sign: SIGNS[*n].1 });
            }
        }
    }
    all
}

/// Where a phrase ends, if it stands here word by word.
pub fn stands(page: &Page<'_>, at: usize, rest: &str) -> Option<usize> {
    rest.split_whitespace().try_fold(at, |at, word| (page.low(at) == word).then_some(at + 1))
}

/// Where a phrase ends, if it stands here. `~` lets up to two words pass, `_` one.
pub fn ends(page: &Page<'_>, at: usize, rest: &str) -> Option<usize> {
    let mut i = at;
    let mut slack = 0;
    for word in rest.split_whitespace() {
        match word {
            "~" => slack = 2,
            "_" => i += 1,
            word => {
                let hit = (0..=slack).find(|skip| page.low(i + skip) == word)?;
                i += hit + 1;
                slack = 0;
            }
        }
    }
    (i <= page.words.len()).then_some(i)
}
