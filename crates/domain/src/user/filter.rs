//! Which users a list shows.

use unicode_normalization::UnicodeNormalization as _;

use crate::session::named;
use crate::{RoleName, TextError};

/// Which users a list shows: those that meet every condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// In this state.
    pub status: Option<StatusFilter>,
    /// With this role.
    pub role: Option<RoleName>,
    /// Whose address or name begins so.
    pub begins: Option<SearchPrefix>,
    /// Closed accounts too; a filter by [`StatusFilter::Deleted`] implies it.
    pub include_deleted: bool,
}

impl UserFilter {
    /// Whether closed accounts are shown.
    #[must_use]
    pub fn shows_deleted(&self) -> bool {
        self.include_deleted || self.status == Some(StatusFilter::Deleted)
    }
}

named! {
    /// A state of accounts, by its name alone.
    pub enum StatusFilter {
        /// See [`UserStatus::Pending`](super::UserStatus::Pending).
        Pending = "pending",
        /// See [`UserStatus::Active`](super::UserStatus::Active).
        Active = "active",
        /// See [`UserStatus::Inactive`](super::UserStatus::Inactive).
        Inactive = "inactive",
        /// See [`UserStatus::Deleted`](super::UserStatus::Deleted).
        Deleted = "deleted",
    }
}

/// How an address or a name begins, in any case: 1 to 254 characters, in NFC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPrefix(String);

impl SearchPrefix {
    /// The most characters: those of the longest address.
    pub const MAX_CHARS: usize = 254;

    /// Parses `text`.
    ///
    /// # Errors
    ///
    /// [`TextError`] when there is nothing in it, too much, or control characters.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        crate::values::tidy(text, Self::MAX_CHARS).map(Self)
    }

    /// How a normalised address begins.
    #[must_use]
    pub fn of_address(&self) -> String {
        self.0.to_lowercase()
    }

    /// How a name begins whose ASCII letters were made small: all that databases do alike in every locale. Other
    /// letters stand as they were typed, so those of each usual way to write a name are tried: small, capitalised, and
    /// large.
    #[must_use]
    pub fn of_name(&self) -> Vec<String> {
        let small = self.0.to_lowercase();
        let mut ways = vec![small.clone(), capitalized(&small), small.to_uppercase()];
        ways.iter_mut().for_each(|way| *way = way.to_ascii_lowercase().nfc().collect());
        ways.dedup();
        ways
    }
}

fn capitalized(small: &str) -> String {
    let mut rest = small.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest.as_str().chars()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_typed() {
        let stored = |name: &str| name.to_ascii_lowercase();
        for typed in ["ödön", "Ödön", "ÖDÖN"] {
            let ways = SearchPrefix::parse(typed).unwrap().of_name();
            for name in ["ödön", "Ödön", "ÖDÖN", "Ödönke"] {
                assert!(ways.iter().any(|way| stored(name).starts_with(way)), "{typed} {name}");
            }
        }
    }

    #[test]
    fn an_address_is_searched_in_small_letters() {
        assert_eq!(SearchPrefix::parse(" Ada.King@Ex").unwrap().of_address(), "ada.king@ex");
    }

    #[test]
    fn one_way_does_for_plain_letters() {
        assert_eq!(SearchPrefix::parse(" Ada ").unwrap().of_name(), ["ada"]);
    }

    #[test]
    fn a_filter_for_closed_accounts_shows_them() {
        assert!(!UserFilter::default().shows_deleted());
        assert!(UserFilter { status: Some(StatusFilter::Deleted), ..UserFilter::default() }.shows_deleted());
    }

    #[test]
    fn nothing_is_no_beginning() {
        assert!(SearchPrefix::parse("  ").is_err());
        assert!(SearchPrefix::parse("a\0").is_err());
        assert!(SearchPrefix::parse(&"a".repeat(255)).is_err());
    }
}
