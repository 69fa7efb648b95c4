//! Curbside.
#![forbid(unsafe_code)]

pub mod model;
pub mod steps;
pub mod mail;
