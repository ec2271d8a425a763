//! The pools of connections, and how each connection is set up.

use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{PoolError as DeadpoolError, QueueMode};
use diesel_async::pooled_connection::deadpool::{Pool, PoolError};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolableConnection, RecyclingMethod,
};
use futures_util::future::FutureExt as _;
use voxgate_domain::ports::StoreError;

use crate::connection::{Connection, Patience, Pooled, Postgres, Sqlite};
use crate::group_commit::GroupCommit;
use crate::setup;

/// How many connections there are, and how long anything may wait. Every wait ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolOptions {
    /// The most connections to PostgreSQL.
    pub max_connections: usize,
    /// The connections for reading from SQLite, beside the one that writes.
    pub readers: usize,
    /// How long to wait for a connection.
    pub acquire_timeout: Duration,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// How long a statement may wait for a lock.
    pub lock_timeout: Duration,
    /// How long a statement may take in PostgreSQL; half a second later it is given up from here as well, in case the server
    /// has stopped.
    pub statement_timeout: Duration,
    /// How long a transaction may stay open in PostgreSQL without a statement.
    pub idle_in_transaction_timeout: Duration,
}

impl Default for PoolOptions {
    /// 16 connections, 4 readers; 2 s to wait for one, 3 s to make one, 2 s for a lock, 3 s for a statement, 10 s idle:
    /// when the database is gone, a caller knows within 5 s or so.
    fn default() -> Self {
        Self {
            max_connections: 16,
            readers: 4,
            acquire_timeout: Duration::from_secs(2),
            connect_timeout: Duration::from_secs(3),
            lock_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(3),
            idle_in_transaction_timeout: Duration::from_secs(10),
        }
    }
}

/// The pools of one database.
#[derive(Clone)]
pub(crate) enum Pools {
    /// One pool for everything.
    Postgres(Pool<Postgres>),
    /// One connection that writes, for which whoever wants to write queues, and some that read beside it.
    Sqlite {
        /// The one that writes.
        writer: GroupCommit,
        /// Those that read.
        readers: Pool<Sqlite>,
        /// Those that read a row or a few by an index, on the thread that asks.
        points: Pool<Sqlite>,
    },
}

impl Pools {
    /// Pools for PostgreSQL. Nothing is connected yet.
    pub(crate) fn postgres(url: &str, options: &PoolOptions) -> Result<Self, StoreError> {
        let address = setup::postgres_address(url, options).map_err(|error| StoreError::Internal(error.into()))?;
        let options = options.clone();
        let size = options.max_connections;
        let timeouts = options.clone();
        let mut config = ManagerConfig::default();
        config.custom_setup = Box::new(move |_| setup::postgres(address.clone(), options.clone()).boxed());
        Ok(Self::Postgres(pool(String::new(), config, size, &timeouts)?))
    }

    /// Pools for the SQLite file at `path`.
    pub(crate) fn sqlite(path: &str, options: &PoolOptions) -> Result<Self, StoreError> {
        let pool = |access: setup::Access, size: usize| {
            let mut config = ManagerConfig::default();
            let lock_timeout = options.lock_timeout;
            config.custom_setup = Box::new(move |path| setup::sqlite(path.to_owned(), access, lock_timeout).boxed());
            pool(path.to_owned(), config, size, options)
        };
        Ok(Self::Sqlite {
            writer: GroupCommit::new(pool(setup::Access::Write, 1)?, options.acquire_timeout),
            readers: pool(setup::Access::Read, options.readers.max(1))?,
            points: pool(setup::Access::ReadHere, options.readers.max(1))?,
        })
    }

    /// A connection to write with.
    pub(crate) async fn writer(&self, patience: Patience) -> Result<Connection, StoreError> {
        match self {
            Self::Postgres(pool) => {
                let pooled = Pooled::Postgres(Box::new(pool.get().await.map_err(unavailable)?));
                Ok(Connection::new(pooled, patience))
            }
            Self::Sqlite { writer, .. } => Ok(Connection::in_turn(writer.alone().await?, patience)),
        }
    }

    /// A connection for a short transaction, which may be committed with others.
    pub(crate) async fn joining_writer(&self, patience: Patience) -> Result<Connection, StoreError> {
        match self {
            Self::Postgres(_) => self.writer(patience).await,
            Self::Sqlite { writer, .. } => Ok(Connection::in_turn(writer.join().await?, patience)),
        }
    }

    /// A connection to read with.
    pub(crate) async fn reader(&self, patience: Patience) -> Result<Connection, StoreError> {
        match self {
            Self::Postgres(_) => self.writer(patience).await,
            Self::Sqlite { readers, .. } => {
                Ok(Connection::new(Pooled::Sqlite(readers.get().await.map_err(unavailable)?), patience))
            }
        }
    }

    /// A connection for one read of a row or a few by an index.
    pub(crate) async fn point_reader(&self, patience: Patience) -> Result<Connection, StoreError> {
        match self {
            Self::Postgres(_) => self.writer(patience).await,
            Self::Sqlite { points, .. } => {
                Ok(Connection::new(Pooled::Sqlite(points.get().await.map_err(unavailable)?), patience))
            }
        }
    }
}

/// Why there is no connection.
pub(crate) fn unavailable(error: PoolError) -> StoreError {
    StoreError::Unavailable(match error {
        // Its own error may hold more than the message, which is enough for the log.
        DeadpoolError::Backend(error) => error.to_string().into(),
        error => Box::new(error),
    })
}

fn pool<C>(url: String, mut config: ManagerConfig<C>, size: usize, options: &PoolOptions) -> Result<Pool<C>, StoreError>
where
    C: PoolableConnection + 'static,
    AsyncDieselConnectionManager<C>: deadpool::managed::Manager<Type = C>,
{
    // No query to try the connection out: it would double the round trips, and a connection whose server went away is
    // known to be closed without one.
    config.recycling_method = RecyclingMethod::Fast;
    Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(options.acquire_timeout))
        .create_timeout(Some(options.connect_timeout))
        .recycle_timeout(Some(options.acquire_timeout))
        // The most recently used first: its statements are prepared and its pages cached.
        .queue_mode(QueueMode::Lifo)
        .build()
        .map_err(|error| StoreError::Internal(Box::new(error)))
}
