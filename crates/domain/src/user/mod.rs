//! Users and their lifecycle: pending → active ⇄ inactive → deleted.

mod filter;
mod lifecycle;
mod preferences;
mod profile;

pub use filter::{SearchPrefix, StatusFilter, UserFilter};
pub use lifecycle::{AccountSwitch, InvalidTransition, UserStatus};
pub use preferences::NotificationPreferences;
pub use profile::{Profile, ProfileField};

use crate::{EmailAddress, PasswordHash, Timestamp, UserId};

/// Somebody who has, or is about to have, an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who it is: the subject of tokens and of audit events.
    pub id: UserId,
    /// Where mail goes, and the name at login.
    pub email: EmailAddress,
    /// When the address was proven to be the user's, if it was.
    pub email_verified_at: Option<Timestamp>,
    /// Where in its life the account is.
    pub status: UserStatus,
    /// What the person says of themselves.
    pub profile: Profile,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When anything of it changed last.
    pub updated_at: Timestamp,
    /// When its owner logged in last.
    pub last_login_at: Option<Timestamp>,
    /// Whether logging in takes a second factor. The store keeps it together with the factor; saving a user leaves it
    /// alone.
    pub mfa_enabled: bool,
    /// Counts the changes; a store refuses to save over a newer one.
    pub version: i64,
}

/// A user beside the hash of their password, for the few use cases that compare one.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user.
    pub user: User,
    /// The hash of the password; none before an invited person sets one.
    pub password: Option<PasswordHash>,
}

impl User {
    /// A new user who still has to prove the address.
    #[must_use]
    pub fn register(id: UserId, email: EmailAddress, profile: Profile, now: Timestamp) -> Self {
        Self {
            id,
            email,
            email_verified_at: None,
            status: UserStatus::Pending,
            profile,
            created_at: now,
            updated_at: now,
            last_login_at: None,
            mfa_enabled: false,
            version: 0,
        }
    }

    /// The address was proven: a pending account becomes active; an inactive one stays so.
    ///
    /// # Errors
    ///
    /// [`InvalidTransition`] when the account is deleted.
    pub fn verify_email(self, now: Timestamp) -> Result<Self, InvalidTransition> {
        let status = match self.status {
            UserStatus::Pending => UserStatus::Active,
            UserStatus::Active => UserStatus::Active,
            UserStatus::Inactive => UserStatus::Inactive,
            UserStatus::Deleted { .. } => return Err(self.status.cannot("verify its address")),
        };
        Ok(Self { email_verified_at: self.email_verified_at.or(Some(now)), status, updated_at: now, ..self })
    }

    /// The proven new address takes the place of the old one.
    ///
    /// # Errors
    ///
    /// [`InvalidTransition`] unless the account is active.
    pub fn change_email(self, email: EmailAddress, now: Timestamp) -> Result<Self, InvalidTransition> {
        match self.status {
            UserStatus::Active => Ok(Self { email, email_verified_at: Some(now), updated_at: now, ..self }),
            _ => Err(self.status.cannot("change its address")),
        }
    }

    /// An administrator switches the account off; one that is off stays off.
    ///
    /// # Errors
    ///
    /// [`InvalidTransition`] when the account is pending or deleted.
    pub fn deactivate(self, now: Timestamp) -> Result<Self, InvalidTransition> {
        match self.status {
            UserStatus::Active => Ok(Self { status: UserStatus::Inactive, updated_at: now, ..self }),
            UserStatus::Inactive => Ok(self),
            UserStatus::Pending | UserStatus::Deleted { .. } => Err(self.status.cannot("be deactivated")),
        }
    }

    /// An administrator switches the account on again; one that is on stays on.
    ///
    /// # Errors
    ///
    /// [`InvalidTransition`] when the account is pending, since nobody but its owner proves the address, or deleted.
    pub fn activate(self, now: Timestamp) -> Result<Self, InvalidTransition> {
        match self.status {
            UserStatus::Inactive => Ok(Self { status: UserStatus::Active, updated_at: now, ..self }),
            UserStatus::Active => Ok(self),
            UserStatus::Pending | UserStatus::Deleted { .. } => Err(self.status.cannot("be activated")),
        }
    }

    /// The account is closed softly: nobody can log in, and its address is free for a new one.
    ///
    /// # Errors
    ///
    /// [`InvalidTransition`] when it is deleted already.
    pub fn delete(self, now: Timestamp) -> Result<Self, InvalidTransition> {
        match self.status {
            UserStatus::Deleted { .. } => Err(self.status.cannot("be deleted")),
            _ => Ok(Self { status: UserStatus::Deleted { at: now }, updated_at: now, ..self }),
        }
    }

