//! Rate limits within the process, and the way from a shared limiter to them and back.
//!
//! - **Is**: [`InProcess`], which counts for this replica alone, and [`Failover`], which asks a shared limiter and counts
//!   here while that one does not answer.
//! - **Is not**: a protocol: the shared limiter comes as the port. What is limited, and how much, is decided by the
//!   domain and the use cases.
//! - **May depend on it**: the binary alone; everything else sees the port
//!   [`RateLimiter`](voxgate_domain::ports::RateLimiter).

mod failover;
mod in_process;
mod store;

pub use failover::{Failover, FailoverOptions};
pub use in_process::InProcess;
