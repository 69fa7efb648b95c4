//! The only protocols: what is said to mail servers and mailbox folders, and how bytes become mail.

pub mod compose;
pub mod discovery;
mod http;
pub mod imap;
pub mod key;
pub mod maildir;
pub mod mime;
pub mod oauth;
pub mod post;
pub mod scripted;
pub mod smtp;
pub mod tls;
