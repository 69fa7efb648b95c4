//! Verbs: pure and total. The same answer tomorrow, offline.

mod book;
pub mod decide;
pub mod directory;
pub mod due;
pub mod lists;
pub mod occasions;
pub mod plan;
pub mod search;
pub mod story;
pub mod understand;
pub mod window;
