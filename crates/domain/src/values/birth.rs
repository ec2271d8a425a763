//! Dates of birth.

use std::fmt;

use chrono::{Datelike as _, NaiveDate};

/// A date of birth: a calendar date from 1900 on that was not in the future when it was given.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct DateOfBirth(NaiveDate);

/// Why a text is not a date of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateOfBirthError {
    /// It is no date of the form `YYYY-MM-DD` (ISO 8601).
    #[error("must be a date like 1990-12-31")]
    Malformed,
    /// It lies in the future, or before 1900.
    #[error("must lie between 1900 and today")]
    OutOfRange,
}

impl DateOfBirth {
    /// Parses the ISO 8601 date in `text`, given today's date.
    ///
    /// # Errors
    ///
    /// A [`DateOfBirthError`] that says what is wrong.
    pub fn parse(text: &str, today: NaiveDate) -> Result<Self, DateOfBirthError> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| DateOfBirthError::Malformed)?;
        if text.len() != 10 {
            return Err(DateOfBirthError::Malformed);
        }
        if date > today || date.year() < 1900 {
            return Err(DateOfBirthError::OutOfRange);
        }
        Ok(Self(date))
    }

    /// The date of birth that was kept as `date`.
    #[must_use]
    pub const fn from_stored(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The calendar date.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }
}

/// A date of birth is health information (45 CFR 164.514(b)(2)(i)(C)): it does not print.
impl fmt::Debug for DateOfBirth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DateOfBirth(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn a_date_of_birth_does_not_print() {
        let day = NaiveDate::from_ymd_opt(1985, 2, 28).unwrap();
        let birth = DateOfBirth::from_stored(day);
        assert_eq!(birth.date(), day);
        assert_eq!(format!("{birth:?}"), "DateOfBirth(…)");
    }

    #[rstest]
    #[case("1985-02-28", Ok(()))]
    #[case("2026-11-25", Ok(()))]
    #[case("2026-11-26", Err(DateOfBirthError::OutOfRange))]
    #[case("1900-01-01", Ok(()))]
    #[case("1899-12-31", Err(DateOfBirthError::OutOfRange))]
    #[case("1985-02-30", Err(DateOfBirthError::Malformed))]
    #[case("1985-2-3", Err(DateOfBirthError::Malformed))]
    #[case("28.02.1985", Err(DateOfBirthError::Malformed))]
    fn a_date_of_birth_is_a_real_past_date(#[case] text: &str, #[case] expected: Result<(), DateOfBirthError>) {
        let today = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        assert_eq!(DateOfBirth::parse(text, today).map(drop), expected);
    }
}
