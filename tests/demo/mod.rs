//! Half a year of the demo, and what must be true of it.
