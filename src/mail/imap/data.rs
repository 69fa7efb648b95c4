//! Reads the data responses (RFC 3501 section 7) that matter here: FETCH, LIST, SEARCH and CAPABILITY.

use jiff::Timestamp;
use jiff::fmt::strtime;

use super::filter::{LITERAL, Response};

/// What a FETCH told of one message.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub(super) uid: Option<u32>,
    pub(super) arrived: Option<Timestamp>,
    pub(super) size: u64,
    pub(super) body: Option<Vec<u8>>,
}

/// What a LIST told of one folder.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Attributes in lower case, `\sent`.
    pub(super) attributes: Vec<String>,
    /// The hierarchy delimiter.
    pub(super) delimiter: Option<char>,
    /// The name as sent, unquoted.
    pub(super) name: String,
}

/// A FETCH response; `None` when it is none.
pub(super) fn fetched(response: Response) -> Option<Fetched> {
    let mut scanner = Scanner::new(response);
    scanner.skip_past(b"FETCH")?;
    scanner.enter_list()?;
    let mut fetched = Fetched::default();
    while let Some(name) = scanner.attribute() {
        let value = scanner.value()?;
        match name.as_slice() {
            b"UID" => fetched.uid = value.number().and_then(|uid| u32::try_from(uid).ok()),
            b"RFC822.SIZE" => fetched.size = value.number().unwrap_or(0),
            b"INTERNALDATE" => fetched.arrived = value.text().and_then(|text| internal_date(&text)),
            b"BODY" => fetched.body = Some(value.bytes().unwrap_or_default()),
            _ => {}
        }
    }
    Some(fetched)
}

/// `17-Jul-1996 02:44:25 -0700`; the day may be padded with a space.
fn internal_date(text: &str) -> Option<Timestamp> {
    strtime::parse("%d-%b-%Y %H:%M:%S %z", text.trim()).and_then(|parsed| parsed.to_timestamp()).ok()
}

/// A LIST response; `None` when it is none.
pub(super) fn listed(response: Response) -> Option<Listed> {
    let mut scanner = Scanner::new(response);
    scanner.skip_past(b"LIST")?;
    let Value::List(attributes) = scanner.value()? else { return None };
    let attributes = String::from_utf8_lossy(&attributes).split_whitespace().map(str::to_ascii_lowercase).collect();
    let delimiter = scanner.value()?.text().and_then(|text| text.chars().next());
    let name = scanner.value()?.text().filter(|name| !name.is_empty() && !name.contains(char::is_control))?;
    Some(Listed { attributes, delimiter, name })
}

/// The numbers of a SEARCH response; empty when it is none.
pub(super) fn found(response: &Response) -> impl Iterator<Item = u32> {
    let text = response.text.get(..8).filter(|start| start.eq_ignore_ascii_case(b"* SEARCH")).map_or(&b""[..], |_| &response.text[8..]);
    text.split(|byte| *byte == b' ').filter_map(|word| std::str::from_utf8(word).ok()?.parse().ok())
}

/// True when a CAPABILITY response names the capability.
pub(super) fn is_capable(response: &Response, capability: &str) -> bool {
    let mut words = response.text.split(|byte| *byte == b' ').skip(1);
    words.next().is_some_and(|word| word.eq_ignore_ascii_case(b"CAPABILITY"))
        && words.any(|word| word.eq_ignore_ascii_case(capability.as_bytes()))
}

enum Value {
    Atom(Vec<u8>),
    Text(Vec<u8>),
    List(Vec<u8>),
}

impl Value {
    fn number(&self) -> Option<u64> {
        let Self::Atom(atom) = self else { return None };
        std::str::from_utf8(atom).ok()?.parse().ok()
    }

    fn text(self) -> Option<String> {
        String::from_utf8(self.bytes()?).ok()
    }

    /// `None` for NIL and lists.
    fn bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Atom(atom) if atom.eq_ignore_ascii_case(b"NIL") => None,
            Self::Atom(bytes) | Self::Text(bytes) => Some(bytes),
            Self::List(_) => None,
        }
    }
}

/// Walks a response once from left to right; lists are skipped by counting, never by recursion.
struct Scanner {
    text: Vec<u8>,
    at: usize,
    literals: std::vec::IntoIter<Vec<u8>>,
}

impl Scanner {
    fn new(response: Response) -> Self {
        Self { text: response.text, at: 0, literals: response.literals.into_iter() }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Skips the first words up to and including this one, which must be the second or third.
    fn skip_past(&mut self, word: &[u8]) -> Option<()> {
        let mut start = 0;
        for _ in 0..3 {
            let end = self.text[start..].iter().position(|byte| *byte == b' ').map_or(self.text.len(), |space| start + space);
            if self.text[start..end].eq_ignore_ascii_case(word) {
                self.at = end;
                return Some(());
            }
            start = (end + 1).min(self.text.len());
        }
        None
    }

    fn enter_list(&mut self) -> Option<()> {
        self.skip_spaces();
        (self.peek()? == b'(').then(|| self.at += 1)
    }

    /// The next attribute's name in upper case, `BODY` without its section; `None` at the list's end.
    fn attribute(&mut self) -> Option<Vec<u8>> {
        self.skip_spaces();
        let name = self.take_while(|byte| !matches!(byte, b' ' | b'[' | b'(' | b')' | b'<'));
        if self.peek() == Some(b'[') {
            self.skip_section();
        }
        self.take_while(|byte| !matches!(byte, b' ' | b'(' | b')')); // the <0> of a partial fetch
        (!name.is_empty()).then(|| name.to_ascii_uppercase())
    }

    fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> Vec<u8> {
        let rest = &self.text[self.at..];
        let taken = rest.iter().position(|byte| !fits(*byte)).unwrap_or(rest.len());
        self.at += taken;
        rest[..taken].to_vec()
    }

    fn skip_section(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => drop(self.quoted()),
                LITERAL => drop(self.literal()),
                _ => self.at += 1,
            }
            if byte == b']' {
                return;
            }
        }
    }

    fn value(&mut self) -> Option<Value> {
        self.skip_spaces();
        match self.peek()? {
            b'"' => Some(Value::Text(self.quoted())),
            LITERAL => self.literal().map(Value::Text),
            b'(' => Some(Value::List(self.list())),
            b')' => None,
            _ => Some(Value::Atom(self.take_while(|byte| !matches!(byte, b' ' | b')')))),
        }
    }

    fn literal(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        self.literals.next()
    }

    fn quoted(&mut self) -> Vec<u8> {
        let mut inside = Vec::new();
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => break,
                b'\\' => {
                    let escaped = self.peek();
                    inside.extend(escaped);
                    self.at += usize::from(escaped.is_some());
                }
                LITERAL => drop(self.literals.next()),
                _ => inside.push(byte),
            }
        }
        inside
    }

    /// The inside of a list, nested lists and all, as text.
    fn list(&mut self) -> Vec<u8> {
        let start = self.at + 1;
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => drop(self.quoted()),
                LITERAL => drop(self.literal()),
                _ => self.at += 1,
            }
            depth = match byte {
                b'(' => depth + 1,
                b')' => depth - 1,
                _ => depth,
            };
            if depth == 0 {
                break;
            }
        }
        let end = self.at.min(self.text.len());
        self.text[start.min(end)..end].strip_suffix(b")").unwrap_or_default().to_vec()
    }
}
