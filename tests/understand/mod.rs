//! What mails are taken to mean.

mod automatic;
mod facts;
mod quote;
mod quote_properties;
