//! When the database does not answer, or a request goes away: every wait ends, and what comes back works again.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get shall stop it")]

mod support;

use std::time::{Duration, Instant};

use voxgate_domain::ports::{Store as _, StoreError};
use voxgate_storage::{Database, PoolOptions};
use voxgate_testkit::fixtures::Fixtures;
use voxgate_testkit::postgres::{Cluster, Fsync};

use support::{migrated, postgres_url, sqlite_url};

fn unavailable<T>(outcome: Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Unavailable(_)))
}

async fn waits_no_longer_than_it_should_for_a_connection(url: &str) {
    migrated(url).await;
    let wait = Duration::from_millis(200);
    let options = PoolOptions { max_connections: 1, acquire_timeout: wait, ..PoolOptions::default() };
    let database = Database::connect(url, options).await.unwrap();
    let unit = database.begin().await.unwrap();
    let asked = Instant::now();
    assert!(unavailable(database.begin().await));
    assert!((wait..wait + Duration::from_secs(1)).contains(&asked.elapsed()), "{:?}", asked.elapsed());
    unit.rollback().await.unwrap();
    database.begin().await.unwrap().rollback().await.unwrap();
}

#[tokio::test]
async fn sqlite_waits_no_longer_than_it_should_for_a_connection() {
    let (url, _folder) = sqlite_url();
    waits_no_longer_than_it_should_for_a_connection(&url).await;
}

#[tokio::test]
async fn postgres_waits_no_longer_than_it_should_for_a_connection() {
    let (url, _server) = postgres_url();
    waits_no_longer_than_it_should_for_a_connection(&url).await;
}

#[tokio::test]
async fn postgres_waits_no_longer_than_it_should_for_a_lock() {
    let (url, _server) = postgres_url();
    migrated(&url).await;
    let options = PoolOptions { lock_timeout: Duration::from_millis(200), ..PoolOptions::default() };
    let (database, user) = (Database::connect(&url, options).await.unwrap(), Fixtures::default().user());
    let mut unit = database.begin().await.unwrap();
    unit.users().add(&user, None).await.unwrap();
    unit.commit().await.unwrap();
    let mut holder = database.begin().await.unwrap();
    holder.users().lock(user.id).await.unwrap();
    let mut other = database.begin().await.unwrap();
    assert!(unavailable(other.users().lock(user.id).await));
}

#[tokio::test]
async fn sqlite_waits_no_longer_than_it_should_for_another_process() {
    let (url, _folder) = sqlite_url();
    let holder = migrated(&url).await;
    let _held = holder.begin().await.unwrap();
    let options = PoolOptions { lock_timeout: Duration::from_millis(200), ..PoolOptions::default() };
    let other = Database::connect(&url, options).await.unwrap();
    let asked = Instant::now();
    assert!(unavailable(other.begin().await));
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    other.ping().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_no_fault() {
    let database = Database::connect("postgres://nobody@127.0.0.1:1/none", PoolOptions::default()).await.unwrap();
    let asked = Instant::now();
    assert!(unavailable(database.ping().await));
    assert!(unavailable(database.begin().await));
    assert!(unavailable(database.migrate().await));
    assert!(unavailable(database.pending_migrations().await));
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}

#[tokio::test]
async fn an_address_of_no_known_form_is_a_fault() {
    for url in ["", "voxgate.db", "mysql://host/db", "sqlite://", "sqlite://:memory:"] {
        let refused = Database::connect(url, PoolOptions::default()).await;
        assert!(matches!(refused, Err(StoreError::Internal(_))), "{url:?}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_unavailable() {
    assert!(unavailable(Database::connect("sqlite:///dev/null/voxgate.db", PoolOptions::default()).await));
}

#[tokio::test]
async fn a_crash_of_postgres_is_survived_and_keeps_what_was_committed() {
    let cluster = Cluster::private(Fsync::On).unwrap_or_else(|error| panic!("{error}"));
    let database = migrated(&cluster.admin_url()).await;
    let fixtures = Fixtures::default();
    let (user, other) = (fixtures.user(), fixtures.user());
    let mut unit = database.begin().await.unwrap();
    unit.users().add(&user, None).await.unwrap();
    unit.commit().await.unwrap();
    let mut interrupted = database.begin().await.unwrap();
    interrupted.users().add(&other, None).await.unwrap();

    cluster.crash().unwrap();
    assert!(unavailable(interrupted.commit().await));
    assert!(unavailable(database.ping().await));

    cluster.restart().unwrap();
    database.ping().await.unwrap();
    assert_eq!(database.account(user.id).await.unwrap().unwrap().user, user);
    assert!(database.account(other.id).await.unwrap().is_none());
}

/// As in a worker of actix, whose runtime has one thread.
#[tokio::test(flavor = "current_thread")]
async fn a_cancelled_statement_on_sqlite_needs_no_second_thread() {
    let (url, _folder) = sqlite_url();
    let (database, user) = (migrated(&url).await, Fixtures::default().user());
    for patience in (0..20).map(|step| Duration::from_micros(step * 50)) {
        let work = async {
            let mut unit = database.begin().await.unwrap();
            unit.users().add(&user, None).await.unwrap();
            std::future::pending::<()>().await;
        };
        assert!(tokio::time::timeout(patience, work).await.is_err());
        assert!(database.account(user.id).await.unwrap().is_none());
    }
    database.begin().await.unwrap().commit().await.unwrap();
}
