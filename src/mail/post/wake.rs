//! What ends a wait from another thread.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::mail::imap::Stop;

/// Ends waits from another thread.
#[derive(Clone, Default)]
pub struct Wake {
    pub(super) stop: Stop,
    bell: Arc<(Mutex<u64>, Condvar)>,
}

impl Wake {
    /// Ends the wait that runs, or the next one.
    pub fn ring(&self) {
        self.stop.wake();
        *self.bell.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.bell.1.notify_all();
    }

    /// Ends everything that waits, now and later.
    pub fn end(&self) {
        self.stop.set();
        self.ring();
    }

    /// True once [`Wake::end`] was called.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.stop.is_set()
    }

    /// Waits for a ring, at most so long; true when one came.
    #[must_use]
    pub fn wait(&self, at_most: Duration) -> bool {
        let count = self.bell.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut count, _) = self.bell.1.wait_timeout_while(count, at_most, |rung| *rung == 0).unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *count) > 0
    }
}
