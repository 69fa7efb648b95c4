//! Waiting for news (IDLE, RFC 2177) asleep in the kernel.

use std::time::Duration;

use imap::extensions::idle::WaitOutcome;

use super::filter::Plus;
use super::{Imap, Terms};
use crate::model::edge::EdgeError;

/// Why an IDLE ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdleEnd {
    /// The opened folder has new mail.
    Changed,
    /// The time is over; go on with another one.
    TimedOut,
    /// [`super::Stop::wake`] was called: somebody wants the connection, which stays usable.
    Woken,
    /// [`super::Stop::set`] was called; the connection may not be usable any more.
    Stopped,
}

impl Imap {
    /// True when the server can announce new mail by itself.
    #[must_use]
    pub const fn can_idle(&self) -> bool {
        self.can_idle
    }

    /// Waits until the opened folder has new mail, at most so long (servers hang up after 29 minutes).
    ///
    /// Mail announced before the wait is reported at once. Nothing wakes up in between but keepalives of the server.
    ///
    /// # Errors
    /// When the line fails.
    pub fn idle(&mut self, at_most: Duration) -> Result<IdleEnd, EdgeError> {
        if let Some(end) = self.asked_to_end() {
            return Ok(end);
        }
        match self.noop() {
            Ok(true) => return Ok(IdleEnd::Changed),
            Ok(false) => {}
            Err(error) => return self.asked_to_end().ok_or(error),
        }
        let outcome = self.wait(at_most);
        self.end_of_wait(outcome)
    }

    fn wait(&mut self, at_most: Duration) -> Result<WaitOutcome, EdgeError> {
        let filter = self.filter.clone();
        self.call("The server could not be asked to announce mail", Terms { plus: Plus::Once, ..Terms::default() }, |session| {
            session.idle().timeout(at_most).keepalive(false).wait_while(|_| !filter.lock().has_news())
        })
    }

    fn end_of_wait(&mut self, outcome: Result<WaitOutcome, EdgeError>) -> Result<IdleEnd, EdgeError> {
        // The crate ignores what becomes of its DONE; without a good answer to it the session is out of step.
        self.dead |= outcome.is_err() || self.filter.lock().tagged().is_none();
        if let Some(end) = self.asked_to_end() {
            return Ok(end);
        }
        let changed = self.filter.lock().take_news();
        match outcome {
            Ok(WaitOutcome::MailboxChanged) => Ok(IdleEnd::Changed),
            Ok(WaitOutcome::TimedOut) if changed => Ok(IdleEnd::Changed),
            Ok(WaitOutcome::TimedOut) => Ok(IdleEnd::TimedOut),
            Err(error) => Err(error),
        }
    }

    fn asked_to_end(&self) -> Option<IdleEnd> {
        if self.reins.stop.is_set() {
            return Some(IdleEnd::Stopped);
        }
        self.reins.take_wake().then_some(IdleEnd::Woken)
    }
}
