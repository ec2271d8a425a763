//! What is counted, for Prometheus.
//!
//! Counting goes through the facade `metrics`, so that nothing here knows who collects; the binary does. Label values are
//! closed sets: route templates, a few methods, classes of status, kinds of outcome. No address, id or name is one.

mod count;
mod names;
mod sources;
#[cfg(test)]
mod tests;

pub use names::*;

pub use count::{count_event, count_rate_limit_hit, count_webhook, register};
pub(crate) use count::{count_login, count_request, count_shed, in_flight, method_label};
pub use sources::{FailureSources, THRESHOLDS};
