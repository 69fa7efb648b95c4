//! How answers are printed: plain for people, JSON for scripts; nothing from a mail reaches the terminal raw.

use std::io::{IsTerminal as _, Write as _};

use comfy_table::{ContentArrangement, Table, TableStyle};
use serde_json::Value;

use crate::model::address::is_invisible;

/// How answers are printed.
#[derive(Debug, Clone, Copy)]
pub struct Say {
    /// JSON instead of words.
    pub json: bool,
    quiet: bool,
}

impl Say {
    /// How a command line wants it.
    #[must_use]
    pub const fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Prints one answer: the object as JSON, or the words.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn answer(&self, object: &Value, words: impl FnOnce() -> String) -> std::io::Result<()> {
        if self.json { line(&json(object)) } else { text(&words()) }
    }

    /// Prints a list: one object a line, or the words.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn list(&self, objects: &[Value], words: impl FnOnce() -> String) -> std::io::Result<()> {
        if self.json { objects.iter().try_for_each(|object| line(&json(object))) } else { text(&words()) }
    }

    /// A remark on standard error, for people.
    pub fn note(&self, words: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{}", safe(words));
        }
    }

    /// What the owner must see to go on, on standard error.
    #[expect(clippy::unused_self, reason = "it is said whatever was asked for, through the same mouth")]
    pub fn tell(&self, words: &str) {
        let words = safe(words);
        let width = if std::io::stderr().is_terminal() { crossterm::terminal::size().map_or(80, |(columns, _)| columns) } else { 0 };
        let _ = writeln!(std::io::stderr(), "{}", if width > 0 { fitted(&words, usize::from(width)) } else { words });
    }

    /// Something the owner should mend, on standard error.
    #[expect(clippy::unused_self, reason = "warnings are said whatever was asked for, through the same mouth")]
    pub fn warn(&self, words: &str) {
        let _ = writeln!(std::io::stderr(), "curbside: {}", safe(words));
    }
}

/// JSON in which whatever a terminal would obey or hide is written as an escape: the same value, seen as it is (X19).
pub(super) fn json(object: &Value) -> String {
    use std::fmt::Write as _;
    let raw = object.to_string();
    raw.chars().fold(String::with_capacity(raw.len()), |mut text, c| {
        if c.is_control() || is_invisible(c) {
            // Beyond the first plane JSON writes a character as two halves.
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
        text
    })
}

fn line(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")
}

fn text(words: &str) -> std::io::Result<()> {
    let words = safe(words);
    if words.is_empty() { Ok(()) } else { line(words.trim_end()) }
}

/// A text without anything a terminal would obey (X19): control characters but line breaks and tabs, bidi marks.
#[must_use]
pub fn safe(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).filter(|c| !is_invisible(*c)).collect()
}

/// The same lines, none longer than the terminal is wide; what goes on stands below where it began.
fn fitted(words: &str, width: usize) -> String {
    let fit = |line: &str| {
        let indent = &line[..line.len() - line.trim_start().len()];
        let is_step = line.trim_start().starts_with(|c: char| c.is_ascii_digit());
        let below = format!("{indent}{}", if is_step { "   " } else { "" });
        crate::letters::wrap(line, indent, &below, width)
    };
    words.split('\n').map(fit).collect::<Vec<_>>().join("\n")
}

/// The same lines for standard output: where that is a terminal none is broken in a word. A quoted line goes on behind its
/// bar, a labelled one below its text.
#[must_use]
pub fn fit(words: &str) -> String {
    const LABEL: usize = 10;
    if !std::io::stdout().is_terminal() {
        return words.to_owned();
    }
    let width = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
    let fit = |line: &str| {
        let is_labelled = line.starts_with("  ") && line.get(LABEL - 1..LABEL) == Some(" ");
        let (head, below) = match line.strip_prefix("  │ ") {
            _ if line.chars().count() <= width => return line.to_owned(),
            Some(_) => ("  │ ", "  │ ".to_owned()),
            None if is_labelled => (&line[..LABEL], " ".repeat(LABEL)),
            None => (&line[..line.len() - line.trim_start().len()], String::new()),
        };
        crate::letters::wrap(&line[head.len()..], head, &below, width)
    };
    words.split('\n').map(fit).collect::<Vec<_>>().join("\n")
}

/// `1 folder`, `2 folders`.
#[must_use]
pub fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// `1 person`, `1,465 people`.
#[must_use]
pub fn people(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{} people", grouped(count)) }
}

/// `1,465`.
#[must_use]
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// A table that fits the terminal.
#[must_use]
pub fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new())
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(head.iter().map(|title| title.to_uppercase()));
    if !std::io::stdout().is_terminal() {
        table.set_width(100);
    }
    for row in rows {
        table.add_row(row.iter().map(|cell| safe(cell)));
    }
    table.trim_fmt()
}

/// True where a table has room for what is only nice to have.
#[must_use]
pub fn is_wide() -> bool {
    const WIDE: u16 = 100;
    !std::io::stdout().is_terminal() || crossterm::terminal::size().is_ok_and(|(columns, _)| columns >= WIDE)
}

/// True when somebody can be asked: both ends are a terminal.
#[must_use]
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}
