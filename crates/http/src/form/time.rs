//! Times in forms and queries.

use chrono::{DateTime, Utc};
use voxgate_domain::Timestamp;

use super::Fault;

const NOT_TIME: Fault = Fault::new("invalid", "must be a time by RFC 3339, such as 2026-11-25T12:00:00Z");

/// Reads a time (RFC 3339), for [`Form::optional`](super::Form::optional).
///
/// # Errors
///
/// A [`Fault`] when it is none.
pub(crate) fn time(text: &str) -> Result<Timestamp, Fault> {
    DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc).into()).map_err(|_| NOT_TIME)
}
