//! Tests that want the machine to themselves, or to share it with few: cargo runs one test binary after the other, and in
//! one that uses this, so many tests run side by side as its `AT_ONCE` says.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

static TURNS: Semaphore = Semaphore::const_new(crate::AT_ONCE);

/// Waits until it is the turn of a test, which ends with what is returned.
pub(crate) async fn turn() -> SemaphorePermit<'static> {
    turn_on(1).await
}

/// The same for one that takes so many places. It lets those go first that share: turns are had in the order of asking.
pub(crate) async fn turn_on(places: u32) -> SemaphorePermit<'static> {
    tokio::time::sleep(Duration::from_millis(200) * (places - 1)).await;
    TURNS.acquire_many(places).await.unwrap()
}

/// A test for each rule and each database. It takes one place, or as many as stand behind its name.
macro_rules! in_turn_on_both_databases {
    (@turn) => { crate::turns::turn() };
    (@turn $places:expr) => { crate::turns::turn_on($places) };
    ($($module:ident::$rule:ident $(: $places:expr)?,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                let _turn = crate::turns::in_turn_on_both_databases!(@turn $($places)?).await;
                crate::$module::$rule(crate::harness::Backend::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                let _turn = crate::turns::in_turn_on_both_databases!(@turn $($places)?).await;
                crate::$module::$rule(crate::harness::Backend::Postgres).await;
            })+
        }
    };
}
pub(crate) use in_turn_on_both_databases;
