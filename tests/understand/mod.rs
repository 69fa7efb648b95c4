//! What a mail means.

mod quote;
mod quote_properties;
