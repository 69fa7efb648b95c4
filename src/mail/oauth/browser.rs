//! What the browser brings back to this machine: one line of HTTP, trusted only with the state we gave it.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use oauth2::url::Url;

use super::pages::Page;

/// Bytes read of a request.
const MOST_REQUEST: usize = 16 * 1024;
/// How long a browser may take to say what it wants; some open lines they do not use.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long it may take to hear our answer, which is short.
const ANSWER: Duration = Duration::from_secs(2);

/// What an address says that the provider sent the browser to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Brought {
    /// The code that is worth tokens.
    Code(String),
    /// The provider's no: its code, and its words.
    Refused(String, String),
    /// An answer to somebody else's question.
    Strange,
    /// No answer at all.
    Nothing,
}

impl Brought {
    pub(super) fn page(&self) -> Page {
        match self {
            Self::Code(_) => Page::Done,
            Self::Refused(code, _) if code == "access_denied" => Page::Denied,
            Self::Refused(..) => Page::Refused,
            Self::Strange => Page::Strange,
            Self::Nothing => Page::Nothing,
        }
    }
}

/// A line that somebody opened, as far as they have spoken: nobody is waited for.
pub(super) struct Line {
    stream: TcpStream,
    head: Vec<u8>,
    /// When it is given up.
    pub until: Instant,
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

impl Line {
    /// A line that was opened now.
    pub(super) fn new(stream: TcpStream, now: Instant) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self { stream, head: Vec::new(), until: now + PATIENCE })
    }

    /// What it brought, answered with a page; `None` while more is to come.
    pub(super) fn heard(&mut self, state: &str) -> Option<Brought> {
        let brought = self.request().transpose()?.map_or(Brought::Nothing, |target| read(&target, state));
        let answer = brought.page().answer();
        // The browser may be gone: what it brought counts.
        let answered = self.stream.set_nonblocking(false).and_then(|()| self.stream.set_write_timeout(Some(ANSWER)));
        let _ = answered.and_then(|()| self.stream.write_all(answer.as_bytes()));
        Some(brought)
    }

    /// The target of a GET, once its head is read whole: a line closed on unread bytes would take the answer with it.
    fn request(&mut self) -> io::Result<Option<String>> {
        let mut bytes = [0; 4096];
        let count = match self.stream.read(&mut bytes) {
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => return Ok(None),
            count => count?,
        };
        self.head.extend_from_slice(&bytes[..count]);
        if count == 0 || self.head.len() > MOST_REQUEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if !self.head.windows(4).any(|window| window == b"\r\n\r\n") {
            return Ok(None);
        }
        let head = String::from_utf8_lossy(&self.head);
        let target = head.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
        target.map(|target| Some(target.to_owned())).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

/// Reads an address, whole or from its path on.
pub(super) fn read(address: &str, state: &str) -> Brought {
    let base = Url::parse("http://127.0.0.1/").ok();
    let Ok(url) = Url::options().base_url(base.as_ref()).parse(address.trim()) else { return Brought::Nothing };
    let value = |key: &str| url.query_pairs().find(|(name, _)| name == key).map(|(_, value)| value.into_owned());
    let (code, error) = (value("code"), value("error"));
    if code.is_none() && error.is_none() {
        return Brought::Nothing;
    }
    match (value("state").is_some_and(|given| given == state), code, error) {
        (false, ..) => Brought::Strange,
        (true, _, Some(error)) => Brought::Refused(error, value("error_description").unwrap_or_default()),
        (true, Some(code), None) => Brought::Code(code),
        (true, None, None) => Brought::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_with_our_own_state_is_used() {
        assert_eq!(read("/?code=c%2F1&state=s", "s"), Brought::Code("c/1".to_owned()));
        assert_eq!(read("http://localhost:9/?state=s&code=c&scope=x", "s"), Brought::Code("c".to_owned()));
        assert_eq!(read("/?code=c&state=t", "s"), Brought::Strange);
        assert_eq!(read("/?code=c", "s"), Brought::Strange);
        assert_eq!(read("/?error=access_denied", "s"), Brought::Strange);
        assert_eq!(read("/?error=access_denied&state=s", "s"), Brought::Refused("access_denied".to_owned(), String::new()));
        for nothing in ["/favicon.ico", "/", "", "http://", "/?state=s"] {
            assert_eq!(read(nothing, "s"), Brought::Nothing, "{nothing}");
        }
    }
}
