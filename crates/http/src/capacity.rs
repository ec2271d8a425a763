//! How much the service takes at once, and for how long. Every wait ends.

use std::time::Duration;

/// How much the service takes at once, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// How long the head of a request may take to arrive.
    pub headers_within: Duration,
    /// How long a connection is kept on which no further request begins.
    pub keep_alive: Duration,
    /// How long a body may take to arrive.
    pub body_within: Duration,
    /// How long a request may take before it is answered with 503.
    pub done_within: Duration,
    /// The most open connections; further ones wait to be accepted.
    pub max_connections: usize,
    /// The most requests that are handled at once; further ones are answered with 503.
    pub max_in_flight: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self {
            headers_within: Duration::from_secs(5),
            // Longer than load balancers keep theirs, so that it is they who close (60 s is usual).
            keep_alive: Duration::from_secs(75),
            body_within: Duration::from_secs(10),
            done_within: Duration::from_secs(30),
            max_connections: 10_000,
            max_in_flight: 1_024,
        }
    }
}
