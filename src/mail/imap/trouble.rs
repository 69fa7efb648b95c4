//! What went wrong, sorted by who must act, in words for a person.

use std::io;
use std::sync::LazyLock;

use super::filter::readable;
use crate::mail::tls;
use crate::model::edge::EdgeError;

static BUSY: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../../../data/imap_busy.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
});

/// A line to `host` broke or could not be made.
pub(super) fn broken(host: &str, error: &io::Error) -> EdgeError {
    if let Some(sentence) = tls::explain_io(error, host) {
        return EdgeError::temporary(sentence);
    }
    EdgeError::temporary(match error.kind() {
        io::ErrorKind::TimedOut => format!("{host} did not answer in time."),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            format!("{host} closed the connection.")
        }
        io::ErrorKind::ConnectionRefused => format!("{host} does not accept connections on this port."),
        io::ErrorKind::NotFound => format!("The host {host} is not known; its name may be wrong, or this machine is offline."),
        io::ErrorKind::InvalidData => format!("The connection to {host} was closed: {error}."),
        _ => format!("The connection to {host} failed: {error}."),
    })
}

/// TLS could not be agreed on: a wrong certificate or port stays wrong.
pub(super) fn no_tls(host: &str, error: &io::Error) -> EdgeError {
    tls::explain_io(error, host).map_or_else(|| broken(host, error), EdgeError::Permanent)
}

/// The server answered NO or BAD in these words.
pub(super) fn refused(host: &str, what: &str, words: &str) -> EdgeError {
    let what = format!("{what}; {host} says “{}”.", quotable(words));
    if is_busy(words) { EdgeError::Temporary { what, wait: backoff(words) } } else { EdgeError::Permanent(what) }
}

/// The server refused the login in these words.
pub(super) fn login_refused(host: &str, words: &str) -> EdgeError {
    match refused(host, "The login was refused", words) {
        EdgeError::Permanent(what) => EdgeError::Login(what),
        busy => busy,
    }
}

/// The server hung up with these words.
pub(super) fn goodbye(host: &str, words: &str) -> EdgeError {
    let what = format!("{host} closed the connection: “{}”.", quotable(words));
    EdgeError::Temporary { what, wait: backoff(words) }
}

fn is_busy(words: &str) -> bool {
    let words = words.to_lowercase();
    BUSY.iter().any(|busy| words.contains(busy))
}

/// Whole seconds asked for by `Suggested Backoff Time: 201317 milliseconds`, rounded up.
fn backoff(words: &str) -> Option<u64> {
    let words = words.to_lowercase();
    let (_, after) = words.split_once("backoff time:")?;
    let milliseconds: u64 = after.trim_start().split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    Some(milliseconds.div_ceil(1000))
}

/// The words for a sentence: without the status, the addresses and the full stop.
fn quotable(words: &str) -> String {
    let hidden = |word| if str::contains(word, '@') { "(address)" } else { word };
    let said = words.split_whitespace().skip_while(|word| matches!(*word, "NO" | "BAD")).map(hidden);
    readable(said.collect::<Vec<_>>().join(" ").trim_end_matches('.').as_bytes())
}
