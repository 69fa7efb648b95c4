//! Every test that stands outside the crate: one binary, so that it links once; each folder tells its stories.

mod demo;
mod hostile;
mod house;
mod letters;
mod mail_edges;
mod river;
mod servers;
mod simulated;
mod simulator;
mod store;
mod support;
mod terminal;
mod understand;
