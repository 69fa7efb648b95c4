//! Half a year of the demo, and what must be true of it.

mod half_year;
mod refused;
mod world;
