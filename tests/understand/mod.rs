//! What mails are taken to mean.

mod automatic;
mod facts;
mod facts_soup;
mod intent;
mod quote;
mod quote_properties;
