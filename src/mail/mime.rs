//! Bytes of mail to the model and back (RFC 5322, RFC 2045): the only place of mail-parser.

pub mod limits;

use std::collections::HashSet;

use jiff::civil;
use jiff::tz::Offset;
use mail_parser::{Address as ParsedAddress, HeaderForm, HeaderName, HeaderValue, Message, MessageParser, MimeHeaders, PartType};

use crate::model::address::{Address, Mailbox, clean_name, is_invisible};
use crate::model::mail::{Mail, MailDate, Part};

/// Parses a mail; `None` when the bytes are no mail at all (no header field).
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Mail> {
    let truncated = bytes.len() > limits::BYTES;
    let cut = bytes[..bytes.len().min(limits::BYTES)].trim_ascii_start();
    let message = MessageParser::default().parse(cut)?;
    if message.headers().is_empty() {
        return None;
    }
    let mut mail = envelope(&message);
    mail.truncated = truncated;
    read_bodies(&message, &mut mail);
    mail.parts = other_parts(&message);
    if is_hollow(&mail) {
        mail.text = raw_body(&message);
    }
    Some(mail)
}

/// Parses a header block only: no body, no parts.
#[must_use]
pub fn parse_headers(bytes: &[u8]) -> Option<Mail> {
    let message = MessageParser::default().parse_headers(&bytes[..bytes.len().min(limits::BYTES)])?;
    (!message.headers().is_empty()).then(|| envelope(&message))
}

fn envelope(message: &Message<'_>) -> Mail {
    let ids = |form: HeaderName<'static>| id_list(message, form);
    Mail {
        message_id: ids(HeaderName::MessageId).into_iter().next(),
        original_message_id: original_id(message),
        in_reply_to: ids(HeaderName::InReplyTo),
        references: newest(ids(HeaderName::References)),
        from: mailboxes(message.from()),
        reply_to: mailboxes(message.reply_to()),
        to: mailboxes(message.to()),
        cc: mailboxes(message.cc()),
        subject: cleaned(message.subject().unwrap_or_default(), limits::SUBJECT),
        date: message.date().and_then(mail_date),
        headers: all_headers(message),
        ..Mail::default()
    }
}

fn id_list(message: &Message<'_>, name: HeaderName<'static>) -> Vec<String> {
    message.header_as(name, HeaderForm::MessageIds).iter().flat_map(id_texts).filter(|id| !id.is_empty()).collect()
}

fn id_texts(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(text) => vec![clean_id(text)],
        HeaderValue::TextList(list) => list.iter().map(|text| clean_id(text)).collect(),
        _ => Vec::new(),
    }
}

/// An id without brackets, white space and characters that are not seen.
fn clean_id(text: &str) -> String {
    let shown = |c: &char| !c.is_control() && !c.is_whitespace() && !is_invisible(*c);
    text.trim_matches(['<', '>', ' ']).chars().filter(shown).take(limits::ID).collect()
}

/// The beginning of a text, as one clean line.
fn cleaned(text: &str, most: usize) -> String {
    clean_name(&text.chars().take(most).collect::<String>())
}

fn newest(mut ids: Vec<String>) -> Vec<String> {
    if ids.len() > limits::IDS {
        ids.drain(..ids.len() - limits::IDS);
    }
    ids
}

fn original_id(message: &Message<'_>) -> Option<String> {
    message
        .headers_raw()
        .find(|(name, _)| name.eq_ignore_ascii_case("x-microsoft-original-message-id"))
        .map(|(_, value)| clean_id(value.trim()))
        .filter(|id| !id.is_empty())
}

fn mailboxes(address: Option<&ParsedAddress<'_>>) -> Vec<Mailbox> {
    let Some(address) = address else { return Vec::new() };
    address
        .iter()
        .take(limits::MAILBOXES)
        .filter_map(|addr| {
            let address = Address::parse(addr.address.as_deref()?).ok()?;
            Some(Mailbox { name: cleaned(addr.name.as_deref().unwrap_or_default(), limits::NAME), address })
        })
        .collect()
}

fn mail_date(date: &mail_parser::DateTime) -> Option<MailDate> {
    let [month, day, hour, minute, second] =
        [date.month, date.day, date.hour, date.minute, date.second.min(59)].map(|n| i8::try_from(n).ok());
    let civil = civil::DateTime::new(i16::try_from(date.year).ok()?, month?, day?, hour?, minute?, second?, 0).ok()?;
    let seconds = i32::from(date.tz_hour) * 3600 + i32::from(date.tz_minute) * 60;
    let offset = Offset::from_seconds(if date.tz_before_gmt { -seconds } else { seconds }).ok()?;
    Some(MailDate { at: offset.to_timestamp(civil).ok()?, offset })
}

