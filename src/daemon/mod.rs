//! When: the loop that takes a turn when nudged, one instance per home, two-step stop, notices to the service manager.

pub mod lock;
mod river;

pub use river::{Ended, nightly, run};
