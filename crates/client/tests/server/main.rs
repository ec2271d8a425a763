//! The client against the real binary.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod account;
mod harness;
mod lists;
mod refusals;
mod renewal;
