//! What the tests stand on.

pub mod home;
pub mod scripted;
pub mod servers;
