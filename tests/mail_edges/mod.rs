//! The edges of mail that need no server: letters as bytes, the local folder account, passwords.

mod browser;
mod compose;
mod device;
mod maildir;
mod secrets;
