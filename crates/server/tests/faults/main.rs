//! Real servers and real faults: under a mixed load something is broken again and again, and afterwards everything that
//! was acknowledged must be there, once, and everything that ended must be over.
//!
//! [`visitor`]s register, prove their addresses, log in, refresh, change profile and password, log out and end sessions,
//! and keep a [`ledger`] of what they were told. A request without an answer leaves a doubt, which they clear up as people
//! do: by looking. The [`inspection`] at the end compares ledger, service, audit trail and mails.
//!
//! The numbers come from a seed that is printed; `docs/reliability.md` lists the variables:
//!
//! ```text
//! FAULT_KILLS=1000 FAULT_SEED=7 cargo test --test faults -- --nocapture sqlite::what_was_acknowledged
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod acts;
mod crash;
mod dice;
mod disk_full;
mod exhausted;
mod inspection;
mod ledger;
mod line;
mod mail_trouble;
mod migration;
mod post;
mod postgres_down;
mod redis_trouble;
mod rolling;
mod service;
mod severed;
mod severing;
mod visitor;

#[path = "../e2e/balancer.rs"]
mod balancer;
#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/harness.rs"]
mod harness;
#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/person.rs"]
mod person;
#[path = "../e2e/turns.rs"]
mod turns;

use std::hash::{BuildHasher as _, RandomState};

use dice::Dice;

/// Says something to whoever runs the tests with `--nocapture`, or sees one fail.
macro_rules! say {
    ($($words:tt)*) => {
        ::std::io::Write::write_fmt(&mut ::std::io::stdout(), format_args!("{}\n", format_args!($($words)*))).unwrap()
    };
}
use say;

/// The number that a variable of the environment says.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

/// Dice by `FAULT_SEED`, or by a seed that is said, to be set when the test fails.
fn dice() -> Dice {
    let seed = number("FAULT_SEED", RandomState::new().hash_one(0) >> 32);
    say!("FAULT_SEED={seed}");
    Dice::new(seed)
}

/// They wait most of the time: for servers to come back, for mails, for the end of a load.
const AT_ONCE: usize = 2;

turns::in_turn_on_both_databases! {
    crash::what_was_acknowledged_survives_kills_at_any_moment,
    mail_trouble::every_mail_comes_and_at_most_twice_whatever_the_mail_server_does,
    migration::no_request_fails_while_a_newer_version_migrates,
}
