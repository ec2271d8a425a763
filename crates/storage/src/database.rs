//! The database that the ports are implemented on.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use voxgate_domain::ports::StoreError;

use crate::connection::{Connection, Patience};
use crate::error::internal;
use crate::migrate;
use crate::pool_gauges::PoolGauges;
use crate::pools::{PoolOptions, Pools};
use crate::postgres_tls::Address;
use crate::setup;
use crate::unit_of_work::EventObserver;

/// A database, SQLite or PostgreSQL: it implements the ports `Store`, `Authenticator` and `Leases`. Clones share its
/// connections.
#[derive(Clone)]
pub struct Database {
    pools: Pools,
    place: Arc<Place>,
    options: Arc<PoolOptions>,
    observer: Option<EventObserver>,
}

enum Place {
    Postgres { url: String },
    Sqlite { path: String },
}

impl Database {
    /// Connects to the database at `url`: `postgres://user@host/name`, or `sqlite://` and the path of a file, which is
    /// made, readable by its owner alone, when it is missing. A PostgreSQL that does not run yet is no error here:
    /// whatever uses it will say so.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the file cannot be made or opened; [`StoreError::Internal`] when `url` is of no
    /// known form.
    pub async fn connect(url: &str, options: PoolOptions) -> Result<Self, StoreError> {
        match url.split_once("://") {
            Some(("postgres" | "postgresql", _)) => {
                let pools = Pools::postgres(url, &options)?;
                Ok(Self::new(pools, Place::Postgres { url: url.to_owned() }, options))
            }
            Some(("sqlite", path)) if !path.is_empty() && !path.starts_with(':') => {
                setup::make_sqlite_file(Path::new(path)).map_err(|error| StoreError::Unavailable(error.into()))?;
                let pools = Pools::sqlite(path, &options)?;
                let database = Self::new(pools, Place::Sqlite { path: path.to_owned() }, options);
                // The writer turns the write-ahead log on, which those that read rely on.
                database.writer().await?.finish(Ok(()))?;
                Ok(database)
            }
            _ => Err(internal("the address of the database must be sqlite://PATH or postgres://USER@HOST/NAME")),
        }
    }

    /// Whether what is sent to the database at `url` is encrypted, or does not leave the machine (45 CFR 164.312(e)(1)).
    #[must_use]
    pub fn is_private(url: &str) -> bool {
        url.starts_with("sqlite:") || Address::parse(url).is_ok_and(|address| address.is_private())
    }

    /// Applies the migrations that are missing, under a lock, so that of several processes that start at once one does
    /// it and the others wait. The names of those that it applied.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the database does not answer or somebody else migrates for longer than a
    /// minute; [`StoreError::Internal`] when a migration fails.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        match &*self.place {
            Place::Postgres { url } => migrate::postgres(url, &self.options).await,
            Place::Sqlite { path } => migrate::sqlite(path.clone()).await,
        }
    }

    /// The names of the migrations that are not applied yet, in order. It changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let mut connection = self.reader().await?;
        let outcome = migrate::pending(&mut connection).await;
        connection.finish(outcome)
    }

    fn new(pools: Pools, place: Place, options: PoolOptions) -> Self {
        Self { pools, place: Arc::new(place), options: Arc::new(options), observer: None }
    }

    /// Tells `observer` of each audit event once it is committed.
    #[must_use]
    pub fn on_event(self, observer: impl Fn(&'static str, &'static str) + Send + Sync + 'static) -> Self {
        Self { observer: Some(Arc::new(observer)), ..self }
    }

    /// How the connections are used just now, pool by pool.
    #[must_use]
    pub fn gauges(&self) -> Vec<PoolGauges> {
        self.pools.gauges()
    }

    /// Who is told of events.
    pub(crate) fn observer(&self) -> Option<EventObserver> {
        self.observer.clone()
    }

    /// A connection to read with.
    pub(crate) async fn reader(&self) -> Result<Connection, StoreError> {
        self.pools.reader(self.patience()).await
    }

    /// A connection for one read of a row or a few by an index.
    pub(crate) async fn point_reader(&self) -> Result<Connection, StoreError> {
        self.pools.point_reader(self.patience()).await
    }

    /// Whether such reads are made on the thread that asks: they reach no server.
    pub(crate) fn reads_here(&self) -> bool {
        matches!(self.pools, Pools::Sqlite { .. })
    }

    /// A connection to write with.
    pub(crate) async fn writer(&self) -> Result<Connection, StoreError> {
        self.pools.writer(self.patience()).await
    }

    /// A connection for a short transaction, which may be committed with others.
    pub(crate) async fn joining_writer(&self) -> Result<Connection, StoreError> {
        self.pools.joining_writer(self.patience()).await
    }

    /// How long to wait: the database gives a statement up first, when it can.
    fn patience(&self) -> Patience {
        let PoolOptions { statement_timeout, lock_timeout: lock, .. } = *self.options;
        Patience { statement: statement_timeout.max(lock) + Duration::from_millis(500), lock }
    }
}

/// The address of the database holds its password: it is not written into logs by accident.
impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.place {
            Place::Postgres { .. } => "Database(PostgreSQL)",
            Place::Sqlite { .. } => "Database(SQLite)",
        })
    }
}
