//! Bytes of mail to the model and back (RFC 5322, RFC 2045): the only place of mail-parser.

use jiff::civil;
use jiff::tz::Offset;
use mail_parser::{Address as ParsedAddress, HeaderForm, HeaderName, HeaderValue, Message, MessageParser, MimeHeaders, PartType};

use crate::model::address::{Address, Mailbox, clean_name};
use crate::model::mail::{Mail, MailDate, Part};

/// Bytes read of one mail; what is longer is cut before parsing (mail-parser amplifies up to 20 times).
pub const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Header fields kept of one mail.
const MOST_HEADERS: usize = 500;
/// Characters kept of one header value.
const MOST_VALUE: usize = 8_192;
/// Mailboxes kept of one address header.
const MOST_MAILBOXES: usize = 200;
/// Ids kept of `References`: the newest ones.
const MOST_IDS: usize = 100;
/// MIME parts looked at.
const MOST_PARTS: usize = 500;
/// Text kept of a report, a returned header block or a calendar part.
const MOST_PART_TEXT: usize = 256 * 1024;

/// Parses a mail; `None` when the bytes are no mail at all (no header field).
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Mail> {
    let truncated = bytes.len() > MOST_BYTES;
    let cut = bytes[..bytes.len().min(MOST_BYTES)].trim_ascii_start();
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
    let message = MessageParser::default().parse_headers(&bytes[..bytes.len().min(MOST_BYTES)])?;
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
        subject: clean_name(message.subject().unwrap_or_default()),
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

/// An id without brackets, white space and control characters, at most 998 bytes (RFC 5322 line limit).
fn clean_id(text: &str) -> String {
    text.trim_matches(['<', '>', ' ']).chars().filter(|c| !c.is_control() && !c.is_whitespace()).take(998).collect()
}

fn newest(mut ids: Vec<String>) -> Vec<String> {
    if ids.len() > MOST_IDS {
        ids.drain(..ids.len() - MOST_IDS);
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
        .take(MOST_MAILBOXES)
        .filter_map(|addr| {
            let address = Address::parse(addr.address.as_deref()?).ok()?;
            Some(Mailbox { name: clean_name(addr.name.as_deref().unwrap_or_default()), address })
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
        .take(MOST_HEADERS)
        .map(|((name, raw), decoded)| {
            let value = if raw.contains("=?") { decoded.unwrap_or(raw) } else { raw };
            (name.to_ascii_lowercase(), clean_name(&value.chars().take(MOST_VALUE).collect::<String>()))
        })
        .collect()
}

fn read_bodies(message: &Message<'_>, mail: &mut Mail) {
    let text: Vec<&str> = message.text_bodies().filter_map(plain_text).collect();
    let html: Vec<&str> = message.html_bodies().filter_map(html_text).collect();
    mail.text = (!text.is_empty()).then(|| text.join("\n"));
    mail.html = (!html.is_empty()).then(|| html.join("\n"));
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
    Some(String::from_utf8_lossy(&raw[..raw.len().min(MOST_PART_TEXT)]).into_owned()).filter(|text| !text.trim().is_empty())
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
    let bodies: Vec<u32> = message.text_body.iter().chain(&message.html_body).copied().collect();
    let is_body = |index: usize| u32::try_from(index).is_ok_and(|index| bodies.contains(&index));
    message
        .parts
        .iter()
        .enumerate()
        .take(MOST_PARTS)
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
    let text = matters.then(|| String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_PART_TEXT)]).into_owned());
    Part { content_type, name: part.attachment_name().map(clean_name).filter(|name| !name.is_empty()), size: bytes.len(), text }
}

/// The raw bytes of a nested message part.
fn raw_of<'x>(message: &'x Message<'_>, part: &mail_parser::MessagePart<'_>) -> &'x [u8] {
    let (start, end) = (part.offset_body as usize, part.offset_end as usize);
    message.raw_message().get(start..end).unwrap_or_default()
}
