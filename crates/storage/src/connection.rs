//! One connection to either database, and the macro by which a query is written once for both.

use std::time::Duration;

use diesel::result::QueryResult;
use diesel::{OptionalExtension as _, SqliteConnection};
use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use futures_util::future::{FutureExt as _, join};
use voxgate_domain::ports::StoreError;

use crate::blocking::Blocking;
use crate::dialect;
use crate::error::{internal, no_answer, store_error};
use crate::group_commit::Turn;
use crate::rows::EventRow;

/// A connection to PostgreSQL.
pub(crate) type Postgres = AsyncPgConnection;
/// A connection to SQLite.
pub(crate) type Sqlite = SyncConnectionWrapper<SqliteConnection, Blocking>;

/// A connection as it came from its pool.
pub(crate) enum Pooled {
    /// To PostgreSQL. It is much larger than the other.
    Postgres(Box<Object<Postgres>>),
    /// To SQLite.
    Sqlite(Object<Sqlite>),
}

/// Whichever connection is live, for one arm each.
pub(crate) enum Live<'a> {
    /// To PostgreSQL, and what comes before the next statement. What is asked through copies of the reference at the same
    /// time goes out together and is done in turn.
    Postgres(&'a Postgres, Before),
    /// To SQLite.
    Sqlite(&'a mut Sqlite),
}

/// A connection that goes back to its pool only when it is given back. Dropped in any other way, as when a request is
/// cancelled half-way, it is closed, so that the database undoes what was open and the next user waits for nothing; where
/// others want to commit what they did on it, what was open is undone, and theirs committed.
pub(crate) struct Connection {
    pooled: Option<Pooled>,
    patience: Patience,
    health: Health,
    before: Before,
    /// Where transactions are committed together.
    turn: Option<Turn>,
}

/// What comes before the next statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing.
    Nothing,
    /// The transaction begins, in the same round trip.
    Begin,
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
        let (health, before) = (Health::Sound, Before::Nothing);
        Self { pooled: Some(pooled), patience, health, before, turn: None }
    }

    /// The connection that writes to SQLite.
    pub(crate) fn in_turn((connection, turn): (Object<Sqlite>, Turn), patience: Patience) -> Self {
        let mut connection = Self::new(Pooled::Sqlite(connection), patience);
        connection.turn = Some(turn);
        connection
    }

    /// The connection for the next statement. After a failed one there is none: PostgreSQL refuses what follows in a
    /// transaction, and SQLite shall not differ.
    pub(crate) fn live(&mut self) -> Result<Live<'_>, StoreError> {
        match self.pooled.as_mut() {
            Some(_) if self.health != Health::Sound => Err(internal("a statement before this one failed")),
            Some(Pooled::Postgres(connection)) => {
                Ok(Live::Postgres(connection, std::mem::replace(&mut self.before, Before::Nothing)))
            }
            Some(Pooled::Sqlite(connection)) => Ok(Live::Sqlite(connection)),
            None => Err(internal("the connection was given back")),
        }
    }

    /// Whether it goes to PostgreSQL.
    pub(crate) fn is_to_postgres(&self) -> bool {
        matches!(self.pooled, Some(Pooled::Postgres(_)))
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

    /// Begins a transaction: on PostgreSQL with its first statement.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        match self.pooled {
            Some(Pooled::Postgres(_)) => {
                self.before = Before::Begin;
                Ok(())
            }
            _ if self.turn.as_ref().is_some_and(Turn::is_open) => {
                dialect::join(self).await?;
                self.set_joined(true);
                Ok(())
            }
            _ => dialect::begin(self).await,
        }
    }

    /// Adds `last` and commits the transaction, unless a statement in it failed: PostgreSQL would answer such a commit
    /// with a rollback that looks like success.
    pub(crate) async fn commit(mut self, last: Vec<EventRow>) -> Result<(), StoreError> {
        match self.pooled {
            Some(Pooled::Sqlite(_)) => self.commit_in_turn(last).await,
            _ if self.before == Before::Begin && last.is_empty() => self.finish(Ok(())),
            _ => {
                let outcome = dialect::commit(&mut self, last).await;
                self.finish(outcome)
            }
        }
    }

    /// The same on SQLite.
    async fn commit_in_turn(mut self, last: Vec<EventRow>) -> Result<(), StoreError> {
        self.live()?;
        dialect::record(&mut self, last).await?;
        if self.has_joined() {
            dialect::leave(&mut self).await?;
            self.set_joined(false);
        }
        self.hand_over().await
    }

    /// Leaves the commit to the next one where there is one, and hears what comes of it. It waits for the disk, so it is
    /// done on a blocking thread.
    async fn hand_over(mut self) -> Result<(), StoreError> {
        let patience = self.patience.statement;
        if let Some(outcome) = self.leave() {
            drop(self);
            return tokio::time::timeout(patience, outcome).await.unwrap_or_else(|_| Err(store_error(no_answer())));
        }
        let committing = tokio::task::spawn_blocking(move || self.commit_for_all().now_or_never());
        match tokio::time::timeout(patience, committing).await {
            Ok(Ok(Some(outcome))) => outcome,
            Ok(Ok(None)) => Err(internal("a commit was to be made on a thread that may wait, and was not")),
            Ok(Err(error)) => Err(StoreError::Internal(error.into())),
            Err(_) => Err(store_error(no_answer())),
        }
    }

    /// Leaves the commit to whoever is next, if somebody is, and says what comes of it.
    fn leave(&mut self) -> Option<impl Future<Output = Result<(), StoreError>> + use<>> {
        let turn = self.turn.as_mut()?;
        let Some(Pooled::Sqlite(connection)) = self.pooled.take() else { return None };
        match turn.leave(connection) {
            Ok(outcome) => Some(outcome),
            Err(connection) => {
                self.pooled = Some(Pooled::Sqlite(connection));
                None
            }
        }
    }

    async fn commit_for_all(mut self) -> Result<(), StoreError> {
        let outcome = dialect::commit(&mut self, Vec::new()).await;
        if let Some(turn) = &mut self.turn {
            turn.committed(&outcome);
        }
        self.finish(outcome)
    }

    fn has_joined(&self) -> bool {
        self.turn.as_ref().is_some_and(Turn::has_joined)
    }

    fn set_joined(&mut self, joined: bool) {
        if let Some(turn) = &mut self.turn {
            turn.set_joined(joined);
        }
    }

    /// Ends the transaction: commits it when all went well, and rolls it back when not.
    pub(crate) async fn end<T>(self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        match outcome {
            Ok(done) => self.commit(Vec::new()).await.map(|()| done),
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
        if self.has_joined() {
            // What it saw the others do is not so before their commit: until then, nobody acts on that.
            dialect::undo(&mut self).await?;
            self.set_joined(false);
            return self.hand_over().await;
        }
        let outcome = match self.before {
            Before::Nothing => dialect::rollback(&mut self).await,
            // Nothing was asked in it, so it did not begin.
            Before::Begin => Ok(()),
        };
        self.finish(outcome)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        match (self.pooled.take(), &mut self.turn) {
            (Some(Pooled::Postgres(connection)), _) => drop(Object::take(*connection)),
            (Some(Pooled::Sqlite(connection)), Some(turn)) if turn.is_open() => turn.part(connection),
            (Some(Pooled::Sqlite(connection)), _) => drop(Object::take(connection)),
            (None, _) => {}
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

/// The outcome of `query`, with what comes before it sent along: PostgreSQL does in turn what it is sent in turn. Of two
/// errors the first is told.
pub(crate) async fn led<T>(
    mut connection: &Postgres,
    before: Before,
    query: impl Future<Output = QueryResult<T>>,
) -> QueryResult<T> {
    match before {
        Before::Nothing => query.await,
        // Joined, they are asked in this order: the transaction begins before anything is done in it.
        Before::Begin => {
            let (begun, outcome) = join(connection.batch_execute("BEGIN"), query).await;
            begun.and(outcome)
        }
    }
}

/// Runs a query, written once, on whichever database `$connection` goes to: `on!(connection, c => query.load(c))`.
///
/// A query that reads rows stands in a function of its own: in a method of an async trait, whose lifetimes are bound, the
/// compiler proves anew, for a second or two each, what it has proven of the same types before.
macro_rules! on {
    ($connection:expr, $c:ident => $query:expr) => {
        $crate::connection::on!($connection, postgres $c => $query, sqlite $c => $query)
    };
    ($connection:expr, postgres $p:ident => $postgres:expr, sqlite $s:ident => $sqlite:expr) => {{
        let connection: &mut $crate::connection::Connection = $connection;
        let patience = connection.patience().statement;
        let outcome = match connection.live()? {
            $crate::connection::Live::Postgres(mut shared, before) => {
                let $p = &mut shared;
                $crate::connection::bounded(patience, $crate::connection::led(*$p, before, $postgres)).await
            }
            $crate::connection::Live::Sqlite($s) => $crate::connection::bounded(patience, $sqlite).await,
        };
        connection.note(outcome)
    }};
}
pub(crate) use on;

/// Runs two queries of which neither needs to know what the other found, in this order: in one round trip where there
/// are any. Of two errors the first is told.
macro_rules! both {
    ($connection:expr, $c:ident => $first:expr, $second:expr) => {
        $crate::connection::on!($connection,
            postgres shared => async move {
                let (mut one, mut two) = (*shared, *shared);
                let first = { let $c = &mut one; $first };
                let second = { let $c = &mut two; $second };
                let (first, second) = futures_util::future::join(first, second).await;
                Ok((first?, second?))
            },
            sqlite $c => async move { Ok(({ let $c = &mut *$c; $first.await? }, { let $c = &mut *$c; $second.await? })) }
        )
    };
}
pub(crate) use both;
