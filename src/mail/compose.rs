//! A letter as bytes (RFC 5322, RFC 2045): rendered once, stored, and sent as they are.

use std::time::SystemTime;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jiff::Zoned;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue, Headers};
use lettre::message::{Attachment as AttachedPart, Body, Message, MessageBuilder, MultiPart, SinglePart};
use ring::digest;

use crate::model::address::{Address, Mailbox, clean_name};

/// Ids kept of a long conversation: the first, which names it, and the newest.
const MOST_REFERENCES: usize = 20;
/// Bytes of a message id worth repeating; longer ones could not be folded into a legal line (RFC 5322, 2.1.1).
const MOST_ID: usize = 250;
/// Bytes of text in one encoded word, so that it stays under 75 characters (RFC 2047, 2).
const WORD_BYTES: usize = 39;
/// Bytes of a plain word in a header; a line of 78 must hold it and the field's name.
const PLAIN_WORD: usize = 60;
/// Header fields that have their own place in a letter or are the library's business.
const TAKEN: [&str; 13] = [
    "date",
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "subject",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
];
/// Characters kept of a file name.
const MOST_FILE_NAME: usize = 120;

/// Everything a mail says.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The owner, by the address they write from.
    pub from: Mailbox,
    /// The one person it goes to.
    pub to: Mailbox,
    /// The subject.
    pub subject: String,
    /// The plain text, any line ends.
    pub text: String,
    /// The same as HTML, for the digest.
    pub html: Option<String>,
    /// The id answered, without brackets.
    pub in_reply_to: Option<String>,
    /// The conversation's ids, oldest first, without brackets.
    pub references: Vec<String>,
    /// Our id, without brackets.
    pub message_id: String,
    /// The moment of sending, in the owner's zone.
    pub date: Zoned,
    /// A file to go with it.
    pub attachment: Option<Attachment>,
    /// More header fields, such as `Auto-Submitted`.
    pub headers: Vec<(&'static str, String)>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The file name shown; any folders before it are dropped.
    pub name: String,
    /// `application/pdf`.
    pub content_type: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Why a letter cannot be a mail.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A header field that cannot stand in a mail.
    #[error("the header field {0} cannot be written into a mail")]
    Header(String),
    /// An address the mail library does not take.
    #[error("the address {0} cannot be written into a mail")]
    Address(String),
    /// The attachment's type is not `type/subtype`.
    #[error("“{0}” is no type of file such as application/pdf")]
    ContentType(String),
    /// The mail library refused the whole.
    #[error("the mail could not be put together: {0}")]
    Whole(#[from] lettre::error::Error),
}

/// Renders a letter: CRLF line ends, text in 7 bits, nothing in it about this program or machine.
///
/// # Errors
/// When a header field, an address or the attachment's type cannot stand in a mail.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, ComposeError> {
    let mut message = body(builder(letter)?, letter)?;
    let headers = message.headers_mut();
    // The library knows neither a date with an offset nor encoded words that keep every name and subject as it is.
    put(headers, "Date", &rfc2822(&letter.date)?);
    put(headers, "From", &mailbox_text("From", &letter.from));
    put(headers, "To", &mailbox_text("To", &letter.to));
    put(headers, "Subject", &phrase("Subject", &clean_name(&letter.subject)));
    Ok(message.formatted())
}

/// A new message id, without brackets: randomness at the owner's domain, and no word about this machine.
#[must_use]
pub fn new_message_id(random: &[u8; 16], domain: &str) -> String {
    format!("{:032x}@{domain}", u128::from_be_bytes(*random))
}

fn builder(letter: &Letter) -> Result<MessageBuilder, ComposeError> {
    let mut builder = Message::builder()
        .date(SystemTime::UNIX_EPOCH) // holds the place; the library would else ask the clock
        .from(bare(&letter.from.address)?)
        .to(bare(&letter.to.address)?)
        .subject("")
        .message_id(Some(one_id(&letter.message_id).ok_or_else(|| ComposeError::Header("Message-ID".to_owned()))?));
    if let Some(id) = letter.in_reply_to.as_deref().and_then(one_id) {
        builder = builder.in_reply_to(id);
    }
    let references = references(&letter.references);
    if !references.is_empty() {
        builder = builder.references(references);
    }
    for (name, value) in &letter.headers {
        builder = builder.raw_header(further(name, value)?);
    }
    Ok(builder)
}

fn bare(address: &Address) -> Result<lettre::message::Mailbox, ComposeError> {
    let address = address.as_str().parse().map_err(|_| ComposeError::Address(address.masked()))?;
    Ok(lettre::message::Mailbox::new(None, address))
}

fn further(name: &str, value: &str) -> Result<HeaderValue, ComposeError> {
    let refused = || ComposeError::Header(clean_name(name));
    let legal = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let taken = TAKEN.contains(&name.to_ascii_lowercase().as_str());
    if !legal || taken {
        return Err(refused());
    }
    let header = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| refused())?;
    let value = phrase(name, &clean_name(value));
    Ok(HeaderValue::dangerous_new_pre_encoded(header, value.clone(), value))
}