    /// Refuses `act` when the account is closed.
    ///
    /// # Errors
    ///
    /// [`InvalidTransition`] when it is.
    pub fn check_not_deleted(&self, act: &'static str) -> Result<(), InvalidTransition> {
        match self.status {
            UserStatus::Deleted { .. } => Err(self.status.cannot(act)),
            UserStatus::Pending | UserStatus::Active | UserStatus::Inactive => Ok(()),
        }
    }

    /// The profile is replaced.
    #[must_use]
    pub fn with_profile(self, profile: Profile, now: Timestamp) -> Self {
        Self { profile, updated_at: now, ..self }
    }

    /// The owner logged in.
    #[must_use]
    pub fn logged_in(self, now: Timestamp) -> Self {
        Self { last_login_at: Some(now), ..self }
    }

    /// Whether the user may log in and use sessions.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == UserStatus::Active
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn pending() -> User {
        let email = EmailAddress::parse("ada@example.org").unwrap();
        User::register(UserId::from(uuid::Uuid::nil()), email, Profile::default(), Timestamp::EPOCH)
    }

    #[test]
    fn a_proven_address_activates_a_pending_account() {
        let later = Timestamp::EPOCH.plus(Duration::from_secs(60));
        let user = pending().verify_email(later).unwrap();
        assert!(user.is_active());
        assert_eq!((user.email_verified_at, user.updated_at), (Some(later), later));
    }

    #[test]
    fn proving_the_address_does_not_bring_back_a_deactivated_account() {
        let user = User { status: UserStatus::Inactive, ..pending() };
        assert_eq!(user.verify_email(Timestamp::EPOCH).unwrap().status, UserStatus::Inactive);
    }

    #[test]
    fn a_deleted_account_makes_no_further_move() {
        let deleted = pending().delete(Timestamp::EPOCH).unwrap();
        assert!(!deleted.is_active());
        assert!(deleted.clone().verify_email(Timestamp::EPOCH).is_err());
        assert!(deleted.clone().change_email(pending().email, Timestamp::EPOCH).is_err());
        assert!(deleted.clone().activate(Timestamp::EPOCH).is_err());
        assert!(deleted.clone().deactivate(Timestamp::EPOCH).is_err());
        assert!(pending().check_not_deleted("be read").is_ok());
        assert!(deleted.check_not_deleted("be read").is_err());
        assert!(deleted.delete(Timestamp::EPOCH).is_err());
    }

    #[test]
    fn an_account_is_switched_off_and_on() {
        let later = Timestamp::EPOCH.plus(Duration::from_secs(60));
        let active = pending().verify_email(Timestamp::EPOCH).unwrap();
        let off = active.clone().deactivate(later).unwrap();
        assert_eq!((off.status, off.updated_at), (UserStatus::Inactive, later));
        assert_eq!(off.clone().deactivate(Timestamp::EPOCH).unwrap(), off);
        let evening = later.plus(Duration::from_secs(60));
        let on = off.activate(evening).unwrap();
        assert_eq!((on.status, on.updated_at), (UserStatus::Active, evening));
        assert_eq!(active.clone().activate(later).unwrap(), active);
    }

    #[test]
    fn a_change_is_dated_and_a_login_is_no_change() {
        let later = Timestamp::EPOCH.plus(Duration::from_secs(60));
        let closed = pending().delete(later).unwrap();
        assert_eq!((closed.status, closed.updated_at), (UserStatus::Deleted { at: later }, later));
        let profile = Profile { first_name: crate::DisplayName::parse("Ada").ok(), ..Profile::default() };
        let renamed = pending().with_profile(profile.clone(), later);
        assert_eq!((renamed.profile, renamed.updated_at), (profile, later));
        let came = pending().logged_in(later);
        assert_eq!((came.last_login_at, came.updated_at), (Some(later), Timestamp::EPOCH));
    }

    #[test]
    fn nobody_but_its_owner_activates_a_pending_account() {
        assert!(pending().activate(Timestamp::EPOCH).is_err());
        assert!(pending().deactivate(Timestamp::EPOCH).is_err());
    }

    #[test]
    fn only_an_active_account_changes_its_address() {
        let new = EmailAddress::parse("lovelace@example.org").unwrap();
        assert!(pending().change_email(new.clone(), Timestamp::EPOCH).is_err());
        let active = pending().verify_email(Timestamp::EPOCH).unwrap();
        let later = Timestamp::EPOCH.plus(Duration::from_secs(60));
        let changed = active.change_email(new.clone(), later).unwrap();
        assert_eq!((changed.email, changed.email_verified_at, changed.updated_at), (new, Some(later), later));
    }
}
