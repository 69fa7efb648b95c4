//! Verbs: pure and total. The same answer tomorrow, offline.

pub mod acquaintance;
mod book;
pub mod decide;
pub mod directory;
pub mod due;
pub mod import;
pub mod lists;
pub mod occasions;
pub mod people;
pub mod plan;
pub mod search;
pub mod story;
pub mod understand;
pub mod window;
