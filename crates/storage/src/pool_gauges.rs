//! How the connections are used, for metrics.

use deadpool::Status;

use crate::pools::Pools;

/// How the connections of one pool are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolGauges {
    /// Which pool: `all` on PostgreSQL, `writer` and `readers` on SQLite.
    pub pool: &'static str,
    /// Connections in use.
    pub in_use: usize,
    /// Open connections that nobody uses.
    pub idle: usize,
    /// The most that there may be.
    pub max: usize,
    /// Callers that wait for one.
    pub waiting: usize,
}

impl Pools {
    /// How the connections are used just now, pool by pool.
    pub(crate) fn gauges(&self) -> Vec<PoolGauges> {
        match self {
            Self::Postgres(pool) => vec![PoolGauges::of("all", &pool.status())],
            Self::Sqlite { writer, readers, .. } => vec![writer.gauges(), PoolGauges::of("readers", &readers.status())],
        }
    }
}

impl PoolGauges {
    /// Those of the pool that is called `pool`.
    pub(crate) fn of(pool: &'static str, status: &Status) -> Self {
        let Status { max_size, size, available, waiting, .. } = *status;
        Self { pool, in_use: size.saturating_sub(available), idle: available, max: max_size, waiting }
    }
}
