//! The fields of a delivery status (RFC 3464 section 2), wherever they stand.

use super::address;
use crate::model::mail::Mail;

/// Entries kept of one report.
const MOST_ENTRIES: usize = 200;
/// Bytes kept of one field.
const MOST_VALUE: usize = 4_096;

/// The fields of one recipient.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    final_recipient: Option<String>,
    original_recipient: Option<String>,
    pub(super) action: Option<String>,
    pub(super) status: Option<String>,
    pub(super) diagnostic: Option<String>,
}

impl Entry {
    /// The address the sender wrote to, if told, else the one that failed in the end.
    pub(super) fn address(&self) -> Option<String> {
        self.original_recipient
            .as_deref()
            .and_then(address::of_field)
            .or_else(|| self.final_recipient.as_deref().and_then(address::of_field))
    }

    /// True when this recipient got the mail, or some other program answers for it.
    pub(super) fn arrived(&self) -> bool {
        let action = self.action.as_deref().unwrap_or_default();
        matches!(action, "delivered" | "relayed" | "expanded")
            || !matches!(action, "failed" | "delayed") && self.status.as_deref().is_some_and(|status| status.starts_with('2'))
    }

    fn is_told(&self) -> bool {
        (self.final_recipient.is_some() || self.original_recipient.is_some())
            && (self.action.is_some() || self.status.is_some() || self.diagnostic.is_some())
            || self.action.is_some() && self.status.is_some()
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "final-recipient" => Some(&mut self.final_recipient),
            "original-recipient" => Some(&mut self.original_recipient),
            "action" => Some(&mut self.action),
            "status" => Some(&mut self.status),
            "diagnostic-code" => Some(&mut self.diagnostic),
            _ => None,
        }
    }
}

/// Every recipient's entry: of the delivery-status parts, else of fields that stand in the text.
pub(super) fn entries(mail: &Mail) -> Vec<Entry> {
    let parts =
        mail.parts.iter().filter(|part| matches!(part.content_type.as_str(), "message/delivery-status" | "message/global-delivery-status"));
    let mut entries: Vec<Entry> = parts.filter_map(|part| part.text.as_deref()).flat_map(of_text).collect();
    if entries.is_empty() {
        let nested = mail.parts.iter().filter(|part| part.content_type == "message/rfc822").filter_map(|part| part.text.as_deref());
        entries = nested.filter(|text| text.contains("report-type=delivery-status")).flat_map(of_text).collect();
    }
    if entries.is_empty() {
        entries = mail.text.as_deref().map(of_notification).unwrap_or_default();
    }
    if entries.is_empty() {
        entries = mail.text.as_deref().filter(|text| looks_like_fields(text)).map(of_text).unwrap_or_default();
    }
    entries.truncate(MOST_ENTRIES);
    entries
}

fn looks_like_fields(text: &str) -> bool {
    text.lines()
        .take(400)
        .any(|line| name_and_value(line).is_some_and(|(name, _)| matches!(name.as_str(), "final-recipient" | "original-recipient")))
}

/// Amazon SES by way of SNS: the report as JSON, long lines folded.
fn of_notification(text: &str) -> Vec<Entry> {
    let Some(text) = text.trim_start().strip_prefix('{') else { return Vec::new() };
    let line: String = text.split("\n--").next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(64 * 1024).collect();
    let Ok(envelope) = serde_json::from_str::<serde_json::Value>(&format!("{{{line}")) else { return Vec::new() };
    let inner = envelope.get("Message").and_then(|value| value.as_str()).and_then(|text| serde_json::from_str(text).ok());
    let report: serde_json::Value = inner.unwrap_or(envelope);
    let word = |value: &serde_json::Value, name: &str| value.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let found = report.pointer("/bounce/bouncedRecipients").and_then(|value| value.as_array()).cloned().unwrap_or_default();
    let entry = |value: &serde_json::Value| Entry {
        final_recipient: word(value, "emailAddress"),
        original_recipient: None,
        action: word(value, "action").or_else(|| Some("failed".to_owned())),
        status: word(value, "status"),
        diagnostic: word(value, "diagnosticCode"),
    };
    found.iter().map(entry).map(tidy).filter(Entry::is_told).collect()
}

fn of_text(text: &str) -> Vec<Entry> {
    let mut entries = vec![Entry::default()];
    let mut open: Option<String> = None;
    for line in text.lines() {
        let continued = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        if let (true, Some(name)) = (continued, open.as_deref()) {
            append(entries.last_mut(), name, line.trim());
            continue;
        }
        open = None;
        if line.trim().is_empty() {
            close(&mut entries);
        } else if let Some((name, value)) = name_and_value(line) {
            place(&mut entries, &name, value);
            open = Some(name);
        }
        if entries.len() > MOST_ENTRIES {
            break;
        }
    }
    entries.retain(Entry::is_told);
    entries.into_iter().map(tidy).collect()
}

fn name_and_value(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.split_once(':')?;
    let name = name.trim();
    (name.len() <= 40 && !name.is_empty() && !name.contains(' ')).then(|| (name.to_ascii_lowercase(), value.trim()))
}

/// A blank line ends an entry; the fields of the whole message before the first one make none.
fn close(entries: &mut Vec<Entry>) {
    match entries.last_mut() {
        Some(last) if last.is_told() => entries.push(Entry::default()),
        _ => {}
    }
}

/// A field that comes a second time begins the next entry: some programs leave out the blank line.
fn place(entries: &mut Vec<Entry>, name: &str, value: &str) {
    let taken = entries.last_mut().and_then(|entry| entry.slot(name)).is_some_and(|slot| slot.is_some());
    if taken && entries.last().is_some_and(Entry::is_told) {
        entries.push(Entry::default());
    }
    if let Some(slot) = entries.last_mut().and_then(|entry| entry.slot(name)) {
        *slot = Some(super::super::auto_reply::head(value, MOST_VALUE).to_owned());
    }
}

fn append(entry: Option<&mut Entry>, name: &str, more: &str) {
    if let Some(Some(value)) = entry.and_then(|entry| entry.slot(name))
        && value.len() + more.len() < MOST_VALUE
    {
        value.push(' ');
        value.push_str(more);
    }
}

fn tidy(mut entry: Entry) -> Entry {
    let word = |value: String| value.split([' ', '(', ';', '\t']).find(|word| !word.is_empty()).unwrap_or_default().to_ascii_lowercase();
    entry.action = entry.action.map(word);
    entry.status = entry.status.map(word).filter(|status| is_status(status));
    entry.diagnostic = entry.diagnostic.filter(|text| !text.trim().is_empty());
    entry
}

/// `class.subject.detail` of RFC 3463.
fn is_status(text: &str) -> bool {
    let numbers: Vec<&str> = text.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    numbers.len() == 3 && matches!(numbers[0], "2" | "4" | "5") && numbers.iter().all(is_number)
}
