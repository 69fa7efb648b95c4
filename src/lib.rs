//! Curbside.
#![forbid(unsafe_code)]

pub mod mail;
pub mod model;
pub mod steps;
