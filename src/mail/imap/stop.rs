//! What ends a wait early: the deadline of a command, a stop, or a wake from another thread.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use mio::Waker;

/// Bytes that must move before a deadline is put off: a server that drips single bytes gains no time.
const PROGRESS: usize = 16 * 1024;

/// A handle by which another thread ends waits; clones share one state.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    set: AtomicBool,
    wakes: AtomicU64,
    wakers: Mutex<Vec<Weak<Waker>>>,
}

impl Stop {
    /// A handle that has not been set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends every connect, command and IDLE under this handle at once, and those that begin later.
    pub fn set(&self) {
        self.0.set.store(true, Ordering::SeqCst);
        self.ring();
    }

    /// True once [`Stop::set`] was called.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.set.load(Ordering::SeqCst)
    }

    /// Ends a running IDLE, or the next one at its start; commands are not disturbed.
    pub fn wake(&self) {
        self.0.wakes.fetch_add(1, Ordering::SeqCst);
        self.ring();
    }

    fn ring(&self) {
        for waker in self.wakers().iter().filter_map(Weak::upgrade) {
            if let Err(error) = waker.wake() {
                tracing::warn!(%error, "a waiting connection could not be woken");
            }
        }
    }

    fn wakes(&self) -> u64 {
        self.0.wakes.load(Ordering::SeqCst)
    }

    pub(super) fn register(&self, waker: &Arc<Waker>) {
        let mut wakers = self.wakers();
        wakers.retain(|waker| waker.strong_count() > 0);
        wakers.push(Arc::downgrade(waker));
    }

    fn wakers(&self) -> MutexGuard<'_, Vec<Weak<Waker>>> {
        self.0.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a connection may wait, shared by the session and its stream.
#[derive(Debug)]
pub(super) struct Reins {
    pub(super) stop: Stop,
    pub(super) patience: Duration,
    leash: Mutex<Leash>,
}

#[derive(Debug)]
struct Leash {
    deadline: Instant,
    idling: bool,
    moved: usize,
    wakes_seen: u64,
}

impl Reins {
    pub(super) fn new(stop: Stop, patience: Duration) -> Self {
        let leash = Leash { deadline: Instant::now() + patience, idling: false, moved: 0, wakes_seen: stop.wakes() };
        Self { stop, patience, leash: Mutex::new(leash) }
    }

    /// A command begins and must end within `limit`, or within the patience after every 16 KiB that moved.
    pub(super) fn begin(&self, limit: Duration) {
        let mut leash = self.leash();
        leash.deadline = Instant::now() + limit;
        leash.idling = false;
        leash.moved = 0;
    }

    /// An IDLE begins; a wake ends it too.
    pub(super) fn idle(&self, limit: Duration) {
        let mut leash = self.leash();
        leash.deadline = Instant::now() + limit;
        leash.idling = true;
    }

    /// Bytes were read or written.
    pub(super) fn moved(&self, bytes: usize) {
        let mut leash = self.leash();
        leash.moved += bytes;
        if !leash.idling && leash.moved >= PROGRESS {
            leash.moved = 0;
            leash.deadline = leash.deadline.max(Instant::now() + self.patience);
        }
    }

    /// How long a wait may last now; an error when it must not.
    pub(super) fn left(&self) -> io::Result<Duration> {
        let leash = self.leash();
        let woken = leash.idling && self.stop.wakes() != leash.wakes_seen;
        let left = leash.deadline.saturating_duration_since(Instant::now());
        if self.stop.is_set() && !leash.idling {
            return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "Curbside is stopping"));
        }
        // The imap crate takes TimedOut in an IDLE as its orderly end and sends DONE.
        if left.is_zero() || woken || self.stop.is_set() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    /// True when a wake came that no IDLE has reported yet; reports it.
    pub(super) fn take_wake(&self) -> bool {
        let wakes = self.stop.wakes();
        std::mem::replace(&mut self.leash().wakes_seen, wakes) != wakes
    }

    fn leash(&self) -> MutexGuard<'_, Leash> {
        self.leash.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
