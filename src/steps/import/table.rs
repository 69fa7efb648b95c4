//! Comma-separated values (RFC 4180 and what spreadsheets make of it) as rows of people.

use std::io::Read as _;

use csv::{ReaderBuilder, StringRecord};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::columns::Columns;
use super::{Unreadable, line, named, take_addresses};
use crate::model::address::Address;
use crate::model::import::{Field, Row};
use crate::model::span::Span;

/// Records looked at in search of the head: LinkedIn puts some notes before it.
const PREAMBLE: usize = 20;
/// How often an open quotation mark is stepped over before the rest is given up.
const MOST_OPEN_QUOTES: usize = 20;
/// Bytes looked at to find out what parts the cells.
const MOST_HEAD: usize = 16 * 1024;
/// How LinkedIn and spreadsheets write days.
const DAYS: [&str; 6] = ["%d %b %Y", "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%d-%b-%Y", "%d-%b-%y"];

/// A record and the lines it stands on.
struct Record {
    /// Where it begins, in bytes.
    at: usize,
    line: u64,
    last: u64,
    cells: Vec<String>,
    /// A quotation mark of it is never closed.
    is_open: bool,
}

/// The rows of a table, and the columns that nothing is taken from.
pub(super) fn rows(text: &str, map: &[(Field, String)]) -> Result<(Vec<Row>, Vec<String>), Unreadable> {
    let delimiter = delimiter(text);
    let mut records = records(text, 0, 1, delimiter);
    if records.is_empty() {
        return Err(Unreadable::Other("the file is empty".to_owned()));
    }
    let (columns, mut next) = columns(&records, map)?;
    let (mut rows, mut mended) = (Vec::new(), 0);
    while let Some(record) = records.get(next) {
        next += 1;
        if !columns.cells(&record.cells).any(|(field, cell)| swallows(field, cell, delimiter, columns.len())) {
            rows.push(named(row(record, &columns)));
            continue;
        }
        rows.push(Row::faulty(record.line, format!("a quotation mark too few or too many: it runs on to line {}", record.last)));
        mended += 1;
        if let Some(end) = text[record.at..].find('\n').filter(|_| mended <= MOST_OPEN_QUOTES) {
            (records, next) = (self::records(text, record.at + end + 1, record.line + 1, delimiter), 0);
        }
    }
    Ok((rows, columns.unused()))
}

/// True for a cell that took the rows behind it for its own: what follows a line break in it has cells again. A note may
/// hold commas; one that holds exactly a row of them does not.
fn swallows(field: Field, cell: &str, delimiter: u8, columns: usize) -> bool {
    let is_long = matches!(field, Field::Address | Field::Note | Field::Met | Field::Tags | Field::Profile);
    let signs = |line: &str| memchr::memchr_iter(delimiter, line.as_bytes()).count();
    let is_address = |cell: &str| Address::parse(cell.trim_matches(['"', ' '])).is_ok();
    let is_row = |line: &str| signs(line) + 1 == columns && columns > 1 && line.split(char::from(delimiter)).any(is_address);
    let has_cells = |line: &str| signs(line) > 0 && (delimiter != b',' || line.contains('@') || signs(line) > 2);
    cell.lines().skip(1).any(|line| if is_long { is_row(line) } else { has_cells(line) })
}

/// The columns, and the index of the first record behind the head.
fn columns(records: &[Record], map: &[(Field, String)]) -> Result<(Columns, usize), Unreadable> {
    if let Some(found) = headless(records, map) {
        return found;
    }
    let heads = records.iter().take(PREAMBLE).enumerate().filter(|(_, record)| !record.is_open);
    let mut scored: Vec<(usize, usize)> = Vec::new();
    for (index, record) in heads {
        let columns = Columns::of_head(&record.cells);
        let score = columns.clone().mapped(map).map_or(0, |mapped| mapped.score() + map.len());
        scored.push((score.max(columns.score()), index));
    }
    // Of heads that say as much, the first.
    let (score, at) = scored.into_iter().max_by_key(|(score, index)| (*score, std::cmp::Reverse(*index))).unwrap_or((0, 0));
    let columns = Columns::of_head(&records[at].cells).mapped(map)?;
    let names_nobody = columns.score() == 0 || score == 0 || records[at].cells.iter().any(|cell| Address::parse(cell).is_ok());
    if names_nobody {
        return Err(Unreadable::NoNames { columns: columns.names() });
    }
    Ok((columns, at + 1))
}

/// A table without a head, when the owner maps by numbers and the first record has an address where one belongs.
fn headless(records: &[Record], map: &[(Field, String)]) -> Option<Result<(Columns, usize), Unreadable>> {
    let numbered = !map.is_empty() && map.iter().all(|(_, column)| column.starts_with('#'));
    let first = records.first().filter(|record| numbered && record.cells.iter().any(|cell| Address::parse(cell).is_ok()))?;
    let unnamed = vec![String::new(); first.cells.len()];
    Some(Columns::of_head(&unnamed).mapped(map).map(|columns| (columns, 0)))
}

fn row(record: &Record, columns: &Columns) -> Row {
    if record.is_open {
        return Row::faulty(record.line, "a quotation mark is opened here and never closed");
    }
    if record.cells.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) {
        let (has, head) = (record.cells.len(), columns.len());
        return Row::faulty(record.line, format!("it has {has} cells where the head has {head}: a comma without quotation marks?"));
    }
    let mut row = Row { line: record.line, ..Row::default() };
    let mut parts: [Option<String>; 3] = [None, None, None];
    for (field, cell) in columns.cells(&record.cells).filter(|(_, cell)| !cell.trim().is_empty()) {
        match field {
            Field::First => parts[0] = line("name", cell, &mut row.remarks),
            Field::Middle => parts[1] = line("name", cell, &mut row.remarks),
            Field::Last => parts[2] = line("name", cell, &mut row.remarks),
            _ => take(&mut row, field, cell),
        }
    }
    if row.name.is_empty() {
        row.name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    }
    row
}

