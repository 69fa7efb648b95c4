//! Curbside.
#![forbid(unsafe_code)]

pub mod clock;
pub mod config;
pub mod mail;
pub mod model;
pub mod secrets;
pub mod steps;
pub mod store;
