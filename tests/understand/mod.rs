//! What mails are taken to mean.

mod facts;
mod facts_soup;
mod facts_woven;
