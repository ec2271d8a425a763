//! One connection to either database, and the macro by which a query is written once for both.

use std::future::ready;
use std::time::Duration;

use diesel::result::QueryResult;
use diesel::{OptionalExtension as _, SqliteConnection};
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use futures_util::future::{BoxFuture, FutureExt as _, TryFutureExt as _};
use voxgate_domain::ports::{Cause, StoreError};

use crate::dialect;
use crate::error::{internal, no_answer, store_error};
use crate::setup::Access;

/// A connection to PostgreSQL.
pub(crate) type Postgres = AsyncPgConnection;
/// A connection to SQLite.
pub(crate) type Sqlite = SyncConnectionWrapper<SqliteConnection, Blocking>;

/// Where SQLite works: on the blocking threads of the runtime, or, for statements that take less than the way there,
/// where it is asked.
///
/// The default of diesel-async does that too, but when a future is dropped it blocks the thread until the statement is
/// over, and that panics on a single-threaded runtime, such as each worker of actix has. Here a dropped future leaves
/// its statement running; [`Connection`] sees to it that nobody else gets the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blocking {
    /// On a blocking thread.
    Elsewhere,
    /// On the thread that asks.
    Here,
}

impl Blocking {
    /// Where a connection works that is for `access`.
    pub(crate) const fn of(access: Access) -> Self {
        match access {
            Access::ReadHere | Access::Write => Self::Here,
            Access::Read | Access::Migrate => Self::Elsewhere,
        }
    }
}

impl SpawnBlocking for Blocking {
    fn spawn_blocking<'a, R: Send + 'static>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Cause>> {
        match self {
            Self::Elsewhere => tokio::task::spawn_blocking(task).map_err(Cause::from).boxed(),
            Self::Here => ready(Ok(task())).boxed(),
        }
    }

    fn get_runtime() -> Self {
        Self::Elsewhere
    }
}

/// A connection as it came from its pool.
pub(crate) enum Pooled {
    /// To PostgreSQL. It is much larger than the other.
    Postgres(Box<Object<Postgres>>),
    /// To SQLite.
    Sqlite(Object<Sqlite>),
}

/// Whichever connection is live, for one arm each.
pub(crate) enum Live<'a> {
    /// To PostgreSQL.
    Postgres(&'a mut Postgres),
    /// To SQLite.
    Sqlite(&'a mut Sqlite),
}

/// A connection that goes back to its pool only when it is given back. Dropped in any other way, as when a request is
/// cancelled half-way, it is closed, so that the database undoes what was open and the next user waits for nothing.
pub(crate) struct Connection {
    pooled: Option<Pooled>,
    patience: Patience,
    health: Health,
}

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    /// The longest that one statement may take, also when the database has stopped and cannot see to it itself.
    pub(crate) statement: Duration,
    /// The longest that a transaction on SQLite waits for another process that writes.
    pub(crate) lock: Duration,
}

/// What may still be done on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    /// Anything.
    Sound,
    /// A statement failed: the transaction can only be rolled back.
    Failed,
    /// The database did not answer: nobody knows what it did, and nothing more is asked of it.
    Lost,
}

impl Connection {
    pub(crate) fn new(pooled: Pooled, patience: Patience) -> Self {
        Self { pooled: Some(pooled), patience, health: Health::Sound }
    }

