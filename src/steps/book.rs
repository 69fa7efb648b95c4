//! The shipped tables of `data/*.toml`, read by key: what is asked for and not there, or there and never asked for, is
//! a fault of the table that every test of its reader shows.
//!
//! One generic reading, where a type for each table would make a deserializer for each.

use std::collections::HashSet;

use toml::{Table, Value};

/// A shipped table, or a part of one; each key is taken once.
#[derive(Debug)]
pub struct Book {
    name: String,
    table: Table,
}

impl Book {
    /// Reads a shipped file.
    #[must_use]
    pub fn open(name: &str, text: &str) -> Self {
        let table = text.parse::<Table>();
        debug_assert!(table.is_ok(), "{name}: {:?}", table.as_ref().err());
        Self { name: name.to_owned(), table: table.unwrap_or_default() }
    }

    /// Reads one section of a shipped file, which has no tables within it; the rest of the file is not looked at.
    #[must_use]
    pub fn section(name: &str, text: &str, section: &str) -> Self {
        let part = text.split("\n[").find_map(|part| part.strip_prefix(section)?.strip_prefix("]\n"));
        debug_assert!(part.is_some(), "{name} has no [{section}]");
        Self::open(&format!("[{section}] of {name}"), part.unwrap_or_default())
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let value = self.table.remove(key);
        debug_assert!(value.is_some(), "{} has no {key}", self.name);
        value
    }

    /// A text, or nothing when there is none.
    pub fn text(&mut self, key: &str) -> Option<String> {
        self.table.remove(key).and_then(|value| if let Value::String(text) = value { Some(text) } else { None })
    }

    /// True when the key is set so.
    pub fn flag(&mut self, key: &str) -> bool {
        self.table.remove(key).is_some_and(|value| value.as_bool() == Some(true))
    }

    /// A text, or a list of them.
    pub fn texts(&mut self, key: &str) -> Vec<String> {
        self.take(key).map(texts).unwrap_or_default()
    }

    /// The same as a set.
    pub fn set(&mut self, key: &str) -> HashSet<String> {
        self.texts(key).into_iter().collect()
    }

    /// A list of pairs: a text, and a text or a list of them.
    pub fn pairs(&mut self, key: &str) -> Vec<(String, Vec<String>)> {
        let pair = |value: Value| {
            let Value::Array(pair) = value else { return None };
            let mut parts = pair.into_iter().map(texts);
            Some((parts.next()?.pop()?, parts.next()?))
        };
        let list = if let Some(Value::Array(list)) = self.take(key) { list } else { Vec::new() };
        list.into_iter().filter_map(pair).collect()
    }

    /// A table within it.
    #[must_use]
    pub fn part(&mut self, key: &str) -> Self {
        let table = if let Some(Value::Table(table)) = self.take(key) { table } else { Table::new() };
        Self { name: format!("[{key}] of {}", self.name), table }
    }

    /// A list of tables.
    #[must_use]
    pub fn parts(&mut self, key: &str) -> Vec<Self> {
        let list = if let Some(Value::Array(list)) = self.take(key) { list } else { Vec::new() };
        let name = format!("[[{key}]] of {}", self.name);
        list.into_iter()
            .filter_map(|value| if let Value::Table(table) = value { Some(table) } else { None })
            .map(|table| Self { name: name.clone(), table })
            .collect()
    }

    /// All that is left: each key with its texts.
    pub fn rest(&mut self) -> Vec<(String, Vec<String>)> {
        std::mem::take(&mut self.table).into_iter().map(|(key, value)| (key, texts(value))).collect()
    }

    /// Ends the reading.
    pub fn close(self) {
        debug_assert!(self.table.is_empty(), "nobody reads {:?} in {}", self.table.keys().collect::<Vec<_>>(), self.name);
    }
}

fn texts(value: Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.into_iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Every text of a shipped file, however deep, for the tests of its readers.
#[cfg(test)]
pub fn every_text(file: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = vec![Value::Table(file.parse().expect("a table"))];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => found.push(text),
            Value::Array(list) => left.extend(list),
            Value::Table(table) => left.extend(table.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    found
}