fn all_headers(message: &Message<'_>) -> Vec<(String, String)> {
    let decoded = message.headers().iter().map(|header| match &header.value {
        HeaderValue::Text(text) => Some(text.as_ref()),
        _ => None,
    });
    message
        .headers_raw()
        .zip(decoded.chain(std::iter::repeat(None)))
        .take(limits::HEADERS)
        .map(|((name, raw), decoded)| {
            let value = if raw.contains("=?") { decoded.unwrap_or(raw) } else { raw };
            (cleaned(name, limits::FIELD_NAME).to_ascii_lowercase(), cleaned(value, limits::FIELD_VALUE))
        })
        .collect()
}

fn read_bodies(message: &Message<'_>, mail: &mut Mail) {
    mail.text = joined(message.text_bodies().take(limits::PARTS).filter_map(plain_text));
    mail.html = joined(message.html_bodies().take(limits::PARTS).filter_map(html_text));
    // NUL and escapes are nobody's words: they mean something only to what would show them.
    mail.text.iter_mut().for_each(|text| text.retain(|c| matches!(c, '\n' | '\r' | '\t') || !c.is_control()));
}

/// The pieces a line apart, together no longer than a body may be.
fn joined<'x>(pieces: impl Iterator<Item = &'x str>) -> Option<String> {
    let mut all: Option<String> = None;
    for piece in pieces {
        let text = all.get_or_insert_default();
        if !text.is_empty() {
            text.push('\n');
        }
        let room = limits::TEXT.saturating_sub(text.len());
        text.push_str(&piece[..piece.floor_char_boundary(room)]);
    }
    all
}

/// No part came out with any text: the boundary in the header is not the one in the body, or there is none.
fn is_hollow(mail: &Mail) -> bool {
    let blank = |text: Option<&String>| text.is_none_or(|text| text.trim().is_empty());
    blank(mail.text.as_ref())
        && blank(mail.html.as_ref())
        && mail.parts.iter().all(|part| part.size == 0 || part.content_type.starts_with("multipart/"))
}

/// The undecoded body: better than nothing, for reports whose MIME structure was lost on the way.
fn raw_body(message: &Message<'_>) -> Option<String> {
    let start = message.parts.first()?.offset_body as usize;
    let raw = message.raw_message().get(start..)?;
    Some(String::from_utf8_lossy(&raw[..raw.len().min(limits::PART_TEXT)]).into_owned()).filter(|text| !text.trim().is_empty())
}

fn plain_text<'x>(part: &'x mail_parser::MessagePart<'_>) -> Option<&'x str> {
    match &part.body {
        PartType::Text(text) if is_plain(part) => Some(text.as_ref()),
        _ => None,
    }
}

fn html_text<'x>(part: &'x mail_parser::MessagePart<'_>) -> Option<&'x str> {
    match &part.body {
        PartType::Html(text) => Some(text.as_ref()),
        _ => None,
    }
}

fn is_plain(part: &mail_parser::MessagePart<'_>) -> bool {
    part.content_type()
        .is_none_or(|kind| kind.ctype().eq_ignore_ascii_case("text") && kind.subtype().is_none_or(|sub| sub.eq_ignore_ascii_case("plain")))
}

fn other_parts(message: &Message<'_>) -> Vec<Part> {
    let bodies: HashSet<u32> = message.text_body.iter().chain(&message.html_body).copied().collect();
    let is_body = |index: usize| u32::try_from(index).is_ok_and(|index| bodies.contains(&index));
    message
        .parts
        .iter()
        .enumerate()
        .take(limits::PARTS)
        .filter(|(index, part)| {
            !matches!(part.body, PartType::Multipart(_)) && !(is_body(*index) && (plain_text(part).is_some() || html_text(part).is_some()))
        })
        .map(|(_, part)| other_part(message, part))
        .collect()
}

fn other_part(message: &Message<'_>, part: &mail_parser::MessagePart<'_>) -> Part {
    let content_type = part.content_type().map_or_else(
        || "text/plain".to_owned(),
        |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("plain")).to_ascii_lowercase(),
    );
    let bytes: &[u8] = match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.as_bytes(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes,
        PartType::Message(_) => raw_of(message, part),
        PartType::Multipart(_) => &[],
    };
    let matters = content_type.starts_with("text/") || content_type.starts_with("message/") || content_type == "application/ics";
    let text = matters.then(|| String::from_utf8_lossy(&bytes[..bytes.len().min(limits::PART_TEXT)]).into_owned());
    Part {
        content_type,
        name: part.attachment_name().map(|name| cleaned(name, limits::NAME)).filter(|name| !name.is_empty()),
        size: bytes.len(),
        text,
    }
}

/// The raw bytes of a nested message part.
fn raw_of<'x>(message: &'x Message<'_>, part: &mail_parser::MessagePart<'_>) -> &'x [u8] {
    let (start, end) = (part.offset_body as usize, part.offset_end as usize);
    message.raw_message().get(start..end).unwrap_or_default()
}
