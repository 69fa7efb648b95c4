//! Feeds `eaters::facts`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| curbside_fuzz::eaters::facts(bytes));
