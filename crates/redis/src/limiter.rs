//! Counting in Redis.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool::Runtime;
use deadpool::managed::{Object, Pool, PoolError};
use redis::{RedisError, Script};
use tokio::runtime::Handle;
use tokio::task::JoinError;
use voxgate_domain::policy::{Decision, Limit};
use voxgate_domain::ports::{LimitKey, LimiterError, LimiterMode, LimiterStatus, RateLimiter};

use crate::connections::Connections;
use crate::{RedisAddress, RedisAddressError};

/// How many connections there are, and how long anything may wait. Every wait ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedisOptions {
    /// The most connections.
    pub max_connections: usize,
    /// How long to wait for a connection.
    pub acquire_timeout: Duration,
    /// How long making a connection may take. It goes on when the request that needed it has given up, so that the next
    /// one finds it.
    pub connect_timeout: Duration,
    /// How long an answer may take, and a connection that has rested to say that it lives.
    pub response_timeout: Duration,
}

impl Default for RedisOptions {
    /// 16 connections; 100 ms to wait for one, 1 s to make one, 100 ms for an answer.
    fn default() -> Self {
        Self {
            max_connections: 16,
            acquire_timeout: Duration::from_millis(100),
            connect_timeout: Duration::from_secs(1),
            response_timeout: Duration::from_millis(100),
        }
    }
}

/// Counts in Redis, by a log of the requests that passed (see the crate). Connects when it is first asked.
///
/// Each check is a task of its own: a request that does not wait for its end leaves no connection in the midst of an
/// answer.
#[derive(Clone)]
pub struct RedisLimiter {
    pool: Pool<Connections>,
    script: Arc<Script>,
    runtime: Handle,
}

/// Why Redis did not say whether a request passes. Redis's own words have no password in them.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("no connection to Redis")]
    Connection(#[from] PoolError<RedisError>),
    #[error("Redis failed")]
    Command(#[from] RedisError),
    #[error("the check ended early")]
    Task(#[from] JoinError),
}

impl From<Failure> for LimiterError {
    fn from(failure: Failure) -> Self {
        Self(failure.into())
    }
}

impl RedisLimiter {
    /// Counts in the Redis at `address`. Must be called in the runtime of tokio that lives as long as the service.
    ///
    /// # Errors
    ///
    /// A [`RedisAddressError`] when there can be no Redis at `address`.
    pub fn new(address: &RedisAddress, options: RedisOptions) -> Result<Self, RedisAddressError> {
        let manager = Connections::new(address, options.response_timeout).map_err(|_| RedisAddressError::Malformed)?;
        let pool = Pool::builder(manager)
            .max_size(options.max_connections)
            .wait_timeout(Some(options.acquire_timeout))
            .create_timeout(Some(options.connect_timeout))
            .recycle_timeout(Some(options.response_timeout))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|_| RedisAddressError::Malformed)?;
        let script = Arc::new(Script::new(include_str!("window.lua")));
        Ok(Self { pool, script, runtime: Handle::current() })
    }

    async fn count(&self, key: String, quota: u32, window: Duration) -> Result<Decision, Failure> {
        let this = self.clone();
        let task = self.runtime.spawn(async move { this.count_or_reconnect(&key, quota, window).await });
        task.await?
    }

    /// Runs the script; once more when the connection turns out to have ended while nobody looked.
    async fn count_or_reconnect(&self, key: &str, quota: u32, window: Duration) -> Result<Decision, Failure> {
        match self.run(key, quota, window).await {
            Err(Failure::Command(error)) if error.is_connection_dropped() => self.run(key, quota, window).await,
            done => done,
        }
    }

    async fn run(&self, key: &str, quota: u32, window: Duration) -> Result<Decision, Failure> {
        let mut connection = self.pool.get().await?;
        let mut call = self.script.key(key);
        let millis = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
        let answer = call.arg(quota).arg(millis).invoke_async(&mut *connection).await;
        let (allowed, remaining, reset_in): (bool, u32, u64) = answer.inspect_err(|error| {
            // What Redis itself says has a code; else the connection is gone or stuck, and so are those beside it.
            if error.code().is_none() {
                drop(Object::take(connection));
                self.pool.retain(|_, _| false);
            }
        })?;
        Ok(Decision { allowed, remaining, reset_in: Duration::from_millis(reset_in) })
    }
}

/// Where a key is: its identity is the hash tag, which decides alone on the node of a cluster.
fn stored(identity: impl std::fmt::Display) -> String {
    format!("voxgate:limit:{{{identity}}}")
}

#[async_trait]
impl RateLimiter for RedisLimiter {
    async fn check(&self, key: &LimitKey, limit: Limit) -> Result<Decision, LimiterError> {
        Ok(self.count(stored(key), limit.quota().get(), limit.window()).await?)
    }

    /// Counts under a key of its own, which is gone a second later: a Redis that is full or only reads would answer a
    /// ping.
    async fn probe(&self) -> Result<(), LimiterError> {
        self.count(stored("probe"), 100, Duration::from_secs(1)).await?;
        Ok(())
    }

    fn status(&self) -> LimiterStatus {
        LimiterStatus { mode: LimiterMode::Shared, failures: 0, fallbacks: 0 }
    }
}
