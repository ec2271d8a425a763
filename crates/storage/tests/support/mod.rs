//! Fresh databases.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test needs and does not get shall stop it")]

use std::time::Duration;

use tempfile::TempDir;
use voxgate_storage::{Database, PoolOptions};
use voxgate_testkit::postgres::TestDatabase;

/// A test may run on a machine that is busy with others: what waits is waited for.
pub(crate) fn patient() -> PoolOptions {
    let long = Duration::from_secs(30);
    PoolOptions {
        acquire_timeout: long,
        connect_timeout: long,
        lock_timeout: long,
        statement_timeout: long,
        idle_in_transaction_timeout: long,
        ..PoolOptions::default()
    }
}

/// The address of an SQLite file that is not there yet, in a folder that goes with the test.
pub(crate) fn sqlite_url() -> (String, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (format!("sqlite://{}", folder.path().join("data/voxgate.db").display()), folder)
}

/// The address of an empty database on PostgreSQL.
pub(crate) fn postgres_url() -> (String, TestDatabase) {
    let database = TestDatabase::create().unwrap_or_else(|error| panic!("{error}"));
    (database.url(), database)
}

/// A database with its schema in place.
pub(crate) async fn migrated(url: &str) -> Database {
    let database = Database::connect(url, patient()).await.unwrap();
    database.migrate().await.unwrap();
    database
}
