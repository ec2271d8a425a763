//! Points in time.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, SubsecRound as _, TimeDelta, Utc};

/// A point in time, in UTC, to the microsecond: what both databases can keep.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use voxgate_domain::Timestamp;
///
/// let noon = Timestamp::EPOCH.plus(Duration::from_secs(12 * 3_600));
/// assert_eq!(noon.to_string(), "1970-01-01T12:00:00Z");
/// assert_eq!(noon.since(Timestamp::EPOCH), Duration::from_secs(12 * 3_600));
/// assert_eq!(Timestamp::EPOCH.since(noon), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "DateTime<Utc>", from = "DateTime<Utc>")
)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The start of the Unix epoch.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH);

    /// The time `micros` microseconds after the Unix epoch, or `None` outside the calendar.
    #[must_use]
    pub fn from_unix_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Self)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub fn unix_micros(self) -> i64 {
        self.0.timestamp_micros()
    }

    /// Whole seconds since the Unix epoch, as JWT's `NumericDate` counts them (RFC 7519, section 2).
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// This time later by `by`; the end of the calendar when it would go past it.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        let delta = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        Self(self.0.checked_add_signed(delta).unwrap_or(DateTime::<Utc>::MAX_UTC).trunc_subsecs(6))
    }

    /// This time earlier by `by`; the start of the calendar when it would go past it.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        let delta = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        Self(self.0.checked_sub_signed(delta).unwrap_or(DateTime::<Utc>::MIN_UTC).trunc_subsecs(6))
    }

    /// How long after `earlier` this is; zero when it is not after.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        (self.0 - earlier.0).to_std().unwrap_or(Duration::ZERO)
    }

    /// How far apart two times are, whichever comes first.
    #[must_use]
    pub fn distance(self, other: Self) -> Duration {
        self.since(other).max(other.since(self))
    }

    /// The calendar date in UTC.
    #[must_use]
    pub fn date(self) -> chrono::NaiveDate {
        self.0.date_naive()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(6))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

/// RFC 3339 in UTC with `Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// `n` days of 24 hours.
pub(crate) const fn days(n: u64) -> Duration {
    Duration::from_hours(n.saturating_mul(24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_24_hours() {
        assert_eq!(days(7), Duration::from_secs(604_800));
    }

    #[test]
    fn a_time_is_kept_to_the_microsecond() {
        let nanos = DateTime::from_timestamp(1, 123_456_789).unwrap();
        assert_eq!(Timestamp::from(nanos).unix_micros(), 1_123_456);
    }

    #[test]
    fn it_counts_seconds_and_days() {
        let time = Timestamp::EPOCH.plus(days(3)).plus(Duration::from_millis(1_999));
        assert_eq!(time.unix_seconds(), 3 * 86_400 + 1);
        assert_eq!(time.date().to_string(), "1970-01-04");
        assert_eq!(DateTime::<Utc>::from(time).timestamp_millis(), 3 * 86_400_000 + 1_999);
    }

    #[test]
    fn arithmetic_saturates_instead_of_overflowing() {
        let end = Timestamp::EPOCH.plus(Duration::MAX);
        assert_eq!(end.plus(Duration::from_secs(1)), end);
        assert_eq!(Timestamp::EPOCH.since(end), Duration::ZERO);
    }

    #[test]
    fn it_prints_as_rfc_3339_in_utc() {
        assert_eq!(Timestamp::EPOCH.to_string(), "1970-01-01T00:00:00Z");
    }
}
