//! Every test that stands outside the crate: one binary, so that it links once.

mod letters;
mod mail_edges;
mod servers;
mod support;
