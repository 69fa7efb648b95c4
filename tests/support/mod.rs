//! What the tests stand on.

pub mod scripted;
pub mod servers;
pub mod town;
