//! What takes how long, measured with the machine to itself: cargo runs one test binary after the other, and this one runs
//! its tests in turn.

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

/// What is compared pair by pair is compared on both databases at once, since one request at a time leaves a core idle.
const AT_ONCE: usize = 2;
/// What is measured for itself has every place.
const ALONE: u32 = 2;

turns::in_turn_on_both_databases! {
    enumeration::known_and_unknown_addresses_are_answered_alike,
    storm::a_storm_of_logins_leaves_other_routes_their_time: crate::ALONE,
}
