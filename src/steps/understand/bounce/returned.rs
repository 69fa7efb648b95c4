//! The mail that came back: its id ties the report to what was sent.

use super::address;
use super::notice::Notice;
use crate::model::mail::Mail;

/// Header lines of the returned mail that are looked at.
const MOST_LINES: usize = 400;

/// True when the report carries the returned mail or its header.
pub(super) fn is_attached(mail: &Mail) -> bool {
    attached(mail).next().is_some()
}

fn attached(mail: &Mail) -> impl Iterator<Item = &str> {
    let kinds =
        ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers", "message/partial"];
    mail.parts.iter().filter(move |part| kinds.contains(&part.content_type.as_str())).filter_map(|part| part.text.as_deref())
}

/// The `Message-ID` of the mail that came back, from its returned header, else from what the report refers to.
pub(super) fn message_id(mail: &Mail, notice: &Notice) -> Option<String> {
    let headers = attached(mail).chain(notice.returned.as_deref());
    let own = mail.message_id.as_deref();
    headers
        .flat_map(|text| field(text, "message-id"))
        .map(|value| bare(&value))
        .find(|id| !id.is_empty())
        .or_else(|| mail.original_message_id.clone())
        .or_else(|| mail.header("x-original-message-id").map(bare).filter(|id| !id.is_empty()))
        .or_else(|| mail.refers_to().find(|id| Some(*id) != own).map(str::to_owned))
}

fn bare(value: &str) -> String {
    let inner = value.split_once('<').map_or(value, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    inner.trim().chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(998).collect()
}

/// Addresses the returned mail was written to, the surest field first.
pub(super) fn written_to(mail: &Mail, notice: &Notice) -> Vec<String> {
    let texts: Vec<&str> = attached(mail).chain(notice.returned.as_deref()).collect();
    for name in ["x-failed-recipients", "x-envelope-to", "envelope-to", "to", "delivered-to", "x-original-to", "cc"] {
        let found: Vec<String> = texts
            .iter()
            .flat_map(|text| field(text, name))
            .flat_map(|value| address::all(&value).map(|hit| hit.address.to_owned()).collect::<Vec<_>>())
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    texts.iter().flat_map(|text| field(text, "received")).filter_map(|value| received_for(&value)).collect()
}

fn received_for(value: &str) -> Option<String> {
    let (_, rest) = value.split_once(" for ")?;
    address::all(rest).next().map(|hit| hit.address.to_owned())
}

/// The values of a header field in raw header text, unfolded; quoting and indentation before names is forgiven.
fn field(text: &str, wanted: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines().take(MOST_LINES) {
        if open && line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            if let Some(value) = values.last_mut().filter(|value| value.len() < 8_192) {
                value.push(' ');
                value.push_str(line.trim());
            }
            continue;
        }
        let line = line.trim_start_matches(['>', ' ', '\t', '|']);
        open = line.split_once(':').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        if open {
            values.extend(line.split_once(':').map(|(_, value)| value.trim().to_owned()));
        }
    }
    values
}
