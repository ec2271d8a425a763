//! Where in its life an account is.

use std::fmt;

use crate::Timestamp;
use crate::session::named;

/// The state of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStatus {
    /// Registered or invited; the address is not proven yet.
    Pending,
    /// In use.
    Active,
    /// Switched off by an administrator; can be switched on again.
    Inactive,
    /// Closed by its owner; kept until retention purges it.
    Deleted {
        /// When it was closed.
        at: Timestamp,
    },
}

impl UserStatus {
    /// The name on the wire and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// When the account was closed, if it was.
    #[must_use]
    pub const fn deleted_at(self) -> Option<Timestamp> {
        match self {
            Self::Deleted { at } => Some(at),
            Self::Pending | Self::Active | Self::Inactive => None,
        }
    }

    /// The status that a store kept as a name and a time, or `None` when the two make none.
    #[must_use]
    pub fn from_stored(name: &str, deleted_at: Option<Timestamp>) -> Option<Self> {
        match (name, deleted_at) {
            ("pending", None) => Some(Self::Pending),
            ("active", None) => Some(Self::Active),
            ("inactive", None) => Some(Self::Inactive),
            ("deleted", Some(at)) => Some(Self::Deleted { at }),
            _ => None,
        }
    }

    pub(crate) const fn cannot(self, act: &'static str) -> InvalidTransition {
        InvalidTransition { status: self, act }
    }
}

impl fmt::Display for UserStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

named! {
    /// What an administrator makes of an account.
    pub enum AccountSwitch {
        /// On.
        Active = "active",
        /// Off.
        Inactive = "inactive",
    }
}

/// The account is in a state from which the act is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account that is {status} cannot {act}")]
pub struct InvalidTransition {
    status: UserStatus,
    act: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_status_comes_back_and_an_impossible_one_does_not() {
        let at = Timestamp::EPOCH;
        for status in [UserStatus::Pending, UserStatus::Active, UserStatus::Inactive, UserStatus::Deleted { at }] {
            assert_eq!(UserStatus::from_stored(status.as_str(), status.deleted_at()), Some(status));
        }
        assert_eq!(UserStatus::from_stored("deleted", None), None);
        assert_eq!(UserStatus::from_stored("active", Some(at)), None);
    }

    #[test]
    fn what_an_account_cannot_is_said() {
        let refused = UserStatus::Pending.cannot("be switched off");
        assert_eq!(refused.to_string(), "an account that is pending cannot be switched off");
    }
}
