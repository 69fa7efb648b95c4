//! The first words of a connection, read byte by byte so that nothing is taken for more than it is.

use std::io::{self, Read, Write};

use super::filter::readable;
use super::trouble::{broken, goodbye, refused};
use super::wire::Wire;
use crate::model::edge::EdgeError;

/// Longest line before the login.
const MOST_LINE: usize = 8 * 1024;
/// Most lines before an answer.
const MOST_LINES: usize = 64;
const TAG: &str = "s1";

/// Reads the greeting and returns its words.
///
/// # Errors
/// When the server greets with anything but `OK`. PREAUTH is refused: nobody has proved who speaks, and a
/// STARTTLS would be skipped.
pub(super) fn greeting(line: &mut impl Read, host: &str) -> Result<String, EdgeError> {
    let words = read_line(line).map_err(|error| broken(host, &error))?;
    let upper = words.to_ascii_uppercase();
    if upper.starts_with("* OK") {
        Ok(words)
    } else if upper.starts_with("* BYE") {
        Err(goodbye(host, &words[5..]))
    } else if upper.starts_with("* PREAUTH") {
        Err(EdgeError::Permanent(format!("{host} says it is signed in before any login (PREAUTH); such a line is not trusted.")))
    } else {
        Err(EdgeError::Permanent(format!("{host} does not speak IMAP on this port.")))
    }
}

/// Asks for TLS and waits for the yes, and not a byte more.
///
/// # Errors
/// When the server refuses, or says more before the line is secure: that would be taken for its words after it.
pub(super) fn start_tls(wire: &mut Wire, host: &str) -> Result<(), EdgeError> {
    let answer = ask_for_tls(wire).map_err(|error| broken(host, &error))?;
    let words = answer[TAG.len() + 1..].to_owned();
    if !words.to_ascii_uppercase().starts_with("OK") {
        return Err(refused(host, "STARTTLS was refused, and without it nothing is sent", &words));
    }
    if wire.has_unread() {
        return Err(EdgeError::Permanent(format!(
            "{host} sent more than its yes to STARTTLS before the line was secure; that is refused."
        )));
    }
    Ok(())
}

fn ask_for_tls(wire: &mut Wire) -> io::Result<String> {
    wire.write_all(format!("{TAG} STARTTLS\r\n").as_bytes())?;
    for _ in 0..MOST_LINES {
        let line = read_line(wire)?;
        if line.starts_with("s1 ") {
            return Ok(line);
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "it did not answer STARTTLS"))
}

fn read_line(line: &mut impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while bytes.len() < MOST_LINE {
        line.read_exact(&mut byte)?;
        if byte[0] == b'\n' {
            return Ok(readable(&bytes));
        }
        bytes.push(byte[0]);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "it sent a line without end"))
}
