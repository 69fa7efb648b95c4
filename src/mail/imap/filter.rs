//! Between the server's words and the `imap` crate: bounds what is kept, keeps the data, and passes on only safe lines.
//!
//! The crate panics on some untagged replies, gives up on others it cannot parse, and parses a literal anew at each of
//! its lines. So data (FETCH, LIST, SEARCH, CAPABILITY) is kept here with its literals set aside and read by our own
//! parser, and the crate sees only what it needs to follow the conversation, in words written here.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use memchr::memchr;

/// A literal declared larger ends the connection.
const MOST_LITERAL: usize = 4 * 1024 * 1024;
/// A response's text outside literals.
const MOST_TEXT: usize = 64 * 1024;
/// The text of a SEARCH response: about 600,000 UIDs.
const MOST_SEARCH: usize = 4 * 1024 * 1024;
/// Lines handed to the crate for one command; more tell it nothing new.
const MOST_PASSED: usize = 1000;
/// What keeping a response costs besides its bytes.
const RESPONSE_COST: usize = 128;
/// Bytes kept for one command.
const MOST_KEPT: usize = 24 * 1024 * 1024;
/// Kept bytes after which cut literals are cut shorter still.
const MANY_KEPT: usize = 16 * 1024 * 1024;
/// How short then.
const SHORT_CUT: usize = 2 * 1024;
/// Bytes taken in for one command, kept or not: endless chatter must end too.
const MOST_EATEN: usize = 48 * 1024 * 1024;
/// Stands in a response's text where a literal was; the server's own such bytes are masked.
pub(super) const LITERAL: u8 = 1;

/// One untagged response, literals set aside in order.
#[derive(Debug, Default)]
pub(super) struct Response {
    pub(super) text: Vec<u8>,
    pub(super) literals: Vec<Vec<u8>>,
}

/// The filter, shared by the session (which asks) and its stream (which feeds).
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<Filter>>);

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Filter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many continuations (`+`) the command asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Plus {
    /// None; one that comes all the same is dropped.
    #[default]
    None,
    /// One, as IDLE and APPEND do.
    Once,
    /// Any number, as AUTHENTICATE does.
    Many,
}

/// What was heard, and what is ready for the `imap` crate.
#[derive(Debug, Default)]
pub(super) struct Filter {
    current: Response,
    line_start: usize,
    literal: Vec<u8>,
    literal_left: usize,
    cut: Option<usize>,
    kept: usize,
    eaten: usize,
    passed: usize,
    heard: Vec<Response>,
    ready: Vec<u8>,
    given: usize,
    held: Vec<u8>,
    plus: Plus,
    tagged: Option<String>,
    bye: Option<String>,
    exists: u32,
    news: bool,
}

impl Filter {
    /// A command begins: forgets what the last one heard. Literals are cut at `cut` bytes, if given.
    pub(super) fn begin(&mut self, cut: Option<usize>, plus: Plus) {
        self.heard.clear();
        self.tagged = None;
        self.cut = cut;
        self.kept = 0;
        self.eaten = 0;
        self.passed = 0;
        self.plus = plus;
    }

    /// The data responses heard since the command began.
    pub(super) fn take_heard(&mut self) -> Vec<Response> {
        std::mem::take(&mut self.heard)
    }

    /// The tagged answer of the command, `NO [TRYCREATE] no such folder`, if it came.
    pub(super) fn tagged(&self) -> Option<&str> {
        self.tagged.as_deref()
    }

    /// The server's words when it said goodbye.
    pub(super) fn bye(&self) -> Option<&str> {
        self.bye.as_deref()
    }

    /// How many messages the opened folder holds.
    pub(super) fn exists(&self) -> u32 {
        self.exists
    }

    /// True when a message was announced since the last call.
    pub(super) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// True when a message was announced that nobody has asked about.
    pub(super) fn has_news(&self) -> bool {
        self.news
    }

    /// Moves ready bytes out; 0 when there are none.
    pub(super) fn give(&mut self, into: &mut [u8]) -> usize {
        let ready = &self.ready[self.given..];
        let count = ready.len().min(into.len());
        into[..count].copy_from_slice(&ready[..count]);
        self.given += count;
        if self.given == self.ready.len() {
            self.ready.clear();
            self.given = 0;
        }
        count
    }

