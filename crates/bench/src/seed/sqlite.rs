//! Filling SQLite, by statements of many rows.
//!
//! The indexes are made when all rows are there: each row would else touch a page of every one. They, and the triggers that
//! look at each event, are put back from their own text in the same transaction; references are checked at its end.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, Text};
use tokio::sync::mpsc;
use voxgate_domain::audit::{Hash, Seal, SealDraft};
use voxgate_domain::role::seed_roles;
use voxgate_domain::{Permission, Timestamp};

use super::SeedError;
use super::progress::Progress;
use super::rows::{Batch, Table, Value};
use super::trail::Chain;

/// How many rows one statement adds. SQLite takes 32,766 values in a statement; no table here has as many as 20 columns.
const ROWS: usize = 200;

/// What slows the adding of rows down, and can be put back by the text that made it.
const SET_ASIDE: &str = "SELECT type AS kind, name, sql AS text FROM sqlite_master WHERE sql IS NOT NULL \
                         AND (type = 'index' OR name IN ('audit_logs_await_seal', 'audit_logs_no_replace'))";

/// Without a log: the transaction either ends well or the file is thrown away.
const FAST: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; \
                    PRAGMA foreign_keys = OFF; PRAGMA cache_size = -524288; PRAGMA threads = 2; BEGIN EXCLUSIVE";

/// As the service has it; the log is a property of the file.
const SAFE: &str =
    "COMMIT; PRAGMA analysis_limit = 1000; ANALYZE; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL";

/// A file.
pub(super) struct Sqlite(SqliteConnection);

#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = BigInt)]
    first_position: i64,
    #[diesel(sql_type = BigInt)]
    last_position: i64,
    #[diesel(sql_type = Binary)]
    root: Vec<u8>,
    #[diesel(sql_type = Binary)]
    previous: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    sealed_at: i64,
    #[diesel(sql_type = Text)]
    key_id: String,
    #[diesel(sql_type = Binary)]
    signature: Vec<u8>,
}

impl Sqlite {
    /// Opens the file at `path`, which is there.
    pub(super) fn open(path: &str) -> Result<Self, SeedError> {
        if !std::path::Path::new(path).is_file() {
            return Err(SeedError::Database(format!("{path} is not there: make it by `voxgate migrate`")));
        }
        SqliteConnection::establish(path).map(Self).map_err(|error| SeedError::Database(error.to_string()))
    }

    /// Where the trail ends.
    pub(super) fn chain(&mut self) -> Result<Chain, SeedError> {
        let newest = diesel::sql_query("SELECT * FROM audit_seals ORDER BY number DESC LIMIT 1");
        let newest = newest.get_result::<Newest>(&mut self.0).optional()?;
        Ok(newest.map_or(Chain::EMPTY, |row| {
            let draft = SealDraft {
                number: row.number.cast_unsigned(),
                first_position: row.first_position.cast_unsigned(),
                last_position: row.last_position.cast_unsigned(),
                root: as_hash(row.root),
                previous: as_hash(row.previous),
                sealed_at: Timestamp::from_unix_micros(row.sealed_at).unwrap_or(Timestamp::EPOCH),
            };
            Chain::after(&Seal { draft, key_id: row.key_id, signature: row.signature })
        }))
    }

    /// Writes every batch in one transaction, and gathers statistics.
    pub(super) fn fill(&mut self, mut batches: mpsc::Receiver<Batch>, progress: &Progress) -> Result<(), SeedError> {
        let connection = &mut self.0;
        connection.batch_execute(FAST)?;
        let aside = diesel::sql_query(SET_ASIDE).load::<Made>(connection)?;
        for Made { kind, name, .. } in &aside {
            connection.batch_execute(&format!("DROP {kind} {name}"))?;
        }
        add_roles(connection)?;
        while let Some(batch) = batches.blocking_recv() {
            let (width, kinds) = (batch.table.columns.len(), kinds(&batch));
            for values in batch.values.chunks(ROWS * width) {
                Rows { table: batch.table, kinds: &kinds, values }.execute(connection)?;
            }
            progress.wrote(&batch);
        }
        progress.step("making the indexes");
        for Made { text, .. } in &aside {
            connection.batch_execute(text)?;
        }
        progress.step("checking references");
        let lost = diesel::sql_query("SELECT count(*) AS count FROM pragma_foreign_key_check");
        if lost.get_result::<Count>(connection)?.count > 0 {
            return Err(SeedError::Database("a row names one that is not there".to_owned()));
        }
        progress.step("gathering statistics");
        Ok(connection.batch_execute(SAFE)?)
    }
}

