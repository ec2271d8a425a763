//! How a connection is made and what it is told at first.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, ConnectionError, ConnectionResult, SqliteConnection};
use diesel_async::SimpleAsyncConnection as _;

use crate::blocking::Blocking;
use crate::connection::{Postgres, Sqlite};
use crate::error::is_locked;
use crate::pools::PoolOptions;
use crate::postgres_tls::{Address, AddressError};

/// What a connection to SQLite is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reading alone.
    Read,
    /// Reading a row or a few by an index, on the thread that asks: the way to another thread and back takes several times
    /// as long. It never waits for a lock, so that no thread of the runtime does.
    ReadHere,
    /// Reading and writing, on the thread that asks. It waits for no lock either: see [`crate::dialect::begin`].
    Write,
    /// Changing the schema, on a thread that may wait.
    Migrate,
}

/// The address of PostgreSQL, with a bound on the time to connect.
pub(crate) fn postgres_address(url: &str, options: &PoolOptions) -> Result<Address, AddressError> {
    Address::parse(&postgres_url(url, options))
}

/// The address with a bound on the time that the network may take to answer, unless it has one.
fn postgres_url(url: &str, options: &PoolOptions) -> String {
    if url.contains("connect_timeout=") {
        return url.to_owned();
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}connect_timeout={}", options.connect_timeout.as_secs().max(1))
}

/// Connects to PostgreSQL, which is told how long anything may take.
pub(crate) async fn postgres(address: Address, options: PoolOptions) -> ConnectionResult<Postgres> {
    let mut connection = address.connect().await?;
    let settings = format!(
        "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}",
        options.statement_timeout.as_millis(),
        options.lock_timeout.as_millis(),
        options.idle_in_transaction_timeout.as_millis(),
    );
    connection.batch_execute(&settings).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// Opens the SQLite file at `path`.
pub(crate) async fn sqlite(path: String, access: Access, lock_timeout: Duration) -> ConnectionResult<Sqlite> {
    tokio::task::spawn_blocking(move || open_sqlite(&path, access, lock_timeout))
        .await
        .map_err(|error| ConnectionError::BadConnection(error.to_string()))?
        .map(|connection| Sqlite::with_runtime(connection, Blocking::of(access)))
}

/// Opens the SQLite file at `path`, for use on this thread.
pub(crate) fn open_sqlite(path: &str, access: Access, lock_timeout: Duration) -> ConnectionResult<SqliteConnection> {
    let mut connection = SqliteConnection::establish(path)?;
    // A commit that was answered is on the disk (synchronous=FULL). REPLACE counts as a deletion, which the triggers of
    // the audit trail refuse (recursive_triggers). What is deleted is overwritten (secure_delete): erased is erased.
    let settings = format!(
        "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; \
         PRAGMA recursive_triggers = ON; PRAGMA secure_delete = ON;",
        lock_timeout.as_millis(),
    );
    connection.batch_execute(&settings).map_err(ConnectionError::CouldntSetupConfiguration)?;
    match access {
        // There are several of these, and each keeps pages of its own: half a megabyte of them. Others come from the cache
        // of the operating system.
        Access::Read => connection.batch_execute("PRAGMA query_only = ON; PRAGMA cache_size = -512"),
        Access::ReadHere => connection.batch_execute("PRAGMA query_only = ON"),
        Access::Write | Access::Migrate => use_wal(&mut connection, lock_timeout),
    }
    .map_err(ConnectionError::CouldntSetupConfiguration)?;
    if matches!(access, Access::ReadHere | Access::Write) {
        connection.batch_execute("PRAGMA busy_timeout = 0").map_err(ConnectionError::CouldntSetupConfiguration)?;
    }
    Ok(connection)
}

/// Turns the write-ahead log on, which stays so for the file. SQLite does not wait when two processes do it to a new
/// file at once, so the waiting is done here.
fn use_wal(connection: &mut SqliteConnection, patience: Duration) -> diesel::QueryResult<()> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut left = patience;
    loop {
        match connection.batch_execute("PRAGMA journal_mode = WAL") {
            Err(error) if left.is_zero() => return Err(error),
            Err(error) if is_locked(&error) => {
                thread::sleep(PAUSE);
                left = left.saturating_sub(PAUSE);
            }
            outcome => return outcome,
        }
    }
}

/// Makes the file of an SQLite database and the folder that it is in, when they are missing. Nobody but the owner of the
/// process may read it; the log files beside it get the same mode from SQLite.
pub(crate) fn make_sqlite_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_to_connect_is_bounded_unless_the_address_says_how() {
        let options = PoolOptions { connect_timeout: Duration::from_secs(3), ..PoolOptions::default() };
        assert_eq!(postgres_url("postgres://h/d", &options), "postgres://h/d?connect_timeout=3");
        assert_eq!(
            postgres_url("postgres://h/d?sslmode=disable", &options),
            "postgres://h/d?sslmode=disable&connect_timeout=3"
        );
        assert_eq!(postgres_url("postgres://h/d?connect_timeout=9", &options), "postgres://h/d?connect_timeout=9");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/too/voxgate.db");
        make_sqlite_file(&path).unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
