//! What the databases themselves refuse, whoever asks.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get shall stop it")]

mod support;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use voxgate_domain::Act;
use voxgate_domain::ports::{Store as _, StoreError};
use voxgate_storage::Database;
use voxgate_testkit::fixtures::Fixtures;

use support::{migrated, postgres_url, sqlite_url};

async fn with_an_event(url: &str) -> Database {
    let (database, fixtures) = (migrated(url).await, Fixtures::default());
    let mut unit = database.begin().await.unwrap();
    let user = fixtures.user();
    unit.users().add(&user, None).await.unwrap();
    unit.audit().record(&fixtures.event(Act::UserRegistered, user.id)).await.unwrap();
    unit.commit().await.unwrap();
    database
}

fn sqlite(url: &str) -> SqliteConnection {
    SqliteConnection::establish(url.trim_start_matches("sqlite://")).unwrap()
}

#[tokio::test]
async fn sqlite_refuses_to_change_the_audit_trail() {
    let (url, _folder) = sqlite_url();
    with_an_event(&url).await;
    for (act, statement) in [
        ("UPDATE", "UPDATE audit_logs SET event = 'forged'"),
        ("DELETE", "DELETE FROM audit_logs"),
        ("REPLACE", "INSERT OR REPLACE INTO audit_logs SELECT * FROM audit_logs"),
    ] {
        let refused = sqlite(&url).batch_execute(statement).unwrap_err().to_string();
        assert_eq!(refused, format!("audit_logs is append-only: {act} is refused"));
    }
}

#[tokio::test]
async fn postgres_refuses_to_change_the_audit_trail() {
    let (url, _server) = postgres_url();
    with_an_event(&url).await;
    let mut connection = AsyncPgConnection::establish(&url).await.unwrap();
    for (act, statement) in [
        ("UPDATE", "UPDATE audit_logs SET event = 'forged'"),
        ("DELETE", "DELETE FROM audit_logs"),
        ("TRUNCATE", "TRUNCATE audit_logs"),
        ("TRUNCATE", "TRUNCATE audit_logs_default"),
    ] {
        let refused = connection.batch_execute(statement).await.unwrap_err().to_string();
        assert_eq!(refused, format!("audit_logs is append-only: {act} is refused"));
    }
}

#[tokio::test]
async fn postgres_has_audit_partitions_for_this_month_and_the_next_three() {
    let (url, _server) = postgres_url();
    migrated(&url).await;
    let mut connection = AsyncPgConnection::establish(&url).await.unwrap();
    connection.batch_execute("SELECT create_audit_partitions()").await.unwrap();
    let missing = "DO $$ BEGIN \
                   ASSERT (SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass) = 5; \
                   ASSERT to_regclass('audit_logs_' || to_char(now() + interval '3 months', 'YYYY_MM')) IS NOT NULL; \
                   END $$";
    connection.batch_execute(missing).await.unwrap();
}

#[tokio::test]
async fn postgres_moves_events_of_the_default_partition_into_that_of_their_month() {
    let (url, _server) = postgres_url();
    migrated(&url).await;
    let mut connection = AsyncPgConnection::establish(&url).await.unwrap();
    let steps = "DO $$ DECLARE name text := 'audit_logs_' || to_char(now() + interval '2 months', 'YYYY_MM'); here int; \
                 BEGIN EXECUTE format('DROP TABLE %I', name); \
                 INSERT INTO audit_logs (id, occurred_at, event, outcome, details) \
                 VALUES (gen_random_uuid(), now() + interval '2 months', 'user.registered', 'success', '{}'); \
                 ASSERT (SELECT count(*) FROM audit_logs_default) = 1; \
                 PERFORM create_audit_partitions(); \
                 ASSERT (SELECT count(*) FROM audit_logs_default) = 0; \
                 EXECUTE format('SELECT count(*) FROM %I', name) INTO here; ASSERT here = 1; \
                 ASSERT (SELECT count(*) FROM audit_unsealed) = 1; \
                 INSERT INTO audit_logs (id, occurred_at, event, outcome, details) \
                 VALUES (gen_random_uuid(), now() + interval '2 months', 'user.registered', 'success', '{}'); \
                 ASSERT (SELECT count(*) FROM audit_unsealed) = 2; END $$";
    connection.batch_execute(steps).await.unwrap();
    for table in ["audit_logs", "audit_logs_default"] {
        let statement = format!(
            "INSERT INTO {table} (id, occurred_at, event, outcome, details) VALUES \
            (gen_random_uuid(), now() - interval '10 years', 'user.registered', 'success', '{{}}'); DELETE FROM {table}"
        );
        let refused = connection.batch_execute(&statement).await.unwrap_err().to_string();
        assert_eq!(refused, "audit_logs is append-only: DELETE is refused");
    }
    for table in ["audit_seals", "audit_positions"] {
        let refused = connection.batch_execute(&format!("TRUNCATE {table}")).await.unwrap_err().to_string();
        assert_eq!(refused, format!("{table} is append-only: TRUNCATE is refused"));
    }
}

/// Each contradicts a rule of the domain, which never writes it.
const WRONG: &[&str] = &[
    "UPDATE users SET status = 'superuser'",
    "UPDATE users SET status = 'deleted'",
    "UPDATE users SET version = -1",
    "UPDATE users SET email = ''",
    "UPDATE users SET first_name = ''",
    "UPDATE users SET mfa_enabled = NULL",
    "UPDATE users SET id = NULL",
    "INSERT INTO leases (name, holder, expires_at) SELECT 'mail', '', created_at FROM users",
    "INSERT INTO user_roles (name, description, permissions, created_at) SELECT '', '', '[]', created_at FROM users",
];

#[tokio::test]
async fn sqlite_refuses_what_the_domain_forbids() {
    let (url, _folder) = sqlite_url();
    with_an_event(&url).await;
    for statement in WRONG {
        assert!(sqlite(&url).batch_execute(statement).is_err(), "{statement}");
    }
}

#[tokio::test]
async fn postgres_refuses_what_the_domain_forbids() {
    let (url, _server) = postgres_url();
    with_an_event(&url).await;
    let mut connection = AsyncPgConnection::establish(&url).await.unwrap();
    for statement in WRONG {
        assert!(connection.batch_execute(&statement.replace("'[]'", "'{}'")).await.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn stored_values_that_are_none_are_named_by_table_and_column() {
    let (url, _folder) = sqlite_url();
    let (database, user) = (migrated(&url).await, Fixtures::default().user());
    let mut unit = database.begin().await.unwrap();
    unit.users().add(&user, None).await.unwrap();
    unit.commit().await.unwrap();
    sqlite(&url).batch_execute("UPDATE users SET time_zone = 'Mars/Olympus'").unwrap();
    let corrupt = database.account(user.id).await.unwrap_err();
    assert!(matches!(corrupt, StoreError::Corrupt { table: "users", column: "time_zone", .. }), "{corrupt:?}");
    assert!(!corrupt.to_string().contains("Mars"), "{corrupt}");
}
