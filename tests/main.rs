//! Every test that stands outside the crate: one binary, so that it links once.

mod servers;
mod support;
