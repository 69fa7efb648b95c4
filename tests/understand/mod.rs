//! What mails are taken to mean.

mod facts;
