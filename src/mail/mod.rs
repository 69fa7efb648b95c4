//! Protocols.
pub mod mime;