    /// Takes in what the server sent.
    ///
    /// # Errors
    /// When a bound is exceeded or a line is no IMAP.
    pub(super) fn eat(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.eaten += bytes.len();
        if self.eaten > MOST_EATEN {
            return Err(refuse("the server sent far more than was asked for"));
        }
        while !bytes.is_empty() {
            bytes = if self.literal_left > 0 { self.eat_literal(bytes) } else { self.eat_line(bytes)? };
        }
        Ok(())
    }

    fn eat_literal<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let (now, rest) = bytes.split_at(bytes.len().min(self.literal_left));
        let room = self.cut().saturating_sub(self.literal.len());
        self.literal.extend_from_slice(&now[..now.len().min(room)]);
        self.literal_left -= now.len();
        if self.literal_left == 0 {
            self.end_literal();
        }
        rest
    }

    /// Bytes kept of a literal now.
    fn cut(&self) -> usize {
        match self.cut {
            Some(cut) if self.kept > MANY_KEPT => cut.min(SHORT_CUT),
            Some(cut) => cut,
            None => MOST_LITERAL,
        }
    }

    fn end_literal(&mut self) {
        self.kept += self.literal.len();
        self.current.literals.push(std::mem::take(&mut self.literal));
        self.current.text.push(LITERAL);
        self.line_start = self.current.text.len();
    }

    fn eat_line<'b>(&mut self, bytes: &'b [u8]) -> io::Result<&'b [u8]> {
        let end = memchr(b'\n', bytes);
        let (now, rest) = bytes.split_at(end.map_or(bytes.len(), |at| at + 1));
        self.current.text.extend(now.iter().map(|byte| if *byte == LITERAL { b'?' } else { *byte }));
        if self.current.text.len() > self.most_text() {
            return Err(refuse("the server sent a line without end"));
        }
        if end.is_some() {
            self.end_line()?;
        }
        Ok(rest)
    }

    fn most_text(&self) -> usize {
        if starts_with(&self.current.text, b"* SEARCH") { MOST_SEARCH } else { MOST_TEXT }
    }

    fn end_line(&mut self) -> io::Result<()> {
        let text = &mut self.current.text;
        while text.len() > self.line_start && matches!(text.last(), Some(b'\r' | b'\n')) {
            text.pop();
        }
        match declared_literal(&text[self.line_start..]).filter(|_| is_data(&self.current.text)) {
            Some((_, size)) if size > MOST_LITERAL => Err(refuse("the server announced a piece of mail larger than was asked for")),
            Some((at, size)) => {
                self.current.text.truncate(self.line_start + at);
                self.begin_literal(size)
            }
            None => self.end_response(),
        }
    }

    fn begin_literal(&mut self, size: usize) -> io::Result<()> {
        if self.kept + size.min(self.cut()) > MOST_KEPT {
            return Err(refuse("the server sent far more than was asked for"));
        }
        self.literal = Vec::with_capacity(size.min(self.cut()));
        self.literal_left = size;
        if size == 0 {
            self.end_literal();
        }
        Ok(())
    }

    fn end_response(&mut self) -> io::Result<()> {
        self.line_start = 0;
        let response = std::mem::take(&mut self.current);
        match response.text.first() {
            Some(b'*') => self.sort_untagged(response),
            Some(b'+') => self.pass_plus(&response.text),
            Some(b'a') => return self.pass_tagged(&response.text),
            None => {}
            Some(_) => return Err(refuse("the server sent something that is no IMAP")),
        }
        if self.kept > MOST_KEPT { Err(refuse("the server sent far more than was asked for")) } else { Ok(()) }
    }

    fn sort_untagged(&mut self, response: Response) {
        let words = words(&response.text);
        match (words[1].to_ascii_uppercase().as_slice(), words[2].to_ascii_uppercase().as_slice()) {
            (b"LIST" | b"SEARCH" | b"CAPABILITY", _) | (_, b"FETCH") => {
                self.kept += response.text.len() + RESPONSE_COST;
                self.heard.push(response);
            }
            (b"OK", _) => self.pass_code(&response.text),
            (b"BYE", _) => self.bye = Some(readable(&response.text[5..])),
            (count, b"EXISTS") => self.count_exists(number(count)),
            (_, b"EXPUNGE") => self.exists = self.exists.saturating_sub(1),
            _ => {} // FLAGS, RECENT, ENABLED and whatever else: nobody here needs it
        }
    }

    fn count_exists(&mut self, count: Option<u32>) {
        let Some(count) = count else { return };
        self.news |= count > self.exists;
        self.exists = count;
        self.pass(format!("* {count} EXISTS\r\n").as_bytes());
    }

    /// Of the status codes only UIDVALIDITY and UIDNEXT matter, and only as numbers.
    fn pass_code(&mut self, text: &[u8]) {
        for code in ["UIDVALIDITY", "UIDNEXT"] {
            let prefix = format!("* OK [{code} ");
            if starts_with(text, prefix.as_bytes())
                && let Some(value) = text[prefix.len()..].split(|byte| *byte == b']').next().and_then(number)
            {
                self.pass(format!("* OK [{code} {value}] -\r\n").as_bytes());
            }
        }
    }

    /// Untagged lines wait for the `+`: the crate takes whatever comes first for the answer to its command.
    fn pass(&mut self, line: &[u8]) {
        self.passed += 1;
        match self.plus {
            _ if self.passed > MOST_PASSED => {}
            Plus::None => self.ready.extend_from_slice(line),
            Plus::Once | Plus::Many => self.held.extend_from_slice(line),
        }
    }

    fn pass_plus(&mut self, text: &[u8]) {
        match self.plus {
            Plus::None => return,
            Plus::Once => self.plus = Plus::None,
            Plus::Many => {}
        }
        let challenge = text.strip_prefix(b"+ ").unwrap_or_default();
        let is_base64 =
            challenge.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)) && challenge.len().is_multiple_of(4);
        self.ready.extend_from_slice(if is_base64 && !challenge.is_empty() { b"+ " } else { b"+" });
        self.ready.extend_from_slice(if is_base64 { challenge } else { b"" });
        self.ready.extend_from_slice(b"\r\n");
        self.ready.append(&mut self.held);
    }

    fn pass_tagged(&mut self, text: &[u8]) -> io::Result<()> {
        let words = words(text);
        let tag_is_ours = words[0].len() < 12 && words[0][1..].iter().all(u8::is_ascii_digit) && words[0].len() > 1;
        let status = words[1].to_ascii_uppercase();
        if !tag_is_ours || !matches!(status.as_slice(), b"OK" | b"NO" | b"BAD") {
            return Err(refuse("the server sent something that is no IMAP"));
        }
        self.tagged = Some(readable(&text[words[0].len() + 1..]));
        self.plus = Plus::None;
        for piece in [words[0], b" ", &status, b" -\r\n"] {
            self.ready.extend_from_slice(piece);
        }
        self.ready.append(&mut self.held);
        Ok(())
    }
}

