//! Tests that have the machine to themselves: cargo runs one test binary after the other, and in one that uses this, one
//! test runs after the other.

/// Held by the test that runs.
pub(crate) static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A test for each rule and each database.
macro_rules! alone_on_both_databases {
    ($($module:ident::$rule:ident,)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                let _alone = crate::alone::ALONE.lock().await;
                crate::$module::$rule(crate::harness::Backend::Sqlite).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $rule() {
                let _alone = crate::alone::ALONE.lock().await;
                crate::$module::$rule(crate::harness::Backend::Postgres).await;
            })+
        }
    };
}
pub(crate) use alone_on_both_databases;
