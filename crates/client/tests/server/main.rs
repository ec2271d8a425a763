//! The client against the real binary.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod account;
mod harness;
mod lists;
mod refusals;
mod renewal;
mod services;
mod slow_line;
