//! Which column of a table holds what: by the names that Google, Outlook, LinkedIn and people give them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Unreadable;
use crate::model::fold::folded;
use crate::model::import::Field;
use crate::steps::book::Book;

static KNOWN: LazyLock<HashMap<String, Field>> = LazyLock::new(|| {
    let mut names = Book::open("columns.toml", include_str!("../../../data/columns.toml")).part("columns");
    let fields = Field::ALL.iter().flat_map(|field| names.texts(field.word()).into_iter().map(|name| (name, *field)));
    let known = fields.collect();
    names.close();
    known
});

/// The columns of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    /// What each column holds.
    fields: Vec<Option<Field>>,
    /// What they are called; empty where the table has no head.
    names: Vec<String>,
}

impl Columns {
    /// Columns by their names alone.
    pub(super) fn of_head(head: &[String]) -> Self {
        let names: Vec<String> = head.iter().map(|name| super::line("column", name, &mut Vec::new()).unwrap_or_default()).collect();
        Self { fields: names.iter().map(|name| KNOWN.get(&key(name)).copied()).collect(), names }
    }

    /// The same where the owner said which column holds what: then no other column is taken for that.
    pub(super) fn mapped(mut self, map: &[(Field, String)]) -> Result<Self, Unreadable> {
        for field in map.iter().map(|(field, _)| *field) {
            self.fields.iter_mut().filter(|own| **own == Some(field) || is_instead(field, **own)).for_each(|own| *own = None);
        }
        for (field, wanted) in map {
            let at = self.find(wanted).ok_or_else(|| Unreadable::NoColumn { wanted: wanted.clone(), columns: self.names.clone() })?;
            self.fields[at] = Some(*field);
        }
        Ok(self)
    }

    fn find(&self, wanted: &str) -> Option<usize> {
        let by_number = wanted.strip_prefix('#').and_then(|number| number.parse::<usize>().ok()).and_then(|number| number.checked_sub(1));
        let by_name = || self.names.iter().position(|name| folded(name) == folded(wanted));
        by_name().or(by_number.filter(|at| *at < self.fields.len()))
    }

    /// How many columns hold something known; none when no column names people.
    pub(super) fn score(&self) -> usize {
        let names_people = |field: &Option<Field>| matches!(field, Some(Field::Name | Field::First | Field::Last | Field::Address));
        if self.fields.iter().any(names_people) { self.fields.iter().flatten().count() } else { 0 }
    }

    /// Each cell with what it holds.
    pub(super) fn cells<'r>(&'r self, record: &'r [String]) -> impl Iterator<Item = (Field, &'r str)> {
        self.fields.iter().zip(record).filter_map(|(field, cell)| Some(((*field)?, cell.as_str())))
    }

    /// How many columns there are.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Columns that nothing is taken from.
    pub(super) fn unused(&self) -> Vec<String> {
        let unused = self.names.iter().zip(&self.fields).filter(|(name, field)| field.is_none() && !name.is_empty());
        unused.map(|(name, _)| name.clone()).collect()
    }

    /// What they are called.
    pub(super) fn names(&self) -> Vec<String> {
        self.names.clone()
    }
}

/// A whole name that the owner points at stands instead of its parts, and the parts instead of it.
fn is_instead(field: Field, own: Option<Field>) -> bool {
    let is_part = |field: Field| matches!(field, Field::First | Field::Middle | Field::Last);
    own.is_some_and(|own| field == Field::Name && is_part(own) || is_part(field) && own == Field::Name)
}

/// `E-mail 2 - Value` is `e-mail # - value`.
fn key(name: &str) -> String {
    let name = folded(name.trim_end_matches(':')).replace('_', " ");
    let mut key = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '0'..='9' if key.ends_with('#') => {}
            '0'..='9' => key.push('#'),
            other => key.push(other),
        }
    }
    key
}
