//! What is wrong with the configuration: the file, the line, and a sentence for people.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why the configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is none yet.
    #[error("there is no configuration at {0}; run curbside init first")]
    Missing(PathBuf),
    /// The file cannot be read or parsed.
    #[error("{path}: {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line.
        what: String,
    },
    /// A value makes no sense.
    #[error("{place}[{section}] {key}: {what}")]
    Value {
        /// The file and the line, as the beginning of a sentence; empty while they are not known.
        place: String,
        /// The section of the file.
        section: &'static str,
        /// The key.
        key: &'static str,
        /// What is wrong and what to write instead.
        what: String,
    },
}

impl ConfigError {
    /// The same with the file, and the line of the key or of its section.
    pub(super) fn within(self, path: &Path, text: &str) -> Self {
        match self {
            Self::Value { section, key, what, .. } => {
                let line = line_of(text, section, key).map_or_else(String::new, |line| format!("line {line}: "));
                Self::Value { place: format!("{}: {line}", path.display()), section, key, what }
            }
            other => other,
        }
    }
}

/// The line of a key, counted from 1; else that of its section.
fn line_of(text: &str, section: &str, key: &str) -> Option<usize> {
    let head = format!("[{section}]");
    let begins = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let start = text.lines().position(|line| line.trim().starts_with(&head))?;
    let inside = text.lines().skip(start + 1).take_while(|line| !line.trim_start().starts_with('['));
    let offset = inside.into_iter().position(begins).map_or(0, |below| below + 1);
    Some(start + offset + 1)
}

/// Why the file could not be read.
pub(super) fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::InvalidData => "this is no text in UTF-8; save it again as such".to_owned(),
        ErrorKind::PermissionDenied => "you may not read it; chmod 600 and chown it to yourself".to_owned(),
        ErrorKind::IsADirectory => "this is a folder, not a file".to_owned(),
        _ => error.to_string(),
    }
}

/// A TOML error as one sentence with its line.
pub(super) fn plain(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let what = said(&error.message().replace('\n', " "));
    line.map_or_else(|| what.clone(), |line| format!("line {line}: {what}"))
}

/// The parser's words for what people get wrong, in other words; its own where they are clear.
fn said(message: &str) -> String {
    if let Some(field) = message.strip_prefix("missing field ") {
        let field = field.trim_matches('`');
        return match field {
            "owner" | "account" => format!("the section [{field}] is missing; curbside config prints all of them"),
            _ => format!("the key {field} is missing in this section"),
        };
    }
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return format!("there is no key {}", rest.replacen(", expected one of", "; there are", 1).replacen(", expected", "; there is", 1));
    }
    let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    let Some((found, wanted)) = wrong.and_then(|rest| rest.split_once(", expected ")) else { return message.to_owned() };
    format!("{} stands where {} is wanted", what_stands(found), what_is_wanted(wanted))
}

fn what_stands(found: &str) -> String {
    let value = found.split_once(' ').map_or("", |(_, value)| value).trim_matches('`');
    match found.split(' ').next().unwrap_or_default() {
        "integer" | "floating" => format!("the number {}", value.trim_start_matches("point `")),
        "string" => format!("the text {value}"),
        "boolean" => value.to_owned(),
        "sequence" => "a list".to_owned(),
        "map" => "a section".to_owned(),
        _ => found.to_owned(),
    }
}

fn what_is_wanted(wanted: &str) -> &str {
    match wanted {
        "a string" | "path string" => "a text in quotes, like \"8w\",",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number, 0 or more,",
        "a sequence" => "a list, like [\"a.example\"],",
        wanted if wanted.starts_with("struct ") => "a section, like [owner],",
        wanted => wanted,
    }
}
