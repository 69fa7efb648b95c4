//! What the targets share: the eaters of the main tests, which say what must hold for any bytes at all.
//!
//! With `cargo install cargo-fuzz` and no other toolchain than the stable one:
//! `cargo fuzz run --fuzz-dir tests/fuzz --sanitizer none mail tests/fuzz/inputs/mail`.
//! What is worth keeping goes, minimised, into `tests/fuzz/inputs`, where every test run eats it again.

#[path = "../hostile/eaters.rs"]
pub mod eaters;
