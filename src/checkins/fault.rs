//! What is wrong with a template, said so that its writer finds the spot and knows what to do.

use std::fmt;

use crate::model::address::clean_name;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The template works, but a reader may wince.
    Warning,
    /// The template cannot be used.
    Error,
}

/// One thing that is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct TemplateError {
    /// The file, as the owner knows it.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1, where it is known.
    pub column: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// What to do about it, or empty.
    pub hint: String,
    /// How bad it is.
    pub level: Level,
}

impl TemplateError {
    /// An error at a line of a file.
    #[must_use]
    pub fn new(file: &str, line: usize, what: &str, hint: &str) -> Self {
        // The words may quote a value that came from a stranger's mail.
        Self { file: file.to_owned(), line, column: None, what: clean_name(what), hint: clean_name(hint), level: Level::Error }
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.level = Level::Warning;
        self
    }

    pub(super) fn at_column(mut self, column: usize) -> Self {
        self.column = Some(column);
        self
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if self.level == Level::Warning {
            f.write_str("warning: ")?;
        }
        f.write_str(&self.what)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "; {}", self.hint) }
    }
}

/// A fault at a place of one part of a template, before the file and line are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Byte offset into the part's source.
    pub offset: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl Fault {
    pub(super) fn new(offset: usize, what: &str, hint: &str) -> Self {
        Self { offset, what: what.to_owned(), hint: hint.to_owned() }
    }
}

/// “did you mean …?” for the nearest of the words allowed, or a list of them all.
pub(super) fn did_you_mean<'a>(wrong: &str, allowed: impl IntoIterator<Item = &'a str>) -> String {
    let allowed: Vec<&str> = allowed.into_iter().collect();
    let nearest = allowed.iter().map(|word| (strsim::damerau_levenshtein(wrong, word), *word)).min();
    match nearest {
        Some((distance, word)) if distance <= 1 + word.chars().count() / 4 => format!("did you mean `{word}`?"),
        _ => format!("known are {}", allowed.join(", ")),
    }
}
