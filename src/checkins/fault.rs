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
    pub line: u32,
    /// The column in characters, counted from 1, where it is known.
    pub column: Option<u32>,
    /// What is wrong.
    pub what: String,
    /// What to do about it, or empty.
    pub hint: String,
    /// The field that is not known, when that is what is wrong.
    pub field: Option<String>,
    /// How bad it is.
    pub level: Level,
}

impl TemplateError {
    /// An error at a line of a file.
    #[must_use]
    pub fn new(file: &str, line: usize, what: &str, hint: &str) -> Self {
        // The words may quote a value that came from a stranger's mail.
        let (what, hint) = (clean_name(what), clean_name(hint));
        Self { file: file.to_owned(), line: counted(line), column: None, what, hint, field: None, level: Level::Error }
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.level = Level::Warning;
        self
    }

    pub(super) fn of_field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    pub(super) fn at_column(mut self, column: usize) -> Self {
        self.column = Some(counted(column));
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

fn counted(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
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
    /// The field that is not known.
    pub field: Option<String>,
}

impl Fault {
    pub(super) fn new(offset: usize, what: &str, hint: &str) -> Self {
        Self { offset, what: what.to_owned(), hint: hint.to_owned(), field: None }
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
