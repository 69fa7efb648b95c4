//! The weekly digest as a mail: subject, plain text and HTML, all three saying the same.

use super::essence::essence;
use super::page::Page;
use super::plain::Plain;
use super::{words, write};
use crate::model::digest::Digest;

/// A mail of the program's own, ready to be wrapped up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line that says what matters, 70 characters at most.
    pub subject: String,
    /// The plain part, 72 columns.
    pub text: String,
    /// The HTML part, complete, with nothing to load.
    pub html: String,
}

/// Writes the digest.
#[must_use]
pub fn digest(digest: &Digest) -> Rendered {
    let digest = words::cleaned(digest);
    let subject = essence(&digest);
    let text = write(&Plain::new(&digest, &subject));
    let html = write(&Page::new(&digest, &subject));
    Rendered { subject, text: tidy(&text), html }
}

/// No trailing spaces, at most two blank lines in a row, one line break at the end.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.lines().map(str::trim_end) {
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank <= 2 {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied.truncate(tidied.trim_end().len());
    tidied.push('\n');
    tidied
}
