//! The connections: made by `deadpool-redis`, and asked whether they live only after they have rested.

use std::time::Duration;

use deadpool::managed::{self, Metrics, RecycleResult};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisError};

use crate::RedisAddress;

/// After how long without use a connection is asked whether it lives. One in use shows it by itself, so that a check
/// costs one round trip and not two.
const RESTED: Duration = Duration::from_secs(5);

/// Makes connections to one Redis.
pub(crate) struct Connections(deadpool_redis::Manager);

impl Connections {
    /// Connections to `address`, each answer of which may take `response`.
    pub(crate) fn new(address: &RedisAddress, response: Duration) -> Result<Self, RedisError> {
        // How long connecting may take is up to the pool.
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(Some(response));
        deadpool_redis::Manager::new_with_config(address.info(), config).map(Self)
    }
}

impl managed::Manager for Connections {
    type Type = MultiplexedConnection;
    type Error = RedisError;

    async fn create(&self) -> Result<MultiplexedConnection, RedisError> {
        self.0.create().await
    }

    async fn recycle(&self, connection: &mut MultiplexedConnection, metrics: &Metrics) -> RecycleResult<RedisError> {
        if metrics.last_used() < RESTED { Ok(()) } else { self.0.recycle(connection, metrics).await }
    }
}
