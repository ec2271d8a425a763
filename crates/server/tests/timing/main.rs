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

/// One measurement at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

macro_rules! on_both_databases {
    ($($module:ident::$rule:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                let _alone = super::ALONE.lock().await;
                super::$module::$rule(super::harness::Backend::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                let _alone = super::ALONE.lock().await;
                super::$module::$rule(super::harness::Backend::Postgres).await;
            })+
        }
    };
}

on_both_databases! {
    enumeration::known_and_unknown_addresses_are_answered_alike,
    storm::a_storm_of_logins_leaves_other_routes_their_time,
}
