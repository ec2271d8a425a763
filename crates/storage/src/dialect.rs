//! Where the two databases differ: all arms stand here, side by side.

use std::time::Duration;

use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection as _};
use futures_util::future::try_join;
use voxgate_domain::audit::Leaf;
use voxgate_domain::ports::StoreError;
use voxgate_domain::webhook::UserEvent;
use voxgate_domain::{Generation, RefreshToken, Session};

use crate::cached::CachedDsl as _;
use crate::connection::{Connection, Sqlite, on};
use crate::error::{exactly_one, internal, is_locked};
use crate::rows::{EntryRow, EventRow, RefreshTokenRow};
use crate::schema::{audit_logs, audit_positions, refresh_tokens, user_sessions};
use crate::sql_types::{At, Id, Instant, Uid};

/// Begins a transaction. SQLite takes the lock for writing at once: a transaction that wants it only later fails when
/// somebody else wrote in between, whatever the time-out says.
pub(crate) async fn begin(connection: &mut Connection) -> Result<(), StoreError> {
    let patience = connection.patience().lock;
    on!(connection, postgres c => c.batch_execute("BEGIN"), sqlite c => begin_immediately(c, patience))
}

/// Waits for another process that writes, without a thread that waits; within this one, the pool lets one write at a time.
async fn begin_immediately(connection: &mut Sqlite, patience: Duration) -> QueryResult<()> {
    const LONGEST_PAUSE: Duration = Duration::from_millis(20);
    let (mut left, mut pause) = (patience, Duration::from_millis(1));
    loop {
        match connection.batch_execute("BEGIN IMMEDIATE").await {
            Err(error) if is_locked(&error) && !left.is_zero() => {
                tokio::time::sleep(pause).await;
                left = left.saturating_sub(pause);
                pause = LONGEST_PAUSE.min(pause * 2);
            }
            outcome => return outcome,
        }
    }
}

/// `COMMIT` as a statement that is prepared like others.
///
/// What is asked at the same time goes out in turn only where both are prepared: a statement that a connection meets for
/// the first time makes those behind it wait, but not what goes out unprepared. A commit that overtakes the event
/// commits without it.
#[derive(Debug, Clone, Copy, QueryId)]
struct Commit;

impl QueryFragment<Pg> for Commit {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("COMMIT");
        Ok(())
    }
}

/// Adds events to the trail.
pub(crate) async fn record(connection: &mut Connection, events: Vec<EventRow>) -> Result<(), StoreError> {
    for event in events {
        exactly_one(on!(connection, c => diesel::insert_into(audit_logs::table).values(&event).cached().execute(c))?)?;
    }
    Ok(())
}

/// Adds `last` and commits the transaction: on PostgreSQL with the last of them, by one round trip. When it cannot be
/// added, the commit that comes after it undoes all; when it cannot even be sent, no commit is.
pub(crate) async fn commit(connection: &mut Connection, mut last: Vec<EventRow>) -> Result<(), StoreError> {
    let event = last.pop();
    record(connection, last).await?;
    let Some(event) = event else {
        return on!(connection, c => c.batch_execute("COMMIT"));
    };
    let add = diesel::insert_into(audit_logs::table).values(&event).cached();
    on!(connection,
        postgres c => async move {
            let (mut one, mut two) = (*c, *c);
            try_join(add.execute(&mut one), Commit.execute(&mut two)).await.map(drop)
        },
        sqlite c => async move {
            add.execute(c).await?;
            c.batch_execute("COMMIT").await
        }
    )
}

/// Joins the transaction that is open on the connection to SQLite, in a savepoint that is undone by itself.
pub(crate) async fn join(connection: &mut Connection) -> Result<(), StoreError> {
    on!(connection, c => c.batch_execute("SAVEPOINT joined"))
}

/// Leaves what was done in the savepoint to the commit of all.
pub(crate) async fn leave(connection: &mut Connection) -> Result<(), StoreError> {
    on!(connection, c => c.batch_execute("RELEASE joined"))
}

