//! One commit for transactions that follow each other on SQLite.
//!
//! A commit waits for the disk, and meanwhile nobody else writes: a disk that takes four milliseconds would see 250
//! transactions a second and no more. So a transaction behind which others wait leaves its commit to them. The next one
//! joins it, in a savepoint of its own, which is undone by itself when that one fails; the last commits for all. Nobody
//! hears that a transaction is done before the commit is, and when it fails, all of them hear that. Whoever undoes their own
//! waits for it too: they saw what the others did, and may look again by another connection, or answer somebody by it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use diesel::QueryResult;
use diesel_async::SimpleAsyncConnection as _;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use futures_util::future::FutureExt as _;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use voxgate_domain::ports::StoreError;

use crate::connection::Sqlite;
use crate::error::{internal, no_answer, same, store_error};
use crate::pool_gauges::PoolGauges;
use crate::pools::unavailable;

/// The most transactions of one commit: so many that the disk costs each of them little, and so few that the first one
/// does not wait much longer than alone.
const MOST: usize = 32;
/// How long a commit is left to the next one that does not come to it, as when its caller has hung up.
const FORSAKEN_AFTER: Duration = Duration::from_millis(50);

/// How long nobody writes after a commit of so many: another process that wants to, and looks only now and then, finds a
/// moment in which it can.
const PAUSE: Duration = Duration::from_millis(1);

/// What one hears of the commit.
type Outcome = Result<(), StoreError>;
/// Those who wait for the commit. Dropped, they hear that there was none.
type Members = Vec<oneshot::Sender<Outcome>>;

/// The one connection that writes to SQLite, and those who wait for their turn on it. Clones share both.
#[derive(Clone)]
pub(crate) struct GroupCommit(Arc<Inner>);

struct Inner {
    pool: Pool<Sqlite>,
    turn: Arc<Semaphore>,
    waiting: AtomicUsize,
    patience: Duration,
    left: Mutex<Option<Left>>,
    leavings: AtomicU64,
}

/// A transaction that is left to the next one.
struct Left {
    /// Which leaving it was.
    number: u64,
    connection: Object<Sqlite>,
    members: Members,
}

/// Whose turn it is to write.
pub(crate) struct Turn {
    group: GroupCommit,
    _permit: OwnedSemaphorePermit,
    /// Those whose transaction is open on the connection.
    members: Members,
    /// Whether the own one is in a savepoint of it.
    joined: bool,
}

impl GroupCommit {
    /// On the connection of `pool`, which has one. Nobody waits longer than `patience` for their turn.
    pub(crate) fn new(pool: Pool<Sqlite>, patience: Duration) -> Self {
        let (turn, waiting) = (Arc::new(Semaphore::new(1)), AtomicUsize::new(0));
        let (left, leavings) = (Mutex::default(), AtomicU64::new(0));
        Self(Arc::new(Inner { pool, turn, waiting, patience, left, leavings }))
    }

    /// The connection, in turn, with a transaction of others on it or without.
    pub(crate) async fn join(&self) -> Result<(Object<Sqlite>, Turn), StoreError> {
        let waiting = Waiting::new(&self.0.waiting);
        let turn = tokio::time::timeout(self.0.patience, Arc::clone(&self.0.turn).acquire_owned()).await;
        drop(waiting);
        let permit = turn
            .map_err(|elapsed| StoreError::Unavailable(elapsed.into()))?
            .map_err(|closed| StoreError::Unavailable(closed.into()))?;
        let left = self.left().take();
        let (connection, members) = match left {
            Some(Left { connection, members, .. }) => (connection, members),
            None => (self.0.pool.get().await.map_err(unavailable)?, Members::new()),
        };
        Ok((connection, Turn { group: self.clone(), _permit: permit, members, joined: false }))
    }

    /// The connection, in turn, without a transaction on it: one that is left is committed first.
    pub(crate) async fn alone(&self) -> Result<(Object<Sqlite>, Turn), StoreError> {
        let (connection, mut turn) = self.join().await?;
        let members = std::mem::take(&mut turn.members);
        if members.is_empty() {
            return Ok((connection, turn));
        }
        // What comes of it is for the members to hear.
        match tokio::task::spawn_blocking(move || commit(connection, members)).await {
            Ok(Some(connection)) => Ok((connection, turn)),
            Ok(None) | Err(_) => Ok((self.0.pool.get().await.map_err(unavailable)?, turn)),
        }
    }

