//! What the browser brings back to this machine: one line of HTTP, trusted only with the state we gave it.

use std::io::{self, Read, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use oauth2::url::Url;

use super::pages::Page;

/// Bytes read of a request.
const MOST_REQUEST: usize = 16 * 1024;
/// How long a browser may take to say what it wants; some open lines they do not use.
const PATIENCE: Duration = Duration::from_secs(2);

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

/// Reads one request and answers it with a page.
pub(super) fn receive(mut line: TcpStream, state: &str) -> Brought {
    let brought = request(&mut line).map_or(Brought::Nothing, |target| read(&target, state));
    // The browser may be gone: what it brought counts.
    let _ = line.set_write_timeout(Some(PATIENCE)).and_then(|()| line.write_all(brought.page().answer().as_bytes()));
    brought
}

/// The target of a GET, once its head is read whole: a line closed on unread bytes would take the answer with it.
fn request(line: &mut TcpStream) -> io::Result<String> {
    line.set_read_timeout(Some(PATIENCE))?;
    let (mut head, mut bytes) = (Vec::new(), [0; 1024]);
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = line.read(&mut bytes)?;
        if count == 0 || head.len() > MOST_REQUEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.extend_from_slice(&bytes[..count]);
    }
    let head = String::from_utf8_lossy(&head);
    let target = head.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
    target.map(str::to_owned).ok_or_else(|| io::ErrorKind::InvalidData.into())
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
