//! Nouns: parsed once, then trusted. No I/O, no clock.

pub mod address;
pub mod calendar;
pub mod digest;
pub mod edge;
pub mod folder;
pub mod mail;
pub mod reading;
pub mod schedule;
pub mod settings;
pub mod span;
