//! What mails are taken to mean.

mod automatic;
mod facts;
mod facts_soup;
mod facts_woven;
mod intent;
mod quote;
mod quote_properties;
mod quoted_outcome;
mod scorecard;
mod stops;
