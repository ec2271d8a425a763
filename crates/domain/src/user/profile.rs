//! What a person says of themselves.

use crate::{DateOfBirth, DisplayName, Locale, PhoneNumber, TimeZone};

/// A person's own particulars, each given or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Given name.
    pub first_name: Option<DisplayName>,
    /// Family name.
    pub last_name: Option<DisplayName>,
    /// Telephone number.
    pub phone_number: Option<PhoneNumber>,
    /// Date of birth.
    pub date_of_birth: Option<DateOfBirth>,
    /// Language of mails and pages.
    pub locale: Option<Locale>,
    /// Time zone of times in mails.
    pub time_zone: Option<TimeZone>,
}

/// A field of a [`Profile`], named without its value: what the audit trail may know of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProfileField {
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Telephone number.
    PhoneNumber,
    /// Date of birth.
    DateOfBirth,
    /// Language.
    Locale,
    /// Time zone.
    TimeZone,
}

impl ProfileField {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::PhoneNumber => "phone_number",
            Self::DateOfBirth => "date_of_birth",
            Self::Locale => "locale",
            Self::TimeZone => "timezone",
        }
    }
}

impl Profile {
    /// The names of the fields in which `self` and `other` differ.
    #[must_use]
    pub fn changed_fields(&self, other: &Self) -> Vec<ProfileField> {
        [
            (ProfileField::FirstName, self.first_name != other.first_name),
            (ProfileField::LastName, self.last_name != other.last_name),
            (ProfileField::PhoneNumber, self.phone_number != other.phone_number),
            (ProfileField::DateOfBirth, self.date_of_birth != other.date_of_birth),
            (ProfileField::Locale, self.locale != other.locale),
            (ProfileField::TimeZone, self.time_zone != other.time_zone),
        ]
        .into_iter()
        .filter_map(|(field, differs)| differs.then_some(field))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_known_by_the_names_of_its_fields() {
        let named = Profile { first_name: DisplayName::parse("Ada").ok(), ..Profile::default() };
        assert_eq!(Profile::default().changed_fields(&named), [ProfileField::FirstName]);
        assert_eq!(named.changed_fields(&named), []);
    }
}
