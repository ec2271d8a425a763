//! What takes how long, measured alone on the machine: cargo runs one test binary after the other, and this one runs one
//! test after the other.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod enumeration;
mod storm;

#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/harness.rs"]
mod harness;
#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/person.rs"]
mod person;
#[path = "../e2e/turns.rs"]
mod turns;

/// What is measured has the machine to itself.
const AT_ONCE: usize = 1;

turns::in_turn_on_both_databases! {
    enumeration::known_and_unknown_addresses_are_answered_alike,
    storm::a_storm_of_logins_leaves_other_routes_their_time,
}
