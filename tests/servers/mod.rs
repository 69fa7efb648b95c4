//! Real servers, and servers that misbehave.

mod imap;
mod imap_hostile;
mod imap_quirks;
mod imap_tls;
mod smtp;
mod smtp_real;
mod smtp_script;
mod smtp_tls;
