//! What mails are taken to mean.

mod facts;
mod intent;
mod quote;
mod quote_properties;
