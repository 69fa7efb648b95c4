//! Verbs: pure and total. The same answer tomorrow, offline.

pub mod decide;
pub mod due;
pub mod occasions;
pub mod plan;
pub mod story;
pub mod understand;
pub mod window;
