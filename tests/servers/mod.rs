//! Real servers, and servers that misbehave.

mod imap;
mod imap_scripted;
mod imap_tls;
mod smtp;
mod smtp_real;
mod smtp_script;
mod smtp_tls;