/// The roles that every installation begins with, unless a start of the server made them.
fn add_roles(connection: &mut SqliteConnection) -> QueryResult<()> {
    for role in seed_roles() {
        let permissions: Vec<&str> = role.permissions.iter().map(Permission::as_str).collect();
        diesel::sql_query("INSERT OR IGNORE INTO user_roles VALUES (?, ?, ?, unixepoch() * 1000000)")
            .bind::<Text, _>(role.name.as_str())
            .bind::<Text, _>(role.description)
            .bind::<Text, _>(serde_json::Value::from(permissions).to_string())
            .execute(connection)?;
    }
    Ok(())
}

/// An insertion of rows. Its text is the same for as many rows of a table, so that it is prepared once.
struct Rows<'a> {
    table: &'static Table,
    kinds: &'a [Kind],
    values: &'a [Value],
}

/// What a column holds. It goes by the column and not by the value, which can be nothing: a statement with values of other
/// kinds is another one to prepare.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Number,
    Bytes,
    Text,
    Json,
}

/// The kind of each column, by the first value that there is.
fn kinds(batch: &Batch) -> Vec<Kind> {
    let kind = |value: &Value| match value {
        Value::Null => None,
        Value::Int(_) | Value::At(_) => Some(Kind::Number),
        Value::Id(_) | Value::Bytes(_) => Some(Kind::Bytes),
        Value::Text(_) | Value::Day(_) => Some(Kind::Text),
        Value::Json(_) => Some(Kind::Json),
    };
    let columns = 0..batch.table.columns.len();
    columns.map(|n| batch.rows().filter_map(|row| row.get(n)).find_map(kind).unwrap_or(Kind::Text)).collect()
}

impl QueryId for Rows<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<diesel::sqlite::Sqlite> for Rows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::sqlite::Sqlite>) -> QueryResult<()> {
        // With any other way to fail SQLite copies each page that the statement touches, to undo it alone.
        out.push_sql("INSERT OR ROLLBACK INTO ");
        out.push_sql(self.table.name);
        for (n, column) in self.table.columns.iter().enumerate() {
            out.push_sql(if n == 0 { " (" } else { ", " });
            out.push_sql(column);
        }
        out.push_sql(") VALUES ");
        for (n, row) in self.values.chunks(self.table.columns.len()).enumerate() {
            out.push_sql(if n == 0 { "(" } else { ", (" });
            for (n, (value, kind)) in row.iter().zip(self.kinds).enumerate() {
                if n > 0 {
                    out.push_sql(", ");
                }
                match kind {
                    Kind::Number => out.push_bind_param::<BigInt, _>(value)?,
                    Kind::Bytes => out.push_bind_param::<Binary, _>(value)?,
                    Kind::Text => out.push_bind_param::<Text, _>(value)?,
                    Kind::Json => {
                        out.push_sql("jsonb(");
                        out.push_bind_param::<Text, _>(value)?;
                        out.push_sql(")");
                    }
                }
            }
            out.push_sql(")");
        }
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for Rows<'_> {}

impl<T> ToSql<T, diesel::sqlite::Sqlite> for Value {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Int(number) => out.set_value(*number),
            Self::Day(day) => out.set_value(date(*day)),
            Self::At(at) => out.set_value(at.unix_micros()),
            Self::Id(id) => out.set_value(id.as_bytes().as_slice()),
            Self::Text(text) => out.set_value(text.as_ref()),
            Self::Json(json) => out.set_value(json.as_str()),
            Self::Bytes(bytes) => out.set_value(bytes.as_slice()),
        }
        Ok(IsNull::No)
    }
}

/// The date of a day, as ISO 8601 writes it.
fn date(day: i32) -> String {
    const DAY: i64 = 24 * 3_600 * 1_000_000;
    let at = Timestamp::from_unix_micros(i64::from(day) * DAY).unwrap_or(Timestamp::EPOCH);
    at.to_string().chars().take(10).collect()
}

fn as_hash(bytes: Vec<u8>) -> Hash {
    bytes.try_into().map_or(Hash::NONE, Hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tables::UNSEALED;

    #[test]
    fn a_day_is_written_as_the_service_writes_it() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(19_999), "2024-10-03");
    }

    #[test]
    fn as_many_rows_of_a_table_are_one_statement() {
        let (id, at) = (uuid::Uuid::nil(), Timestamp::EPOCH);
        let text = |values: &[Value]| {
            let rows = Rows { table: &UNSEALED, kinds: &[Kind::Number, Kind::Bytes], values };
            diesel::debug_query::<diesel::sqlite::Sqlite, _>(&rows).to_string()
        };
        let statement = "INSERT OR ROLLBACK INTO audit_unsealed (occurred_at, event_id) VALUES (?, ?), (?, ?)";
        assert!(text(&[at.into(), id.into(), at.into(), Value::Null]).starts_with(statement));
    }
}
