//! What mails are taken to mean.

mod facts;
mod quote;
mod quote_properties;
