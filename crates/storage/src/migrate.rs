//! Bringing the schema up to date, by one process at a time, while others serve.

use std::time::Duration;

use diesel::QueryDsl as _;
use diesel::backend::Backend;
use diesel::connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager as _};
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel_async::RunQueryDsl as _;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use voxgate_domain::ports::{Cause, StoreError};

use crate::connection::{Connection, Live, Postgres, on};
use crate::error::{migration_error, store_error};
use crate::pools::PoolOptions;
use crate::schema::__diesel_schema_migrations::dsl::{__diesel_schema_migrations, version};
use crate::{dialect, setup};

const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// How long to wait for another process that migrates.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a step waits on PostgreSQL for each table that it locks: whoever serves queues behind it meanwhile, and must not
/// fail. It locks five at most, so that it has let go of them again before PostgreSQL looks for deadlocks (after 1 s).
const LOCK_TIMEOUT: Duration = Duration::from_millis(200);
/// Those who queued are served before it tries again.
const RESPITE: Duration = Duration::from_secs(1);
/// How often a step tries: together as long as it would wait for another process.
const TRIES: u32 = 40;
/// Among the advisory locks of a PostgreSQL database, the one for migrating: "voxgate" in ASCII.
const LOCK: i64 = 0x76_6f_78_67_61_74_65;

/// Applies what is missing to the PostgreSQL at `url`, on a connection of its own whose end releases the lock.
pub(crate) async fn postgres(url: &str, options: &PoolOptions) -> Result<Vec<String>, StoreError> {
    // A step may take its time, but what it locks must come soon.
    let unhurried = PoolOptions { statement_timeout: Duration::ZERO, lock_timeout: LOCK_TIMEOUT, ..options.clone() };
    let address = setup::postgres_address(url, &unhurried).map_err(|error| StoreError::Internal(error.into()))?;
    let connection =
        setup::postgres(address, unhurried).await.map_err(|error| StoreError::Unavailable(error.into()))?;
    let lock =
        format!("BEGIN; SET LOCAL lock_timeout = {}; SELECT pg_advisory_lock({LOCK}); COMMIT", PATIENCE.as_millis());
    blocking(move || {
        let mut connection = AsyncConnectionWrapper::<Postgres>::from(connection);
        connection.batch_execute(&lock).map_err(store_error)?;
        apply(&mut connection, POSTGRES, TRIES)
    })
    .await
}

/// Applies what is missing to the SQLite file at `path`, in one transaction, which is the lock as well.
pub(crate) async fn sqlite(path: String) -> Result<Vec<String>, StoreError> {
    blocking(move || {
        let mut connection = setup::open_sqlite(&path, setup::Access::Migrate, PATIENCE)
            .map_err(|error| StoreError::Unavailable(error.into()))?;
        AnsiTransactionManager::begin_transaction_sql(&mut connection, "BEGIN IMMEDIATE").map_err(store_error)?;
        let applied = apply(&mut connection, SQLITE, 1)?;
        AnsiTransactionManager::commit_transaction(&mut connection).map_err(store_error)?;
        Ok(applied)
    })
    .await
}

/// The names of the migrations that are not applied yet, in order.
pub(crate) async fn pending(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let applied: Vec<String> = if dialect::was_migrated(connection).await? {
        on!(connection, c => __diesel_schema_migrations.select(version).load(c))?
    } else {
        Vec::new()
    };
    let mut missing = match connection.live()? {
        Live::Postgres(..) => names::<Pg>(POSTGRES),
        Live::Sqlite(_) => names::<Sqlite>(SQLITE),
    }
    .map_err(StoreError::Internal)?;
    missing.retain(|(number, _)| !applied.contains(number));
    missing.sort();
    Ok(missing.into_iter().map(|(_, name)| name).collect())
}

/// Migrations are applied by code that blocks; it does so where it may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Internal(error.into()))?
}

/// Applies what is missing, and tries each step so many times.
fn apply<DB: Backend>(
    connection: &mut impl MigrationHarness<DB>,
    source: impl MigrationSource<DB>,
    tries: u32,
) -> Result<Vec<String>, StoreError> {
    let mut applied = Vec::new();
    for migration in connection.pending_migrations(source).map_err(StoreError::Internal)? {
        step(connection, &migration, tries)?;
        let name = migration.name().to_string();
        tracing::info!(migration = name, "applied a migration");
        applied.push(name);
    }
    Ok(applied)
}

/// Applies one step, whole or not at all, and again when the database cannot do it yet: mostly since somebody holds what it locks.
fn step<DB: Backend>(
    connection: &mut impl MigrationHarness<DB>,
    migration: &dyn Migration<DB>,
    tries: u32,
) -> Result<(), StoreError> {
    let mut left = tries;
    loop {
        left = left.saturating_sub(1);
        match connection.run_migration(migration).map_err(migration_error) {
            Err(StoreError::Unavailable(why)) if left > 0 => {
                let name = migration.name().to_string();
                tracing::info!(migration = name, %why, left, "a migration cannot be applied yet and is tried again");
                std::thread::sleep(RESPITE);
            }
            outcome => return outcome.map(drop),
        }
    }
}

/// The numbers and names of all migrations.
fn names<DB: Backend>(source: impl MigrationSource<DB>) -> Result<Vec<(String, String)>, Cause> {
    let migrations = source.migrations()?;
    let names = migrations.iter().map(|migration| migration.name());
    Ok(names.map(|name| (name.version().to_string(), name.to_string())).collect())
}
