//! Addresses and mailboxes: parsed once, then trusted by every line that sends or compares.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An e-mail address (RFC 5321 `Mailbox`), domain lower-case and in ASCII form.
///
/// Compare people by [`Address::key`]: case never tells two people apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// Why a text is no address Curbside would write to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The text has no usable `local@domain` shape.
    #[error("“{0}” is not an e-mail address; it should look like jane@example.com")]
    Shape(String),
    /// The domain is not a name with a dot.
    #[error("the part after @ in “{0}” is not a domain name such as example.com")]
    Domain(String),
    /// The local part needs SMTPUTF8 or would be read as an option by some programs.
    #[error("the part before @ in “{0}” has characters that mail servers do not take reliably")]
    Local(String),
}

impl Address {
    /// Parses `local@domain`.
    ///
    /// # Errors
    /// When it is no address, or one no careful program would write to (`-x@…`, `a@[127.0.0.1]`, `a@b`).
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let shown = || clean_name(&text.chars().take(80).collect::<String>());
        let (local, domain) = text.rsplit_once('@').ok_or_else(|| AddressError::Shape(shown()))?;
        if local.is_empty() || domain.is_empty() || text.len() > 254 || local.len() > 64 {
            return Err(AddressError::Shape(shown()));
        }
        if !local_part_is_plain(local) {
            return Err(AddressError::Local(shown()));
        }
        let domain = ascii_domain(domain).ok_or_else(|| AddressError::Domain(shown()))?;
        Ok(Self(format!("{local}@{domain}")))
    }

    /// The address as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which two spellings of one address are the same.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The domain, lower-case ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// `j***@e***.com`: enough for a log to tell two apart, too little to write to.
    #[must_use]
    pub fn masked(&self) -> String {
        let first = |text: &str| text.chars().next().unwrap_or('?');
        let tail = self.domain().rsplit_once('.').map_or("", |(_, tail)| tail);
        format!("{}***@{}***.{tail}", first(self.local()), first(self.domain()))
    }
}

fn local_part_is_plain(local: &str) -> bool {
    !local.starts_with(['-', '.'])
        && !local.ends_with('.')
        && !local.contains("..")
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
}

/// Lower-case ASCII form of a domain with at least one dot; `None` when it is none.
#[must_use]
pub fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii(domain.trim_end_matches('.')).ok()?.to_ascii_lowercase();
    let labels: Vec<&str> = ascii.split('.').collect();
    let plain = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let numeric_tail = labels.last().is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()));
    (labels.len() >= 2 && labels.iter().all(plain) && !numeric_tail).then_some(ascii)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

/// A display name with its address (RFC 5322 `mailbox`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mailbox {
    /// The display name, cleaned of control characters; empty when there is none.
    pub name: String,
    /// The address.
    pub address: Address,
}

impl Mailbox {
    /// Parses `Jane Doe <jane@example.com>` or a bare address.
    ///
    /// # Errors
    /// When the address part is none.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if let (Some(open), true) = (text.rfind('<'), text.ends_with('>')) {
            let address = Address::parse(&text[open + 1..text.len() - 1])?;
            let name = clean_name(text[..open].trim().trim_matches('"'));
            return Ok(Self { name, address });
        }
        Ok(Self { name: String::new(), address: Address::parse(text)? })
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() { write!(f, "{}", self.address) } else { write!(f, "{} <{}>", self.name, self.address) }
    }
}

/// A text without control, bidi and invisible formatting characters, white space folded.
///
/// Names come from other people's mail; lettre panics on CR, LF or NUL in one, and a terminal obeys escapes.
#[must_use]
pub fn clean_name(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let visible: String = text.chars().map(|c| if breaks(c) { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True for characters that change how text is laid out without being seen: bidi marks and overrides, zero width, BOM,
/// separators of lines, fillers, and tags that carry hidden text.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    let layout =
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{00ad}' | '\u{061c}');
    layout
        || matches!(c, '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

impl std::str::FromStr for Address {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}
