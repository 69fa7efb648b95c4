//! Protocols.
pub mod imap;
pub mod mime;
pub mod tls;
