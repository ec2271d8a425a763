//! The rate-limit port of the domain on Redis: replicas that share one count together.
//!
//! - **Is**: [`RedisLimiter`], which asks by one atomic script in one round trip, and the pool of connections under it.
//! - **Is not**: a fallback. When Redis does not answer, it says so; `voxgate-limits` counts in the process then.
//! - **May depend on it**: the binary alone; everything else sees the port
//!   [`RateLimiter`](voxgate_domain::ports::RateLimiter).
//!
//! # Why a log, and not a counter or a bucket
//!
//! Of 200 requests in a minute exactly 100 shall pass, whichever minute it is. A bucket that refills lets more pass while
//! the minute runs; a window that begins with the first request, or with the clock's minute, lets twice as many pass
//! across its end. A log of the requests that passed is exact: a request passes when fewer than the quota passed in the
//! window before it. It is a Redis list of times, oldest first, since they come in order: about eleven bytes an entry, no
//! more entries than the quota, each added once and removed once, and the list expires a window after its newest entry.
//!
//! Time is Redis's own (`TIME`), so that replicas whose clocks differ agree. All of a key is in one slot (its identity
//! is the hash tag), so a script touches one node of a cluster.

mod address;
mod connections;
mod limiter;

pub use address::{RedisAddress, RedisAddressError};
pub use limiter::{RedisLimiter, RedisOptions};
