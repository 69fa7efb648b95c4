//! A mail's text as lines, each with its fate: kept, or cut and why.

use std::ops::Range;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The writer's words.
    Keep,
    /// Somebody's earlier words, or the lines that introduce them.
    Quote,
    /// The writer's contact block, or what their device adds.
    Signature,
    /// What a list, a gateway or a lawyer adds.
    Footer,
}

/// What the HTML said of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// It stands in a quoting element that only a mail program writes.
    Quoted,
    /// It stands in a plain `blockquote`, which people write too.
    Indented,
    /// It stands in an element named as a signature.
    Signature,
    /// The mail that is answered begins here and runs to the end.
    Rest,
}

/// One line.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Its text, without the line break; shortened when the end of it is cut.
    pub text: &'a str,
    /// What becomes of it.
    pub fate: Fate,
    /// What the HTML said.
    pub mark: Mark,
    /// True when nothing is written on it.
    pub blank: bool,
    /// True when it begins with a quote mark, or stands in a quoting element.
    pub quoted: bool,
}

/// All lines of a mail, and the names of the rules that cut some.
#[derive(Debug)]
pub struct Page<'a> {
    /// The lines, top to bottom.
    pub lines: Vec<Line<'a>>,
    /// Names of the rules that hit, in order, each once.
    pub rules: Vec<&'static str>,
}

impl<'a> Page<'a> {
    /// Splits a text; `marks` may be shorter than the text has lines.
    #[must_use]
    pub fn new(text: &'a str, marks: &[Mark]) -> Self {
        let lines = text
            .split('\n')
            .enumerate()
            .map(|(at, line)| {
                let text = line.trim_end_matches('\r');
                let mark = marks.get(at).copied().unwrap_or_default();
                Line { text, fate: Fate::Keep, mark, blank: is_blank(text), quoted: mark == Mark::Quoted }
            })
            .collect();
        Self { lines, rules: Vec::new() }
    }

    /// Gives the kept lines of a range another fate.
    pub fn cut(&mut self, range: Range<usize>, fate: Fate, rule: &'static str) {
        let mut hit = false;
        for line in &mut self.lines[range] {
            if line.fate == Fate::Keep {
                line.fate = fate;
                hit |= !line.blank;
            }
        }
        if hit && !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    /// True for a line that is still the writer's and says something.
    #[must_use]
    pub fn speaks(&self, at: usize) -> bool {
        self.lines.get(at).is_some_and(|line| line.fate == Fate::Keep && !line.blank)
    }

    /// The first line at or after `at` that is not blank.
    #[must_use]
    pub fn next_filled(&self, at: usize) -> Option<usize> {
        (at..self.lines.len()).find(|at| !self.lines[*at].blank)
    }

    /// The lines of one fate as text: ends trimmed, runs of blank lines folded to one.
    #[must_use]
    pub fn text_of(&self, fate: Fate) -> String {
        let mut out = String::new();
        let mut gap = false;
        for line in self.lines.iter().filter(|line| line.fate == fate) {
            if line.blank {
                gap = true;
                continue;
            }
            if !out.is_empty() {
                out.push_str(if gap { "\n\n" } else { "\n" });
            }
            gap = false;
            out.push_str(line.text.trim_end());
        }
        out
    }
}

/// True when a text shows nothing: white space and characters of no width only.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{1427}' | '\u{34f}' | '\u{2800}')
    })
}