fn refuse(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

/// Status responses are prose and may end in braces; a literal is declared only in data.
fn is_data(text: &[u8]) -> bool {
    let words = words(text);
    words[0] == b"*" && ![&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"].iter().any(|word| words[1].eq_ignore_ascii_case(word))
}

/// Where `{123}`, `{123+}` or `~{123}` ends the line, and the number.
fn declared_literal(line: &[u8]) -> Option<(usize, usize)> {
    let inside = line.strip_suffix(b"}")?;
    let open = inside.iter().rposition(|byte| *byte == b'{')?;
    let digits = inside[open + 1..].strip_suffix(b"+").unwrap_or(&inside[open + 1..]);
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let size = std::str::from_utf8(digits).ok().filter(|_| is_number)?.parse().unwrap_or(usize::MAX);
    let at = if open > 0 && line[open - 1] == b'~' { open - 1 } else { open };
    Some((at, size))
}

fn words(text: &[u8]) -> [&[u8]; 3] {
    let mut words = text.splitn(4, |byte| *byte == b' ');
    std::array::from_fn(|_| words.next().unwrap_or_default())
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.trim().parse().ok()
}

fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The server's words for a person: at most 300 characters, nothing a terminal would obey.
pub(super) fn readable(text: &[u8]) -> String {
    crate::model::address::clean_name(&String::from_utf8_lossy(text).chars().take(300).collect::<String>())
}
