//! What one transaction does is one transaction in PostgreSQL too.

#[expect(dead_code, reason = "shared with the other tests")]
mod support;

use voxgate_domain::ports::Store as _;
use voxgate_domain::{Act, AuditEvent};
use voxgate_storage::Database;
use voxgate_testkit::fixtures::Fixtures;

/// Statements are prepared when a connection meets them first, and an event that leaves fields empty is another statement.
#[tokio::test]
async fn an_event_is_committed_with_what_it_tells_of_the_first_time_too() {
    let (url, server) = support::postgres_url();
    support::migrated(&url).await;
    let database = Database::connect(&url, support::patient()).await.unwrap();
    let fixtures = Fixtures::default();
    for reason in [None, Some("for a reason".to_owned()), None] {
        let user = fixtures.user();
        let mut unit = database.begin().await.unwrap();
        unit.users().add(&user, None).await.unwrap();
        let event = AuditEvent { reason, ..fixtures.event(Act::UserRegistered, user.id) };
        unit.audit().record(&event).await.unwrap();
        unit.commit().await.unwrap();

        let by =
            |table, column| server.psql(&format!("SELECT xmin FROM {table} WHERE {column} = '{}'", user.id)).unwrap();
        assert_eq!(by("users", "id"), by("audit_logs", "subject_id"), "one transaction wrote both");
    }
}
