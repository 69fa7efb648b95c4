//! vCards (RFC 2426 and 6350, and the 2.1 of old phones) as rows of people.

use calcard::Entry;
use calcard::vcard::{VCard, VCardEntry, VCardKind, VCardParameterName, VCardParameterValue, VCardProperty, VCardType, VCardValue};

use super::{line, named, take_addresses};
use crate::model::import::Row;

/// One row for each card, with the line it begins on.
pub(super) fn rows(text: &str) -> Vec<Row> {
    pieces(text).into_iter().map(|(at, piece)| named(row(at, piece))).collect()
}

/// The file cut where cards begin; what stands before the first is a piece too unless it is blank.
fn pieces(text: &str) -> Vec<(u64, &str)> {
    let (mut found, mut start, mut start_line, mut at, mut number) = (Vec::new(), 0, 1, 0, 1);
    for raw in text.split_inclusive('\n') {
        if raw.trim().eq_ignore_ascii_case("BEGIN:VCARD") {
            found.push((start_line, &text[start..at]));
            (start, start_line) = (at, number);
        }
        at += raw.len();
        number += 1;
    }
    found.push((start_line, &text[start..]));
    found.retain(|(_, piece)| !piece.trim().is_empty());
    found
}

fn row(at: u64, piece: &str) -> Row {
    let Entry::VCard(card) = calcard::Parser::new(piece).entry() else {
        return Row::faulty(at, "this is no part of a vCard");
    };
    let mut row = Row { line: at, ..Row::default() };
    if card.property(&VCardProperty::Kind).is_some_and(is_group) {
        return Row::faulty(at, "the card is of a group, not of a person");
    }
    row.name = name(&card, &mut row.remarks);
    row.employer = text(&card, &VCardProperty::Org, "employer", &mut row.remarks);
    row.title = text(&card, &VCardProperty::Title, "title", &mut row.remarks)
        .or_else(|| text(&card, &VCardProperty::Role, "title", &mut row.remarks));
    row.note = text(&card, &VCardProperty::Note, "note", &mut row.remarks);
    row.profile = profile(&card);
    for address in addresses(&card) {
        take_addresses(&mut row, address);
    }
    if !piece.lines().any(|line| line.trim().eq_ignore_ascii_case("END:VCARD")) {
        row.remarks.push("the card has no end: the file may be cut off".to_owned());
    }
    row
}

fn is_group(entry: &VCardEntry) -> bool {
    entry.values.iter().any(|value| match value {
        VCardValue::Kind(kind) => {
            matches!(kind, VCardKind::Group | VCardKind::Org | VCardKind::Location | VCardKind::Application | VCardKind::Device)
        }
        VCardValue::Text(text) => text.eq_ignore_ascii_case("group"),
        _ => false,
    })
}

/// The formatted name, else the parts of the other one: given, further, family.
fn name(card: &VCard, remarks: &mut Vec<String>) -> String {
    if let Some(name) = text(card, &VCardProperty::Fn, "name", remarks) {
        return name;
    }
    let parts: Vec<String> =
        card.property(&VCardProperty::N).map(|entry| entry.values.iter().map(part_of_name).collect()).unwrap_or_default();
    let part = |index: usize| parts.get(index).map(|part| part.trim()).filter(|part| !part.is_empty());
    let joined = [part(1), part(2), part(0)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    line("name", &joined, remarks).unwrap_or_default()
}

/// Several names of a sort are parted by commas.
fn part_of_name(value: &VCardValue) -> String {
    match value {
        VCardValue::Component(names) => names.join(" "),
        other => other.as_text().unwrap_or_default().to_owned(),
    }
}

/// The first part of the first property of a sort that says something.
fn text(card: &VCard, property: &VCardProperty, what: &str, remarks: &mut Vec<String>) -> Option<String> {
    let mut values = card.properties(property).filter_map(|entry| entry.values.iter().find_map(as_text));
    values.find(|value| !value.trim().is_empty()).and_then(|value| line(what, value, remarks))
}

fn as_text(value: &VCardValue) -> Option<&str> {
    value.as_text()
}

/// The addresses, the preferred one first, then those at work.
fn addresses(card: &VCard) -> Vec<&str> {
    let mut found: Vec<(u32, &str)> =
        card.properties(&VCardProperty::Email).filter_map(|entry| Some((rank(entry), entry.values.iter().find_map(as_text)?))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, address)| address).collect()
}

/// The lower, the more preferred: `PREF=1` (4.0), `TYPE=pref` (3.0), a lone `PREF` (2.1); an address at work before others.
fn rank(entry: &VCardEntry) -> u32 {
    let rank = |name: &VCardParameterName, value: &VCardParameterValue| match (name, value) {
        (VCardParameterName::Pref, VCardParameterValue::Integer(rank)) => *rank,
        (VCardParameterName::Pref, _) => 0,
        (_, VCardParameterValue::Text(text)) if text.eq_ignore_ascii_case("pref") => 0,
        (_, VCardParameterValue::Type(VCardType::Work)) => 200,
        _ => 300,
    };
    entry.params.iter().map(|parameter| rank(&parameter.name, &parameter.value)).min().unwrap_or(300)
}

/// Their page on LinkedIn, as LinkedIn's own export names it; else the card's UID.
fn profile(card: &VCard) -> Option<String> {
    let pages = card.entries.iter().filter(|entry| !matches!(entry.name, VCardProperty::Photo | VCardProperty::Note));
    let mut pages = pages.flat_map(|entry| entry.values.iter().filter_map(as_text)).filter(|text| text.len() < 400);
    let page = pages.find(|text| text.contains("linkedin.com/in/")).map(|page| page.trim().trim_end_matches('/').to_owned());
    page.or_else(|| text(card, &VCardProperty::Uid, "UID", &mut Vec::new()))
}
