//! How often the database is asked. Alone in its process, since the counter sees every connection.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get shall stop it")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use futures_util::future::join_all;
use voxgate_domain::ports::{Authenticator as _, Store as _};
use voxgate_storage::GroupedReads;
use voxgate_testkit::fixtures::Fixtures;

static QUERIES: AtomicUsize = AtomicUsize::new(0);

async fn a_request_is_authenticated_in_one_query(url: &str) {
    let (database, fixtures) = (support::migrated(url).await, Fixtures::default());
    let user = fixtures.user();
    let (session, token) = fixtures.session(user.id);
    let mut unit = database.begin().await.unwrap();
    unit.users().add(&user, None).await.unwrap();
    unit.sessions().add(&session, &token).await.unwrap();
    unit.commit().await.unwrap();
    // The first use of a connection sets it up.
    database.authenticate(session.id).await.unwrap();

    let before = QUERIES.load(Ordering::SeqCst);
    assert!(database.authenticate(session.id).await.unwrap().is_some());
    assert_eq!(QUERIES.load(Ordering::SeqCst) - before, 1);

    let grouped = GroupedReads::start(database);
    join_all((0..4).map(|_| grouped.authenticate(session.id))).await;
    let before = QUERIES.load(Ordering::SeqCst);
    let found = join_all((0..200).map(|_| grouped.authenticate(session.id))).await;
    assert!(found.into_iter().all(|principal| principal.unwrap().is_some()));
    let queries = QUERIES.load(Ordering::SeqCst) - before;
    // On PostgreSQL four begin at once, and whoever came behind them shares. SQLite has no way that could be shared.
    let most = if url.starts_with("postgres") { 16 } else { 200 };
    assert!(queries <= most, "{queries}");
}

#[tokio::test]
async fn a_request_is_authenticated_in_one_query_on_both() {
    set_default_instrumentation(|| {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                QUERIES.fetch_add(1, Ordering::SeqCst);
            }
        }))
    })
    .unwrap();
    let (sqlite, _folder) = support::sqlite_url();
    a_request_is_authenticated_in_one_query(&sqlite).await;
    let (postgres, _server) = support::postgres_url();
    a_request_is_authenticated_in_one_query(&postgres).await;
}