    /// The connection for the next statement. After a failed one there is none: PostgreSQL refuses what follows in a
    /// transaction, and SQLite shall not differ.
    pub(crate) fn live(&mut self) -> Result<Live<'_>, StoreError> {
        match self.pooled.as_mut() {
            Some(_) if self.health != Health::Sound => Err(internal("a statement before this one failed")),
            Some(Pooled::Postgres(connection)) => Ok(Live::Postgres(connection)),
            Some(Pooled::Sqlite(connection)) => Ok(Live::Sqlite(connection)),
            None => Err(internal("the connection was given back")),
        }
    }

    /// How long to wait.
    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    /// Takes note of how a statement ended.
    pub(crate) fn note<T>(&mut self, outcome: QueryResult<T>) -> Result<T, StoreError> {
        let outcome = outcome.map_err(store_error);
        match &outcome {
            Ok(_) => {}
            Err(StoreError::Unavailable(_)) => self.health = Health::Lost,
            Err(_) => self.health = Health::Failed,
        }
        outcome
    }

    /// Gives the connection back to its pool, unless a statement failed on it; passes `outcome` through.
    pub(crate) fn finish<T>(mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if self.health == Health::Sound {
            drop(self.pooled.take());
        }
        outcome
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        dialect::begin(self).await
    }

    /// Commits the transaction, unless a statement in it failed: PostgreSQL would answer such a commit with a rollback
    /// that looks like success. SQLite waits for the disk, so it does it on a blocking thread.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        if !matches!(self.pooled, Some(Pooled::Sqlite(_))) {
            return self.commit_here().await;
        }
        let patience = self.patience.statement;
        let committing = tokio::task::spawn_blocking(move || self.commit_here().now_or_never());
        match tokio::time::timeout(patience, committing).await {
            Ok(Ok(Some(outcome))) => outcome,
            Ok(Ok(None)) => Err(internal("a commit was to be made on a thread that may wait, and was not")),
            Ok(Err(error)) => Err(StoreError::Internal(error.into())),
            Err(_) => Err(store_error(no_answer())),
        }
    }

    async fn commit_here(mut self) -> Result<(), StoreError> {
        let outcome = dialect::commit(&mut self).await;
        self.finish(outcome)
    }

    /// Ends the transaction: commits it when all went well, and rolls it back when not.
    pub(crate) async fn end<T>(self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        match outcome {
            Ok(done) => self.commit().await.map(|()| done),
            // The first error is the one that tells.
            Err(error) => self.rollback().await.and(Err(error)),
        }
    }

    /// Rolls the transaction back; on a connection that is lost, closing it does.
    pub(crate) async fn rollback(mut self) -> Result<(), StoreError> {
        match self.health {
            Health::Sound => {}
            Health::Failed => self.health = Health::Sound,
            Health::Lost => return Ok(()),
        }
        let outcome = dialect::rollback(&mut self).await;
        self.finish(outcome)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        match self.pooled.take() {
            Some(Pooled::Postgres(connection)) => drop(Object::take(*connection)),
            Some(Pooled::Sqlite(connection)) => drop(Object::take(connection)),
            None => {}
        }
    }
}

/// The outcome of `query`, or an error when it takes longer than `patience`. A loop of queries that are answered on this
/// thread gives way to others now and then.
pub(crate) async fn bounded<T>(patience: Duration, query: impl Future<Output = QueryResult<T>>) -> QueryResult<T> {
    tokio::task::coop::consume_budget().await;
    tokio::time::timeout(patience, query).await.unwrap_or_else(|_| Err(no_answer()))
}

/// The row that `query` finds, if it finds one.
pub(crate) async fn maybe<T>(query: impl Future<Output = QueryResult<T>>) -> QueryResult<Option<T>> {
    query.await.optional()
}

/// Runs a query, written once, on whichever database `$connection` goes to: `on!(connection, c => query.load(c))`.
macro_rules! on {
    ($connection:expr, $c:ident => $query:expr) => {
        $crate::connection::on!($connection, postgres $c => $query, sqlite $c => $query)
    };
    ($connection:expr, postgres $p:ident => $postgres:expr, sqlite $s:ident => $sqlite:expr) => {{
        let connection: &mut $crate::connection::Connection = $connection;
        let patience = connection.patience().statement;
        let outcome = match connection.live()? {
            $crate::connection::Live::Postgres($p) => $crate::connection::bounded(patience, $postgres).await,
            $crate::connection::Live::Sqlite($s) => $crate::connection::bounded(patience, $sqlite).await,
        };
        connection.note(outcome)
    }};
}
pub(crate) use on;
