//! Counting in Redis.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use deadpool::Runtime;
use deadpool::managed::{Object, Pool, PoolError};
use redis::{RedisError, RedisResult, Script};
use voxgate_domain::policy::{Decision, Limit};
use voxgate_domain::ports::{LimitKey, LimiterError, LimiterMode, LimiterStatus, RateLimiter};
use voxgate_grouping::{Grouping, Lost, Options};

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
/// Checks that come at the same time share a round trip, one atomic script each. They are made by tasks of their own: a
/// request that does not wait for the end leaves no connection in the midst of an answer.
#[derive(Clone)]
pub struct RedisLimiter {
    checks: Grouping<Check, Result<Decision, Failure>>,
}

/// How many round trips are under way at once, and how many checks share one.
const GROUPS: Options = Options { at_once: 4, group: 64, queue: 4_096 };

/// Whether a request passes that is counted under `key`.
#[derive(Clone)]
struct Check {
    key: String,
    quota: u32,
    window: Duration,
}

/// Why Redis did not say whether a request passes. Redis's own words have no password in them.
#[derive(Clone, Debug, thiserror::Error)]
enum Failure {
    #[error("no connection to Redis")]
    Connection(#[source] Arc<PoolError<RedisError>>),
    #[error("Redis failed")]
    Command(#[source] Arc<RedisError>),
    #[error("the check ended early")]
    Lost(#[from] Lost),
}

impl From<PoolError<RedisError>> for Failure {
    fn from(error: PoolError<RedisError>) -> Self {
        Self::Connection(error.into())
    }
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        Self::Command(error.into())
    }
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
        let window = Arc::new(Window { pool, script: Script::new(SCRIPT) });
        let checks = Grouping::start(GROUPS, move |checks| {
            let window = Arc::clone(&window);
            async move { window.decide(checks).await }
        });
        Ok(Self { checks })
    }

    async fn count(&self, key: String, limit: Limit) -> Result<Decision, Failure> {
        self.checks.ask(Check { key, quota: limit.quota().get(), window: limit.window() }).await?
    }
}

const SCRIPT: &str = include_str!("window.lua");
/// More than any number of replicas probe in a second.
const PROBES: u32 = 100;

/// The script, and the connections over which it is run.
struct Window {
    pool: Pool<Connections>,
    script: Script,
}

/// Whether the request passes, how many more would, and after how many milliseconds more pass than now.
type Answer = RedisResult<(bool, u32, u64)>;

impl Window {
    async fn decide(&self, checks: Vec<Check>) -> Vec<Result<Decision, Failure>> {
        match self.run_or_reconnect(&checks).await {
            Ok(answers) => answers.into_iter().map(|answer| Ok(decision(answer?))).collect(),
            Err(failure) => checks.iter().map(|_| Err(failure.clone())).collect(),
        }
    }

    /// Runs the script; once more when the connection turns out to have ended while nobody looked.
    async fn run_or_reconnect(&self, checks: &[Check]) -> Result<Vec<Answer>, Failure> {
        match self.run(checks).await {
            Err(Failure::Command(error)) if error.is_connection_dropped() => self.run(checks).await,
            done => done,
        }
    }

    /// Runs the script for each check, all in one round trip. The first brings the script along, so that Redis knows it
    /// for the others, even if it has just been restarted.
    async fn run(&self, checks: &[Check]) -> Result<Vec<Answer>, Failure> {
        let mut connection = self.pool.get().await?;
        let mut pipeline = redis::pipe();
        for (number, Check { key, quota, window }) in checks.iter().enumerate() {
            let call = match number {
                0 => pipeline.cmd("EVAL").arg(SCRIPT),
                _ => pipeline.cmd("EVALSHA").arg(self.script.get_hash()),
            };
            let millis = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
            call.arg(1).arg(key).arg(quota).arg(millis);
        }
        let answers = pipeline.ignore_errors().query_async(&mut *connection).await;
        Ok(answers.inspect_err(|error: &RedisError| {
            // What Redis itself says has a code; else the connection is gone or stuck, and so are those beside it.
            if error.code().is_none() {
                drop(Object::take(connection));
                self.pool.retain(|_, _| false);
            }
        })?)
    }
}

fn decision((allowed, remaining, reset_in): (bool, u32, u64)) -> Decision {
    Decision { allowed, remaining, reset_in: Duration::from_millis(reset_in) }
}

/// Where a key is: its identity is the hash tag, which decides alone on the node of a cluster.
fn stored(identity: impl std::fmt::Display) -> String {
    format!("voxgate:limit:{{{identity}}}")
}

#[async_trait]
impl RateLimiter for RedisLimiter {
    async fn check(&self, key: &LimitKey, limit: Limit) -> Result<Decision, LimiterError> {
        Ok(self.count(stored(key), limit).await?)
    }

    /// Counts under a key of its own, which is gone a second later: a Redis that is full or only reads would answer a
    /// ping.
    async fn probe(&self) -> Result<(), LimiterError> {
        let limit = Limit::new(PROBES, Duration::from_secs(1)).map_err(|error| LimiterError(error.into()))?;
        self.count(stored("probe"), limit).await?;
        Ok(())
    }

    fn status(&self) -> LimiterStatus {
        LimiterStatus { mode: LimiterMode::Shared, failures: 0, fallbacks: 0 }
    }
}