fn body(builder: MessageBuilder, letter: &Letter) -> Result<Message, ComposeError> {
    let text = SinglePart::plain(lines(&letter.text));
    let seed = &letter.message_id;
    let Some(attachment) = &letter.attachment else {
        return Ok(match &letter.html {
            None => builder.singlepart(text)?,
            Some(html) => builder.multipart(alternative(text, html, seed))?,
        });
    };
    let mixed = MultiPart::mixed().boundary(boundary(seed, "mixed"));
    let whole = match &letter.html {
        None => mixed.singlepart(text),
        Some(html) => mixed.multipart(alternative(text, html, seed)),
    };
    Ok(builder.multipart(whole.singlepart(attached(attachment)?))?)
}

fn alternative(text: SinglePart, html: &str, seed: &str) -> MultiPart {
    MultiPart::alternative().boundary(boundary(seed, "alternative")).singlepart(text).singlepart(SinglePart::html(lines(html)))
}

fn attached(attachment: &Attachment) -> Result<SinglePart, ComposeError> {
    let kind = ContentType::parse(&attachment.content_type).map_err(|_| ComposeError::ContentType(clean_name(&attachment.content_type)))?;
    // Base64 whatever is in it: the library would hand on the line ends of a text file, which a mail may not have.
    let content = Body::new_with_encoding(attachment.bytes.clone(), ContentTransferEncoding::Base64);
    let content = content.map_err(|_| ComposeError::ContentType(clean_name(&attachment.content_type)))?;
    Ok(AttachedPart::new(file_name(&attachment.name)).body(content, kind))
}

/// The last part of a path, without what a file system or a quoted string stumbles over.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = clean_name(last).chars().filter(|c| *c != '"').take(MOST_FILE_NAME).collect();
    if kept.is_empty() { "attachment".to_owned() } else { kept }
}

/// A boundary that nobody who writes the text can know: it comes from our random id.
fn boundary(seed: &str, kind: &str) -> String {
    let digest = digest::digest(&digest::SHA256, format!("{kind}:{seed}").as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(&digest.as_ref()[..24])
}

/// Text with line feeds only (the library makes CRLF of each), without other control characters and closing empty lines.
fn lines(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let shown: String = unix.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    shown.trim_end_matches('\n').to_owned()
}

/// `<id>` when it is one that can be repeated: ids come from other people's mail.
fn one_id(id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let fits = !id.is_empty() && id.len() <= MOST_ID && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>');
    fits.then(|| format!("<{id}>"))
}

/// The chain of ids, each once: the first and the newest.
fn references(ids: &[String]) -> String {
    let mut chain: Vec<String> = Vec::new();
    for id in ids.iter().filter_map(|id| one_id(id)) {
        if !chain.contains(&id) {
            chain.push(id);
        }
    }
    if chain.len() > MOST_REFERENCES {
        chain.drain(1..=chain.len() - MOST_REFERENCES);
    }
    chain.join(" ")
}

fn rfc2822(date: &Zoned) -> Result<String, ComposeError> {
    jiff::fmt::rfc2822::to_string(date).map_err(|_| ComposeError::Header("Date".to_owned()))
}

/// Sets a header field to text that is ASCII and folded already.
fn put(headers: &mut Headers, name: &'static str, encoded: &str) {
    let name = HeaderName::new_from_ascii_str(name);
    headers.insert_raw(HeaderValue::dangerous_new_pre_encoded(name, encoded.to_owned(), encoded.to_owned()));
}

/// `"Doe, Jane" <jane@example.com>`: a plain name in quotes, any other as encoded words.
fn mailbox_text(field: &str, mailbox: &Mailbox) -> String {
    let name = clean_name(&mailbox.name);
    if name.is_empty() {
        return mailbox.address.to_string();
    }
    if !is_plain(&name) {
        return format!("{}\r\n <{}>", encoded_words(&name), mailbox.address);
    }
    let is_atoms = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" -'".contains(&byte));
    let quoted = if is_atoms { name } else { format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")) };
    format!("{} <{}>", fold(field, &quoted), mailbox.address)
}

/// Text of a header field: as it is when plain, else as encoded words (RFC 2047).
fn phrase(field: &str, text: &str) -> String {
    if is_plain(text) { fold(field, text) } else { encoded_words(text) }
}

/// True when text can stand in a header as it is: ASCII, no word too long for a line, none that would be decoded.
fn is_plain(text: &str) -> bool {
    text.is_ascii() && !text.contains("=?") && text.split(' ').all(|word| word.len() <= PLAIN_WORD)
}

/// Breaks a line at spaces so that none is longer than 78 characters.
fn fold(field: &str, text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + 8);
    let mut length = field.len() + 1;
    for word in text.split(' ') {
        let is_first = folded.is_empty();
        if !is_first && length + 1 + word.len() > 76 {
            folded.push_str("\r\n");
            length = 0;
        }
        if !is_first {
            folded.push(' ');
        }
        folded.push_str(word);
        length += 1 + word.len();
    }
    folded
}

/// All of the text as encoded words, one a line, none split inside a character.
fn encoded_words(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, later) = rest.split_at(rest.floor_char_boundary(WORD_BYTES));
        words.push(format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(word)));
        rest = later;
    }
    words.join("\r\n ")
}