fn take(row: &mut Row, field: Field, cell: &str) {
    if field == Field::Address {
        return take_addresses(row, cell);
    }
    let Some(text) = line(field.word(), cell, &mut row.remarks) else { return };
    let first = |slot: &mut Option<String>, text: String| *slot = slot.take().or(Some(text));
    match field {
        Field::Name => row.name = text,
        Field::Employer => first(&mut row.employer, text),
        Field::Title => first(&mut row.title, text),
        Field::Met => row.met = Some(text),
        Field::Note => first(&mut row.note, text),
        Field::Profile => first(&mut row.profile, text.trim_end_matches('/').to_owned()),
        Field::Tags => row.tags = text.split([',', ';']).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect(),
        Field::State => row.state = Some(text.to_uppercase()),
        Field::Connected => connected(row, &text),
        Field::Relation => row.relation = or_remark(text.parse().ok(), "relation", &text, &mut row.remarks),
        Field::Every => match every(&text) {
            Ok(span) => row.every = Some(span),
            Err(why) => first(&mut row.fault, why),
        },
        Field::Zone if TimeZone::get(&text).is_ok() => row.zone = Some(text),
        Field::Zone => first(&mut row.fault, format!("“{text}” is no time zone; write one like America/Chicago")),
        Field::First | Field::Middle | Field::Last | Field::Address => {}
    }
}

/// What the owner wrote into a column of their own goes by the same rules as what they type.
fn every(text: &str) -> Result<Span, String> {
    let span: Span = text.parse().map_err(|_| format!("“{text}” is no cadence; write it like 8w"))?;
    span.as_cadence().map_err(|why| format!("“{text}” is no cadence: {why}"))
}

fn or_remark<T>(value: Option<T>, what: &str, text: &str, remarks: &mut Vec<String>) -> Option<T> {
    if value.is_none() {
        remarks.push(format!("“{text}” is no {what}"));
    }
    value
}

/// What is true and worth saying of a connection is its month; how they met otherwise is said better.
fn connected(row: &mut Row, text: &str) {
    match DAYS.iter().find_map(|format| Date::strptime(format, text).ok()) {
        Some(day) => row.met = row.met.take().or_else(|| Some(format!("we connected on LinkedIn in {}", day.strftime("%B %Y")))),
        None => row.remarks.push(format!("“{text}” is no day")),
    }
}

/// The records of the text from a byte on. An open quotation mark would swallow all that follows: its line is put aside.
fn records(text: &str, start: usize, line: u64, delimiter: u8) -> Vec<Record> {
    let (mut found, mut start, mut line) = (Vec::new(), start, line);
    let open = |at: usize, line: u64| Record { at, line, last: line, cells: Vec::new(), is_open: true };
    for _ in 0..=MOST_OPEN_QUOTES {
        let (records, rest) = read(text, start, line, delimiter);
        found.extend(records);
        let Some((at, open_line)) = rest else { return found };
        found.push(open(at, open_line));
        let Some(end) = text[at..].find('\n') else { return found };
        (start, line) = (at + end + 1, open_line + 1);
    }
    found.push(open(start, line));
    found
}

/// What is read behind the end of the text: whoever swallows it has an open quotation mark.
const END: [&str; 1] = ["\u{1}end"];

/// The records from a byte on, up to one whose quotation mark is never closed: then where it starts, and on which line.
fn read(text: &str, from: usize, first_line: u64, delimiter: u8) -> (Vec<Record>, Option<(usize, u64)>) {
    let bytes = text.as_bytes()[from..].chain(b"\n".as_slice()).chain(END[0].as_bytes());
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let (mut found, mut record) = (Vec::new(), StringRecord::new());
    while let Ok(true) = reader.read_record(&mut record) {
        if record.iter().eq(END) {
            return (found, None);
        }
        let (start, line) = record.position().map_or((0, 1), |at| (usize::try_from(at.byte()).unwrap_or(0), at.line()));
        // The reader counts a record from behind the one before: blank lines in between are not its own.
        let blank = text[from + start..].bytes().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let (skipped, lines) = blank.fold((0, 0), |(bytes, lines), byte| (bytes + 1, lines + u64::from(byte == b'\n')));
        let (at, line) = (from + start + skipped, first_line + line - 1 + lines);
        if record.get(record.len().saturating_sub(1)).is_some_and(|cell| cell.ends_with(END[0])) {
            return (found, Some((at, line)));
        }
        let last = (first_line + reader.position().line()).saturating_sub(2);
        found.push(Record { at, line, last: last.max(line), cells: record.iter().map(str::to_owned).collect(), is_open: false });
    }
    (found, None)
}

/// What parts the cells: the sign by which one of the first lines is a head, else the one that the first line has most of.
fn delimiter(text: &str) -> u8 {
    let head = &text[..text.floor_char_boundary(MOST_HEAD)];
    let cells = |line: &str, sign: char| -> Vec<String> { line.split(sign).map(|cell| cell.trim().trim_matches('"').to_owned()).collect() };
    let first = head.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let rank = |sign: char| {
        let heads = head.lines().take(PREAMBLE).map(|line| Columns::of_head(&cells(line, sign)).score());
        (heads.max().unwrap_or(0), first.matches(sign).count())
    };
    let best = ['\t', ';', ','].into_iter().max_by_key(|sign| rank(*sign));
    best.and_then(|sign| u8::try_from(sign).ok()).unwrap_or(b',')
}
