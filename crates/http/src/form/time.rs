//! Times in forms and queries.

use chrono::{DateTime, Datelike as _, Utc};
use voxgate_domain::Timestamp;

use super::Fault;

const NOT_TIME: Fault = Fault::new("invalid", "must be a time by RFC 3339, such as 2026-11-25T12:00:00Z");

/// Reads a time (RFC 3339), for [`Form::optional`](super::Form::optional). It is one in UTC too: an offset can lead out
/// of the years that can be written so.
///
/// # Errors
///
/// A [`Fault`] when it is none.
pub(crate) fn time(text: &str) -> Result<Timestamp, Fault> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| NOT_TIME)?.with_timezone(&Utc);
    if (0..=9_999).contains(&time.year()) { Ok(time.into()) } else { Err(NOT_TIME) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("2026-11-25T12:00:00.5+01:00", Some("2026-11-25T11:00:00.500Z"))]
    #[case("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59Z"))]
    #[case("9999-12-31T23:59:59-00:01", None)]
    #[case("0000-01-01T00:00:00+00:01", None)]
    #[case("2026-11-25", None)]
    #[case("now", None)]
    fn a_time_can_be_told_again(#[case] text: &str, #[case] expected: Option<&str>) {
        let read = time(text).ok();
        assert_eq!(read, expected.and_then(|expected| time(expected).ok()));
        assert_eq!(read.map(|read| time(&read.to_string()).is_ok()), expected.map(|_| true));
    }
}
