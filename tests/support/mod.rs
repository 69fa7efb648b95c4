//! What the tests stand on.

pub mod clock;
pub mod crowd;
pub mod disk;
pub mod home;
pub mod jane;
pub mod letters;
pub mod owner;
pub mod proxy;
pub mod scripted;
pub mod servers;
pub mod surroundings;
pub mod town;