/// Undoes what was done in the savepoint, and leaves it.
pub(crate) async fn undo(connection: &mut Connection) -> Result<(), StoreError> {
    on!(connection, c => c.batch_execute("ROLLBACK TO joined; RELEASE joined"))
}

/// Rolls the transaction back.
pub(crate) async fn rollback(connection: &mut Connection) -> Result<(), StoreError> {
    on!(connection, c => c.batch_execute("ROLLBACK"))
}

/// Loads the rows of a select and holds them against other transactions until this one ends. On SQLite the transaction
/// holds the whole database already.
macro_rules! holding {
    ($connection:expr, $query:expr, |$held:ident, $c:ident| $load:expr) => {
        $crate::connection::on!($connection,
            postgres $c => { let $held = $query.for_update(); $load },
            sqlite $c => { let $held = $query; $load }
        )
    };
}
pub(crate) use holding;

/// The expressions that are searched by how they begin, as the indexes of migration 0013 have them.
pub(crate) struct SearchColumns {
    pub(crate) address: &'static str,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
}

/// The collation C compares bytes, and makes ASCII letters small alone, as SQLite does.
pub(crate) const POSTGRES_SEARCH: SearchColumns = SearchColumns {
    address: r#"found.email_normalized COLLATE "C""#,
    first_name: r#"lower(found.first_name COLLATE "C")"#,
    last_name: r#"lower(found.last_name COLLATE "C")"#,
};

/// The same on SQLite.
pub(crate) const SQLITE_SEARCH: SearchColumns = SearchColumns {
    address: "found.email_normalized",
    first_name: "lower(found.first_name)",
    last_name: "lower(found.last_name)",
};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Whether any migration was ever applied. Looking for the table does not make it, as diesel's own way would.
pub(crate) async fn was_migrated(connection: &mut Connection) -> Result<bool, StoreError> {
    const POSTGRES: &str = "SELECT count(*) AS count FROM pg_catalog.pg_class \
                            WHERE oid = to_regclass('__diesel_schema_migrations')";
    const SQLITE: &str = "SELECT count(*) AS count FROM sqlite_master WHERE name = '__diesel_schema_migrations'";
    let found = on!(connection,
        postgres c => diesel::sql_query(POSTGRES).get_result::<Count>(c),
        sqlite c => diesel::sql_query(SQLITE).get_result::<Count>(c)
    )?;
    Ok(found.count > 0)
}

/// Moves an open session on from the generation `from`, marks the token of that one as spent and adds the next: one
/// statement on PostgreSQL, where each is a round trip. How many tokens it added: none when the session has moved on.
pub(crate) async fn rotate(
    connection: &mut Connection,
    session: &Session,
    from: Generation,
    next: &RefreshToken,
) -> Result<usize, StoreError> {
    const POSTGRES: &str = "WITH moved AS (UPDATE user_sessions SET generation = $1, last_seen_at = $2 \
                            WHERE id = $3 AND generation = $4 AND ended_at IS NULL RETURNING id), \
                            spent AS (UPDATE refresh_tokens SET superseded_at = $5 FROM moved \
                            WHERE session_id = moved.id AND refresh_tokens.generation = $4 RETURNING session_id) \
                            INSERT INTO refresh_tokens (hash, session_id, generation, issued_at) \
                            SELECT $6, session_id, $7, $5 FROM spent";
    on!(connection,
        postgres c => diesel::sql_query(POSTGRES)
            .bind::<BigInt, _>(session.generation.number())
            .bind::<Instant, _>(At(session.last_seen_at))
            .bind::<Uid, _>(Id::from(session.id))
            .bind::<BigInt, _>(from.number())
            .bind::<Instant, _>(At(next.issued_at))
            .bind::<Binary, _>(next.hash.as_bytes().as_slice())
            .bind::<BigInt, _>(next.generation.number())
            .cached()
            .execute(c),
        sqlite c => async move {
            let current = user_sessions::table
                .find(Id::from(session.id))
                .filter(user_sessions::generation.eq(from.number()))
                .filter(user_sessions::ended_at.is_null());
            let moved = (
                user_sessions::generation.eq(session.generation.number()),
                user_sessions::last_seen_at.eq(At(session.last_seen_at)),
            );
            if diesel::update(current).set(moved).cached().execute(c).await? == 0 {
                return Ok(0);
            }
            let old = refresh_tokens::table
                .filter(refresh_tokens::session_id.eq(Id::from(session.id)))
                .filter(refresh_tokens::generation.eq(from.number()));
            let spent = refresh_tokens::superseded_at.eq(At(next.issued_at));
            if diesel::update(old).set(spent).cached().execute(c).await? == 0 {
                return Ok(0);
            }
            diesel::insert_into(refresh_tokens::table).values(RefreshTokenRow::from(next)).cached().execute(c).await
        }
    )
}

