//! Where the two databases differ: all arms stand here, side by side.

use diesel::connection::AnsiTransactionManager;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection, RunQueryDsl, TransactionManager as _};
use voxgate_domain::ports::StoreError;

use crate::connection::{Connection, Postgres, Sqlite, on};

/// Begins a transaction. SQLite takes the lock for writing at once: a transaction that wants it only later fails when
/// somebody else wrote in between, whatever the time-out says.
pub(crate) async fn begin(connection: &mut Connection) -> Result<(), StoreError> {
    on!(connection,
        postgres c => <Postgres as AsyncConnection>::TransactionManager::begin_transaction(c),
        sqlite c => c.spawn_blocking(|c| AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"))
    )
}

/// Commits the transaction.
pub(crate) async fn commit(connection: &mut Connection) -> Result<(), StoreError> {
    on!(connection,
        postgres c => <Postgres as AsyncConnection>::TransactionManager::commit_transaction(c),
        sqlite c => <Sqlite as AsyncConnection>::TransactionManager::commit_transaction(c)
    )
}

/// Rolls the transaction back.
pub(crate) async fn rollback(connection: &mut Connection) -> Result<(), StoreError> {
    on!(connection,
        postgres c => <Postgres as AsyncConnection>::TransactionManager::rollback_transaction(c),
        sqlite c => <Sqlite as AsyncConnection>::TransactionManager::rollback_transaction(c)
    )
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
