//! See `keys` of voxgate-hostile.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| voxgate_hostile::run("keys", bytes));
