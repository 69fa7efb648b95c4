//! When: the loop that takes a turn when nudged, one instance per home, two-step stop, notices to the service manager.

pub mod lock;
mod reload;
mod river;

pub use reload::Reload;
pub use river::{Ended, nightly, run};
