//! Reading exports of people: bytes become rows, none is dropped in silence, and a row that makes no sense says so.

mod columns;
mod judge;
mod letters;
mod merge;
mod table;
mod vcard;

pub use judge::{Rules, SHORT, judge, name_key, person_key};

use crate::model::address::{Address, Mailbox, clean_name};
use crate::model::import::{Field, Row, Sheet, Source};

/// The longest text taken for one field, in characters.
const MOST_TEXT: usize = 2_000;
/// The most that is looked at of one cell, in bytes: white space and marks that nobody sees are not counted as text.
const MOST_CELL: usize = 64 * 1024;
/// Addresses taken of one person.
const MOST_ADDRESSES: usize = 20;

/// Why a file is no list of people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is another sort of file.
    #[error("{0}")]
    Other(String),
    /// No column names people.
    #[error("no column of the file is known to hold names or addresses; its columns are: {}", columns.join(" · "))]
    NoNames {
        /// The columns as they are called.
        columns: Vec<String>,
    },
    /// The owner named a column that is not there.
    #[error("the file has no column “{wanted}”; its columns are: {}", columns.join(" · "))]
    NoColumn {
        /// The name that was given.
        wanted: String,
        /// The columns as they are called.
        columns: Vec<String>,
    },
}

/// Reads a file. `map` says which column holds what, where the owner said so: its name, or its number as `#3`.
///
/// # Errors
/// When the file as a whole is no such list. What is wrong with a row is said in the row.
pub fn read(source: Source, bytes: &[u8], map: &[(Field, String)]) -> Result<Sheet, Unreadable> {
    if bytes.starts_with(b"PK\x03\x04") {
        let inside = if source == Source::LinkedIn { "Connections.csv inside" } else { "save it as CSV, or take the file inside" };
        return Err(Unreadable::Other(format!("this is a ZIP or Excel file: unpack it first ({inside})")));
    }
    let (text, letters) = letters::decoded(bytes);
    let is_cards = text.trim_start().get(..11).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCARD"));
    match source {
        Source::VCard if !is_cards && !has_card(&text) => {
            Err(Unreadable::Other("there is no vCard in the file: none begins with BEGIN:VCARD".to_owned()))
        }
        Source::VCard => Ok(Sheet { letters, rows: vcard::rows(&text), unused: Vec::new() }),
        _ if is_cards => Err(Unreadable::Other("this is a file of vCards: curbside import vcard reads it".to_owned())),
        _ => {
            let (rows, unused) = table::rows(&text, map)?;
            Ok(Sheet { letters, rows, unused })
        }
    }
}

fn has_card(text: &str) -> bool {
    text.lines().any(|line| line.trim().eq_ignore_ascii_case("BEGIN:VCARD"))
}

/// A text as one clean line, with a remark when it had to be cut.
fn line(what: &str, text: &str, remarks: &mut Vec<String>) -> Option<String> {
    let clean = clean_name(unquoted(&text[..text.floor_char_boundary(MOST_CELL)]));
    if clean.chars().nth(MOST_TEXT).is_none() && text.len() <= MOST_CELL {
        return Some(clean).filter(|clean| !clean.is_empty());
    }
    remarks.push(format!("the {what} was cut after {MOST_TEXT} characters"));
    Some(clean.chars().take(MOST_TEXT).collect())
}

/// Without the quote that keeps a spreadsheet from obeying a cell: our own export writes one.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r'])).unwrap_or(text)
}

/// Takes the addresses of a cell; what is none is remarked.
fn take_addresses(row: &mut Row, cell: &str) {
    let cell = &cell[..cell.floor_char_boundary(MOST_CELL)];
    for piece in
        cell.split([';', ',', '\n', '\r', '|']).flat_map(|piece| piece.split(" ::: ")).map(str::trim).filter(|piece| !piece.is_empty())
    {
        for word in words(piece) {
            take_address(row, word);
        }
    }
}

/// `Jane <jane@x.example>` is one, `jane@x.example jd@y.example` are two, and words without any are one that is none.
fn words(piece: &str) -> Vec<&str> {
    if piece.contains('<') || !piece.contains('@') { vec![piece] } else { piece.split_whitespace().collect() }
}

fn take_address(row: &mut Row, text: &str) {
    let text = text.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).map_or(text, |_| &text[7..]);
    match Mailbox::parse(text) {
        Ok(Mailbox { address, .. }) if row.addresses.iter().any(|known: &Address| known.key() == address.key()) => {}
        Ok(_) if row.addresses.len() == MOST_ADDRESSES => {
            remark_once(row, format!("more than {MOST_ADDRESSES} addresses: the others were left out"));
        }
        Ok(mailbox) => row.addresses.push(mailbox.address),
        Err(error) => remark_once(row, error.to_string()),
    }
}

fn remark_once(row: &mut Row, remark: String) {
    if row.remarks.len() < MOST_ADDRESSES && !row.remarks.contains(&remark) {
        row.remarks.push(remark);
    }
}

/// A row must name somebody, and a formula is nobody's name.
fn named(mut row: Row) -> Row {
    if row.fault.is_some() {
        return row;
    }
    if row.name.starts_with(['=', '+', '@']) || !row.name.is_empty() && !row.name.chars().any(char::is_alphabetic) {
        let shown: String = row.name.chars().take(40).collect();
        return Row::faulty(row.line, format!("“{shown}” is no name"));
    }
    if let (true, Some(address)) = (row.name.is_empty(), row.addresses.first()) {
        row.name = address.to_string();
        row.remarks.push("the row gives no name".to_owned());
    }
    row
}

#[cfg(test)]
mod tests;
