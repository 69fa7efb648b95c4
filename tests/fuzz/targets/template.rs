//! Feeds `eaters::template`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| curbside_fuzz::eaters::template(bytes));
