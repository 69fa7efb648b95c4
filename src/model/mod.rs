//! Nouns: parsed once, then trusted. No I/O, no clock.

pub mod acquaintance;
pub mod address;
pub mod calendar;
pub mod contact;
pub mod digest;
pub mod draft;
pub mod edge;
pub mod employer;
pub mod fold;
pub mod folder;
pub mod id;
pub mod import;
pub mod journal;
pub mod mail;
pub mod message;
pub mod plan;
pub mod reading;
pub mod schedule;
pub mod settings;
pub mod span;
pub mod standing;
pub mod story;
