//! What the tests stand on.

pub mod alone;
pub mod authority;
pub mod clock;
pub mod crowd;
pub mod disk;
pub mod files;
pub mod home;
pub mod internet;
pub mod jane;
pub mod letters;
pub mod meanwhile;
pub mod owner;
pub mod picture;
pub mod proxy;
pub mod said;
pub mod scripted;
pub mod servers;
pub mod sign_in;
pub mod surroundings;
pub mod terminal;
pub mod town;