/// Adds many leaves by one statement.
pub(crate) async fn add_leaves(connection: &mut Connection, leaves: &[Leaf]) -> Result<(), StoreError> {
    const POSTGRES: &str = "INSERT INTO audit_positions (position, occurred_at, event_id, leaf) \
                            SELECT * FROM unnest($1, $2, $3, $4)";
    const SQLITE: &str = "INSERT INTO audit_positions (position, occurred_at, event_id, leaf) \
                          SELECT value ->> 0, value ->> 1, unhex(value ->> 2), unhex(value ->> 3) FROM json_each(?)";
    let added = on!(connection,
        postgres c => {
            let positions: Vec<i64> = leaves.iter().map(|leaf| leaf.position.cast_signed()).collect();
            let times: Vec<At> = leaves.iter().map(|leaf| leaf.event.occurred_at.into()).collect();
            let ids: Vec<Id> = leaves.iter().map(|leaf| leaf.event.id.into()).collect();
            let hashes: Vec<&[u8]> = leaves.iter().map(|leaf| leaf.hash.0.as_slice()).collect();
            diesel::sql_query(POSTGRES)
                .bind::<Array<BigInt>, _>(positions)
                .bind::<Array<Instant>, _>(times)
                .bind::<Array<Uid>, _>(ids)
                .bind::<Array<Binary>, _>(hashes)
                .cached()
                .execute(c)
        },
        sqlite c => {
            let rows = leaves.iter().map(|leaf| {
                let (time, id) = (leaf.event.occurred_at.unix_micros(), leaf.event.id.as_uuid().simple());
                format!("[{},{time},\"{id}\",\"{}\"]", leaf.position, leaf.hash)
            });
            let rows = format!("[{}]", rows.collect::<Vec<_>>().join(","));
            diesel::sql_query(SQLITE).bind::<Text, _>(rows).cached().execute(c)
        }
    )?;
    if added == leaves.len() { Ok(()) } else { Err(internal("not every leaf was added")) }
}

/// Notes by one statement whom the event `id` showed.
pub(crate) async fn note_listed(connection: &mut Connection, users: &[Id], at: At, id: Id) -> Result<(), StoreError> {
    const POSTGRES: &str = "INSERT INTO audit_listed_users (user_id, occurred_at, event_id) \
                            SELECT DISTINCT listed, $1, $2 FROM unnest($3) AS listed";
    const SQLITE: &str = "INSERT INTO audit_listed_users (user_id, occurred_at, event_id) \
                          SELECT DISTINCT unhex(value), ?1, ?2 FROM json_each(?3)";
    on!(connection,
        postgres c => diesel::sql_query(POSTGRES)
            .bind::<Instant, _>(at)
            .bind::<Uid, _>(id)
            .bind::<Array<Uid>, _>(users)
            .cached()
            .execute(c),
        sqlite c => {
            let rows = users.iter().map(|user| format!("\"{}\"", user.0.simple()));
            let rows = format!("[{}]", rows.collect::<Vec<_>>().join(","));
            diesel::sql_query(SQLITE)
                .bind::<Instant, _>(at)
                .bind::<Uid, _>(id)
                .bind::<Text, _>(rows)
                .cached()
                .execute(c)
        }
    )
    .map(drop)
}

