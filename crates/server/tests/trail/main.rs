//! The audit trail proves itself: whatever is done to it behind the back of the service, `verify` finds it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

mod exports;
mod harness;
mod large;
mod sealing;
mod tampering;
