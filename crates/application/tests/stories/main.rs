//! What people and operators do, told as stories over real adapters (SQLite, AES-GCM, RS256), and what the
//! audit trail and the mails say of each: who did what to whom, from where, and why.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod administration;
mod coming_in;
mod emergencies;
mod looking_after_oneself;
mod machines;
mod operation;
mod registration;
mod second_factor;
mod trail;
mod world;