/// Queues by one statement the event of `sequence` to the endpoints that are switched on and ask for it. On PostgreSQL
/// they are held until the transaction ends, so that none is removed meanwhile.
pub(crate) async fn queue_to_endpoints(
    connection: &mut Connection,
    sequence: i64,
    event: &UserEvent,
) -> Result<(), StoreError> {
    const POSTGRES: &str = "INSERT INTO webhook_deliveries \
                            (endpoint_id, sequence, user_id, status, attempts, queued_at, next_attempt_at) \
                            SELECT id, $1, $2, 'pending', 0, $3, $3 FROM webhook_endpoints \
                            WHERE disabled IS NULL AND (cardinality(kinds) = 0 OR $4 = ANY (kinds)) FOR KEY SHARE";
    const SQLITE: &str = "INSERT INTO webhook_deliveries \
                          (endpoint_id, sequence, user_id, status, attempts, queued_at, next_attempt_at) \
                          SELECT id, ?1, ?2, 'pending', 0, ?3, ?3 FROM webhook_endpoints WHERE disabled IS NULL \
                          AND (json_array_length(kinds) = 0 OR EXISTS (SELECT 1 FROM json_each(kinds) WHERE value = ?4))";
    macro_rules! query {
        ($statement:expr, $c:expr) => {
            diesel::sql_query($statement)
                .bind::<BigInt, _>(sequence)
                .bind::<Nullable<Uid>, _>(event.user.map(Id::from))
                .bind::<Instant, _>(At(event.occurred_at))
                .bind::<Text, _>(event.kind.as_str())
                .cached()
                .execute($c)
        };
    }
    on!(connection, postgres c => query!(POSTGRES, c), sqlite c => query!(SQLITE, c)).map(drop)
}

/// At most `limit` places after `position` with the events that are there now, in order. The details come as text; a
/// blob that is no JSON comes as its digits, since reading it as JSON would fail the whole page.
pub(crate) async fn entries_after(
    connection: &mut Connection,
    position: i64,
    limit: i64,
) -> Result<Vec<EntryRow>, StoreError> {
    macro_rules! query {
        ($details:literal) => {{
            let event = audit_logs::occurred_at.eq(audit_positions::occurred_at);
            let event = event.and(audit_logs::id.eq(audit_positions::event_id));
            audit_positions::table
                .left_join(audit_logs::table.on(event))
                .filter(audit_positions::position.gt(position))
                .order(audit_positions::position)
                .limit(limit)
                .select((
                    (audit_positions::position, audit_positions::event_id, audit_positions::leaf),
                    (audit_logs::occurred_at.nullable(), audit_logs::event.nullable(), audit_logs::outcome.nullable()),
                    (audit_logs::actor_id.nullable(), audit_logs::subject_id.nullable()),
                    (audit_logs::session_id.nullable(), audit_logs::ip_address.nullable()),
                    (audit_logs::user_agent.nullable(), audit_logs::request_id.nullable()),
                    (audit_logs::reason.nullable(), sql::<Nullable<Text>>($details)),
                ))
        }};
    }
    on!(connection,
        postgres c => query!("audit_logs.details::text").load(c),
        sqlite c => query!(
            "iif(json_valid(audit_logs.details, 8), json(audit_logs.details), 'a blob: ' || hex(audit_logs.details))"
        ).load(c)
    )
}

/// Makes the partitions of this month and the next three. SQLite has none.
pub(crate) async fn create_audit_partitions(connection: &mut Connection) -> Result<(), StoreError> {
    on!(connection,
        postgres c => diesel::sql_query("SELECT create_audit_partitions()").execute(c),
        sqlite c => std::future::ready({ let _ = c; Ok(0) })
    )
    .map(drop)
}
