//! Feeds `eaters::taught`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| curbside_fuzz::eaters::taught(bytes));
