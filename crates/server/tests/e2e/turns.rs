//! Tests that want the machine to themselves, or to share it with few: cargo runs one test binary after the other, and in
//! one that uses this, so many tests run side by side as its `AT_ONCE` says.

use tokio::sync::{Semaphore, SemaphorePermit};

static TURNS: Semaphore = Semaphore::const_new(crate::AT_ONCE);

/// Waits until it is the turn of a test, which ends with what is returned.
pub(crate) async fn turn() -> SemaphorePermit<'static> {
    TURNS.acquire().await.unwrap()
}

/// A test for each rule and each database.
macro_rules! in_turn_on_both_databases {
    ($($module:ident::$rule:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                let _turn = crate::turns::turn().await;
                crate::$module::$rule(crate::harness::Backend::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                let _turn = crate::turns::turn().await;
                crate::$module::$rule(crate::harness::Backend::Postgres).await;
            })+
        }
    };
}
pub(crate) use in_turn_on_both_databases;
