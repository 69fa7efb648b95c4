//! Real servers, and servers that misbehave.

mod imap;
mod imap_scripted;
mod imap_tls;
