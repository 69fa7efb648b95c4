//! Curbside.
#![forbid(unsafe_code)]

pub mod checkins;
pub mod letters;
pub mod mail;
pub mod model;
pub mod steps;
