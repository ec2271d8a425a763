//! The two migration trees, and how they are applied.
#![expect(clippy::unwrap_used, reason = "what a test needs and does not get shall stop it")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use voxgate_storage::Database;

use support::{migrated, patient, postgres_url, sqlite_url};

fn names(database: &str) -> BTreeSet<String> {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
    fs::read_dir(tree).unwrap().map(|step| step.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn both_trees_have_the_same_steps() {
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn every_step_says_what_and_why() {
    for (database, step) in ["sqlite", "postgres"].iter().flat_map(|one| names(one).into_iter().map(move |n| (one, n)))
    {
        let up = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../migrations/{database}/{step}/up.sql"));
        assert!(fs::read_to_string(&up).unwrap().starts_with("-- "), "{} begins with no comment", up.display());
    }
}

#[derive(Debug, QueryableByName, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    required: bool,
}

#[tokio::test(flavor = "multi_thread")]
async fn both_trees_give_the_same_tables_and_columns() {
    let (sqlite, _folder) = sqlite_url();
    migrated(&sqlite).await;
    let mut connection = SqliteConnection::establish(sqlite.trim_start_matches("sqlite://")).unwrap();
    let on_sqlite: Vec<Column> = diesel::sql_query(
        "SELECT t.name AS \"table\", c.name AS name, c.\"notnull\" OR c.pk AS required \
         FROM sqlite_master AS t, pragma_table_info(t.name) AS c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '!_!_%' ESCAPE '!'",
    )
    .load(&mut connection)
    .unwrap();

    let (postgres, _server) = postgres_url();
    migrated(&postgres).await;
    let mut connection = AsyncPgConnection::establish(&postgres).await.unwrap();
    let on_postgres: Vec<Column> = diesel_async::RunQueryDsl::load(
        diesel::sql_query(
            "SELECT t.relname::text AS \"table\", c.attname::text AS name, c.attnotnull AS required \
             FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid \
             WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition \
             AND c.attnum > 0 AND NOT c.attisdropped AND t.relname NOT LIKE '!_!_%' ESCAPE '!'",
        ),
        &mut connection,
    )
    .await
    .unwrap();

    let sorted = |columns: Vec<Column>| columns.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(sorted(on_sqlite), sorted(on_postgres));
}

async fn applies_every_step_once(url: &str) {
    let database = Database::connect(url, patient()).await.unwrap();
    let all: Vec<String> = names("sqlite").into_iter().collect();
    assert_eq!(database.pending_migrations().await.unwrap(), all);
    assert_eq!(database.migrate().await.unwrap(), all);
    assert_eq!(database.pending_migrations().await.unwrap(), Vec::<String>::new());
    assert_eq!(database.migrate().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn sqlite_is_migrated_once() {
    let (url, _folder) = sqlite_url();
    applies_every_step_once(&url).await;
}

#[tokio::test]
async fn postgres_is_migrated_once() {
    let (url, _server) = postgres_url();
    applies_every_step_once(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_waits_for_a_reader_keeps_nobody_else_waiting() {
    /// Longer than a request may wait for a lock.
    const HELD: Duration = Duration::from_secs(4);
    /// The longest that a step waits, and what a busy machine takes.
    const SOON: Duration = Duration::from_millis(1_500);
    let (url, server) = postgres_url();
    let database = migrated(&url).await;
    server
        .psql(
            "CREATE INDEX user_sessions_ended ON user_sessions (ended_at); DROP INDEX user_sessions_ends; \
             DELETE FROM __diesel_schema_migrations WHERE version = '0026'",
        )
        .unwrap();
    let reads = format!("BEGIN; SELECT count(*) FROM user_sessions; SELECT pg_sleep({}); COMMIT", HELD.as_secs());
    let migrating = thread::scope(|scope| {
        scope.spawn(|| server.psql(&reads).unwrap());
        thread::sleep(Duration::from_millis(500));
        let migrating = tokio::spawn(async move { database.migrate().await.unwrap() });
        let begun = Instant::now();
        while begun.elapsed() < HELD {
            let asked = Instant::now();
            server.psql("SELECT count(*) FROM user_sessions").unwrap();
            assert!(asked.elapsed() < SOON, "another reader waited for {:?}", asked.elapsed());
        }
        migrating
    });
    assert_eq!(migrating.await.unwrap(), ["0026_revocations"]);
}

/// A step that holds a table, works, and then waits for the next meets requests that hold the next and wait for the first.
/// PostgreSQL ends one of the two once that lasts for a second (`deadlock_timeout`), and it may be the request; at once, when
/// the step waits for a stronger lock on the same table. What is locked as it needs it before any work is done is held or let
/// go in less: five times 200 ms.
#[tokio::test]
async fn a_step_locks_all_that_it_needs_before_it_does_anything() {
    const MOST: usize = 5;
    let (_url, server) = postgres_url();
    // A partition is locked with its table, which those who serve lock first.
    let tables = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition";
    let locks = "SELECT t.relname || ' ' || l.mode FROM pg_locks AS l JOIN pg_class AS t ON t.oid = l.relation \
                 WHERE l.pid = pg_backend_pid() AND l.mode IN \
                 ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')";
    let mut lacking = BTreeMap::new();
    for step in names("postgres") {
        let before = lines(&server.psql(tables).unwrap());
        let up = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../migrations/postgres/{step}/up.sql"));
        let up = fs::read_to_string(up).unwrap();
        let held = |up: &str, end: &str| {
            let mut held = lines(&server.psql(&format!("BEGIN; {up}; {locks}; {end}")).unwrap());
            held.retain(|held| held.split_once(' ').is_some_and(|(table, _)| before.contains(table)));
            held
        };
        let at_first = held(&up.lines().filter(|line| line.starts_with("LOCK TABLE ")).collect::<String>(), "ROLLBACK");
        let at_last = held(&up, "COMMIT");
        let tables: BTreeSet<&str> = at_last.iter().filter_map(|held| held.split(' ').next()).collect();
        assert!(tables.len() <= MOST, "{step} locks {at_last:?}: too many to wait for in a second");
        let needed: BTreeSet<String> = tables.iter().map(|table| strongest(table, &at_last)).collect();
        if at_last.len() > 1 && at_first != needed {
            lacking.insert(step, needed);
        }
    }
    assert!(lacking.is_empty(), "these begin with no LOCK TABLE of all that they lock: {lacking:#?}");
}

/// Of the locks on a table the one that conflicts with most others.
fn strongest(table: &str, held: &BTreeSet<String>) -> String {
    ["AccessExclusiveLock", "ExclusiveLock", "ShareRowExclusiveLock", "ShareLock"]
        .iter()
        .map(|mode| format!("{table} {mode}"))
        .find(|lock| held.contains(lock))
        .unwrap_or_default()
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}
