//! No list of users walks down the table, however many there are.

use std::marker::PhantomData;
use std::time::Duration;

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Text, Untyped};
use diesel::sqlite::Sqlite;
use voxgate_domain::user::SearchPrefix;
use voxgate_testkit::postgres::TestDatabase;

use super::*;
use crate::{Database, PoolOptions};

/// The plan of a query, as the database tells it in columns of the type `Columns`.
struct Explain<Q, Columns>(Q, PhantomData<Columns>);

impl<Q, Columns> Explain<Q, Columns> {
    fn of(query: Q) -> Self {
        Self(query, PhantomData)
    }
}

impl<Q, Columns> QueryId for Explain<Q, Columns> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Explain<Q, Text> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("EXPLAIN ");
        self.0.walk_ast(out)
    }
}

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Explain<Q, Untyped> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("EXPLAIN QUERY PLAN ");
        self.0.walk_ast(out)
    }
}

impl<Q, Columns> Query for Explain<Q, Columns> {
    type SqlType = Columns;
}

/// A line of the plan of SQLite, which has further columns.
#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

async fn plan(
    connection: &mut Connection,
    filter: &UserFilter,
    after: Option<UserId>,
) -> Result<Vec<String>, StoreError> {
    let after = after.map(Id::from);
    on!(connection,
        postgres c => async move {
            newest_first!(filter, after, 51, |query| Explain::<_, Text>::of(query).load(c).await)
        },
        sqlite c => async move {
            let steps: QueryResult<Vec<Step>> =
                newest_first!(filter, after, 51, |query| Explain::<_, Untyped>::of(query).load(c).await);
            steps.map(|steps| steps.into_iter().map(|step| step.detail).collect())
        }
    )
}

fn filters() -> Vec<UserFilter> {
    let none = UserFilter::default;
    let begins = |text: &str| SearchPrefix::parse(text).ok();
    let role = |name: &str| RoleName::parse(name).ok();
    vec![
        none(),
        UserFilter { include_deleted: true, ..none() },
        UserFilter { status: Some(StatusFilter::Active), ..none() },
        UserFilter { status: Some(StatusFilter::Pending), ..none() },
        UserFilter { status: Some(StatusFilter::Deleted), ..none() },
        UserFilter { role: role("patient"), ..none() },
        UserFilter { role: role("admin"), ..none() },
        UserFilter { role: role("admin"), status: Some(StatusFilter::Inactive), ..none() },
        UserFilter { begins: begins("person-4711"), ..none() },
        UserFilter { begins: begins("Ödön"), ..none() },
        UserFilter { begins: begins("ada-9"), status: Some(StatusFilter::Active), ..none() },
        UserFilter { begins: begins("ada-9"), role: role("patient"), ..none() },
    ]
}

const PEOPLE: u32 = 50_000;

async fn sow(connection: &mut Connection) -> Result<(), StoreError> {
    let columns =
        "id, email, email_normalized, status, deleted_at, first_name, last_name, created_at, updated_at, version";
    let postgres = [
        format!(
            "INSERT INTO users ({columns}) SELECT lpad(to_hex(n), 32, '0')::uuid, 'person-' || n || '@example.org', \
             'person-' || n || '@example.org', \
             CASE WHEN n % 100 = 0 THEN 'deleted' WHEN n % 50 = 1 THEN 'pending' ELSE 'active' END, \
             CASE WHEN n % 100 = 0 THEN now() END, 'Ada-' || n, 'King', now(), now(), 0 \
             FROM generate_series(1, {PEOPLE}) AS n"
        ),
        "INSERT INTO user_roles VALUES ('patient', '', '{}', now()), ('admin', '', '{}', now())".to_owned(),
        "INSERT INTO user_role_assignments SELECT id, id, 'patient', NULL, '', now() FROM users".to_owned(),
        "INSERT INTO user_role_assignments SELECT gen_random_uuid(), id, 'admin', NULL, '', now() FROM users LIMIT 3"
            .to_owned(),
        "ANALYZE".to_owned(),
    ];
    let sqlite = [
        format!(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {PEOPLE}) \
             INSERT INTO users ({columns}) SELECT CAST(printf('%016d', n) AS BLOB), 'person-' || n || '@example.org', \
             'person-' || n || '@example.org', \
             CASE WHEN n % 100 = 0 THEN 'deleted' WHEN n % 50 = 1 THEN 'pending' ELSE 'active' END, \
             CASE WHEN n % 100 = 0 THEN 1 END, 'Ada-' || n, 'King', 1, 1, 0 FROM numbers"
        ),
        "INSERT INTO user_roles VALUES ('patient', '', '[]', 1), ('admin', '', '[]', 1)".to_owned(),
        "INSERT INTO user_role_assignments SELECT id, id, 'patient', NULL, '', 1 FROM users".to_owned(),
        "INSERT INTO user_role_assignments SELECT randomblob(16), id, 'admin', NULL, '', 1 FROM users LIMIT 3"
            .to_owned(),
        // No ANALYZE: an installation has no statistics either.
        "SELECT 1".to_owned(),
    ];
    for (postgres, sqlite) in postgres.into_iter().zip(sqlite) {
        on!(connection,
            postgres c => diesel::sql_query(postgres).execute(c),
            sqlite c => diesel::sql_query(sqlite).execute(c)
        )?;
    }
    Ok(())
}

fn patient() -> PoolOptions {
    let long = Duration::from_secs(60);
    PoolOptions { acquire_timeout: long, connect_timeout: long, statement_timeout: long, ..PoolOptions::default() }
}

async fn with_many_people(url: &str) -> Connection {
    let database = Database::connect(url, patient()).await.unwrap();
    database.migrate().await.unwrap();
    let mut connection = database.writer().await.unwrap();
    sow(&mut connection).await.unwrap();
    connection
}

async fn no_list_walks_down_the_table(url: &str, walks: fn(&str) -> bool) {
    let mut connection = with_many_people(url).await;
    let first = list_users(&mut connection, &UserFilter::default(), None, 1).await.unwrap();
    let newest = first.as_slice().first().map(|(user, _)| user.id);
    for filter in filters() {
        for after in [None, newest] {
            let plan = plan(&mut connection, &filter, after).await.unwrap();
            assert!(!plan.iter().any(|line| walks(line)), "{filter:?} after {after:?}:\n{}", plan.join("\n"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_no_list_walks_down_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("voxgate.db").display());
    // Scanning an index in its order until the page is full is no walk; a sort of more than a search has found is.
    no_list_walks_down_the_table(&url, |line| {
        line.starts_with("SCAN") && !line.contains("USING") || line.contains("USE TEMP B-TREE FOR ORDER BY")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_no_list_walks_down_the_table() {
    let server = TestDatabase::create().unwrap();
    no_list_walks_down_the_table(&server.url(), |line| {
        line.contains("Seq Scan on users") || line.contains("Seq Scan on user_role_assignments")
    })
    .await;
}