    /// How the connection is used just now.
    pub(crate) fn gauges(&self) -> PoolGauges {
        let gauges = PoolGauges::of("writer", &self.0.pool.status());
        let in_use = usize::from(self.0.turn.available_permits() == 0);
        let idle = (gauges.in_use + gauges.idle).saturating_sub(in_use);
        PoolGauges { in_use, idle, waiting: self.0.waiting.load(Ordering::Relaxed), ..gauges }
    }

    /// Commits what was left as `number` when it still is after a while: the next one went away, or does not get to it.
    async fn look_after(self, number: u64) {
        tokio::time::sleep(FORSAKEN_AFTER).await;
        let left = self.left().take_if(|left| left.number == number);
        if let Some(Left { connection, members, .. }) = left {
            // As above.
            let _ = tokio::task::spawn_blocking(move || commit(connection, members)).await;
        }
    }

    fn left(&self) -> MutexGuard<'_, Option<Left>> {
        self.0.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Whether a transaction of others is open on the connection.
    pub(crate) fn is_open(&self) -> bool {
        !self.members.is_empty()
    }

    /// Whether the own one has joined it.
    pub(crate) fn has_joined(&self) -> bool {
        self.joined
    }

    /// Takes note that it has, or that what it did in its savepoint is to be committed with the rest.
    pub(crate) fn set_joined(&mut self, joined: bool) {
        self.joined = joined;
    }

    /// Leaves the commit to the next one, if somebody waits for the connection, and hears what comes of it; else gives the
    /// connection back. Must be called in a runtime.
    pub(crate) fn leave(
        &mut self,
        connection: Object<Sqlite>,
    ) -> Result<impl Future<Output = Outcome> + use<>, Object<Sqlite>> {
        if self.group.0.waiting.load(Ordering::Relaxed) == 0 || self.members.len() >= MOST {
            return Err(connection);
        }
        let (sender, outcome) = oneshot::channel();
        self.members.push(sender);
        let members = std::mem::take(&mut self.members);
        let number = self.group.0.leavings.fetch_add(1, Ordering::Relaxed);
        *self.group.left() = Some(Left { number, connection, members });
        tokio::spawn(self.group.clone().look_after(number));
        Ok(outcome.map(|outcome| outcome.unwrap_or_else(|_| Err(internal("nobody committed the transaction")))))
    }

    /// Tells the others what came of the commit that was made for all. On a thread that may wait.
    pub(crate) fn committed(&mut self, outcome: &Outcome) {
        let members = std::mem::take(&mut self.members);
        let many = members.len() >= MOST;
        tell(members, outcome);
        if many {
            std::thread::sleep(PAUSE);
        }
    }

    /// Undoes what was done in this turn and commits for the others, without waiting for it.
    pub(crate) fn part(&mut self, mut connection: Object<Sqlite>) {
        let members = std::mem::take(&mut self.members);
        let undone = !self.joined || is_done(connection.batch_execute("ROLLBACK TO joined; RELEASE joined"));
        match Handle::try_current() {
            Ok(runtime) if undone => drop(runtime.spawn_blocking(move || commit(connection, members))),
            // SQLite gave up the transaction as a whole, as it may on a full disk.
            _ => {
                drop(Object::take(connection));
                let why = "a transaction that was to be committed with others took them along";
                tell(members, &Err(StoreError::Unavailable(why.into())));
            }
        }
    }
}

/// Commits for all, on a thread that may wait; the connection when it is still good.
fn commit(mut connection: Object<Sqlite>, members: Members) -> Option<Object<Sqlite>> {
    let outcome = connection.batch_execute("COMMIT").now_or_never();
    let outcome = outcome.unwrap_or_else(|| Err(no_answer())).map_err(store_error);
    tell(members, &outcome);
    if outcome.is_ok() {
        return Some(connection);
    }
    drop(Object::take(connection));
    None
}

fn tell(members: Members, outcome: &Outcome) {
    for member in members {
        // Whoever asked may have gone meanwhile.
        let _ = member.send(outcome.as_ref().copied().map_err(same));
    }
}

/// Counts somebody who waits, for as long as they do.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a statement that is made on this thread was made.
fn is_done(statement: impl Future<Output = QueryResult<()>>) -> bool {
    matches!(statement.now_or_never(), Some(Ok(())))
}

#[cfg(test)]
#[path = "group_commit_tests.rs"]
mod tests;
