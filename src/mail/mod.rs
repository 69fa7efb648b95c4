//! Protocols.
pub mod compose;
pub mod imap;
pub mod maildir;
pub mod mime;
pub mod smtp;
pub mod tls;
