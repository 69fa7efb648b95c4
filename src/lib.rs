//! Curbside.
#![forbid(unsafe_code)]

pub mod checkins;
pub mod cli;
pub mod clock;
pub mod config;
pub mod daemon;
pub mod demo;
pub mod flow;
pub mod letters;
pub mod mail;
pub mod model;
pub mod secrets;
pub mod steps;
pub mod store;
pub mod telemetry;
pub mod world;
