//! What a session would make of a server's bytes, without a server: for tests that say what no server should.

use std::io;

use super::data::{fetched, found, is_capable, listed};
use super::filter::{Filter, Plus, Response};
use super::names;

/// What was made of a server's bytes.
#[derive(Debug, Default)]
pub struct Overheard {
    /// Messages told of by FETCH, folders by LIST, numbers by SEARCH.
    pub told: usize,
    /// Bytes of messages that were kept.
    pub kept: usize,
    /// What the `imap` crate would be given to read.
    pub passed: Vec<u8>,
}

/// Reads bytes as the answer to one command.
///
/// # Errors
/// When a bound is exceeded or what came is no IMAP.
pub fn overheard(bytes: &[u8]) -> io::Result<Overheard> {
    let mut filter = Filter::default();
    filter.begin(bytes.first().map(|first| usize::from(*first) * 8), Plus::Once);
    let mut overheard = Overheard::default();
    let mut piece = [0; 512];
    for chunk in bytes.get(1..).unwrap_or_default().chunks(1000) {
        filter.eat(chunk)?;
        while let given @ 1.. = filter.give(&mut piece) {
            overheard.passed.extend_from_slice(&piece[..given]);
        }
    }
    for response in filter.take_heard() {
        overheard.hear(response);
    }
    Ok(overheard)
}

impl Overheard {
    fn hear(&mut self, response: Response) {
        self.told += found(&response).count() + usize::from(is_capable(&response, "IDLE"));
        let copy = Response { text: response.text.clone(), literals: response.literals.clone() };
        self.told += listed(copy).map_or(0, |folder| names::folders(vec![folder]).len());
        if let Some(fetched) = fetched(response) {
            self.told += usize::from(fetched.uid.is_some());
            self.kept += fetched.body.map_or(0, |body| body.len());
        }
    }
}
