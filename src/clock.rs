//! The only asker of the hour and of randomness.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use ring::rand::SecureRandom as _;

/// The hour. Everybody else is handed it.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock, moved by an offset (`--now`).
    System(SignedDuration),
    /// A clock that stands until it is set, in microseconds: for the demo and for stories. Clones share one hand, as the
    /// processes of a machine do.
    Frozen(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self::System(SignedDuration::ZERO)
    }

    /// A clock that shows `start` now and runs on from there.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self::System(start.duration_since(real_now()))
    }

    /// A clock that stands.
    #[must_use]
    pub fn frozen(at: Timestamp) -> Self {
        Self::Frozen(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// The instant it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System(offset) => real_now().checked_add(*offset).unwrap_or(Timestamp::MAX),
            Self::Frozen(at) => Timestamp::from_microsecond(at.load(Ordering::Relaxed)).unwrap_or(Timestamp::MAX),
        }
    }

    /// The hour for those who ask again and again and know no clock.
    #[must_use]
    pub fn hour(&self) -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }

    /// Sets a frozen clock; a running one is not touched.
    pub fn set(&self, to: Timestamp) {
        if let Self::Frozen(at) = self {
            at.store(to.as_microsecond(), Ordering::Relaxed);
        }
    }

    /// True when the clock was moved away from the machine's.
    #[must_use]
    pub fn is_moved(&self) -> bool {
        !matches!(self, Self::System(offset) if offset.is_zero())
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that may ask the machine for the hour")]
fn real_now() -> Timestamp {
    Timestamp::now()
}

/// Randomness. Everybody else is handed it.
#[derive(Debug)]
pub enum Dice {
    /// The system's, good for secrets.
    System,
    /// From a seed: for the demo and for stories; never for secrets.
    Seeded(RefCell<fastrand::Rng>),
}

impl Dice {
    /// Dice that fall the same way each time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that may ask for randomness")]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(RefCell::new(fastrand::Rng::with_seed(seed)))
    }

    /// Random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        match self {
            Self::System => {
                // Without randomness no id would be unique: nothing sensible can go on.
                ring::rand::SystemRandom::new().fill(&mut bytes).unwrap_or_else(|_| std::process::abort());
            }
            Self::Seeded(rng) => rng.borrow_mut().fill(&mut bytes),
        }
        bytes
    }

    /// A number from 0 up to, not including, `end`; 0 when `end` is 0.
    #[must_use]
    pub fn below(&self, end: u64) -> u64 {
        if end == 0 { 0 } else { u64::from_le_bytes(self.bytes()) % end }
    }
}
