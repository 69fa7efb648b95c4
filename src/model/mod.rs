//! Nouns: parsed once, then trusted. No I/O, no clock.

pub mod address;
pub mod mail;
pub mod reading;
