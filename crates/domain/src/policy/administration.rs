//! Administration: what even an administrator may not do.

use std::collections::BTreeSet;

use crate::user::InvalidTransition;
use crate::{RoleName, User, UserId};

/// An act that would break the service, or give somebody more than others gave them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Inadmissible {
    /// Nobody switches their own account off.
    #[error("nobody changes the status of their own account")]
    OwnStatus,
    /// Nobody raises their own role, nor gives one up: somebody else decides.
    #[error("nobody changes their own roles")]
    OwnRoles,
    /// Without an administrator nobody could make another.
    #[error("the last active administrator stays")]
    LastAdmin,
    /// One's own data are open to oneself.
    #[error("nobody takes emergency access to themselves")]
    OwnEmergency,
    /// Each change of an account would be recorded for yet another endpoint.
    #[error("there are as many endpoints of webhooks as there may be")]
    TooManyWebhooks,
    /// The account is in a state from which it cannot be done.
    #[error(transparent)]
    Transition(#[from] InvalidTransition),
}

/// What a change of roles comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChange {
    /// The roles that the user gets.
    pub added: Vec<RoleName>,
    /// The roles that the user loses.
    pub removed: Vec<RoleName>,
}

impl RoleChange {
    /// From what a user has to what they shall have.
    #[must_use]
    pub fn between(present: &BTreeSet<RoleName>, wanted: &BTreeSet<RoleName>) -> Self {
        Self {
            added: wanted.difference(present).cloned().collect(),
            removed: present.difference(wanted).cloned().collect(),
        }
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// What is known of the administrators while nobody else can change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Administrators {
    /// Whether the user in question is one.
    pub include_user: bool,
    /// Whether somebody else who is active is one.
    pub include_others: bool,
}

impl Administrators {
    /// Whether `user` may stop to be an administrator who can act.
    ///
    /// # Errors
    ///
    /// [`Inadmissible::LastAdmin`] when nobody else could act.
    pub fn can_spare(self, user: &User) -> Result<(), Inadmissible> {
        let acts = self.include_user && user.is_active();
        if acts && !self.include_others { Err(Inadmissible::LastAdmin) } else { Ok(()) }
    }
}

/// Whether `actor` may change the status of `user`.
///
/// # Errors
///
/// [`Inadmissible::OwnStatus`] when they are the same.
pub fn may_set_status(actor: UserId, user: UserId) -> Result<(), Inadmissible> {
    if actor == user { Err(Inadmissible::OwnStatus) } else { Ok(()) }
}

/// Whether `actor` may change the roles of `user`.
///
/// # Errors
///
/// [`Inadmissible::OwnRoles`] when they are the same.
pub fn may_set_roles(actor: UserId, user: UserId) -> Result<(), Inadmissible> {
    if actor == user { Err(Inadmissible::OwnRoles) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    use crate::{Timestamp, fixtures};

    fn active() -> User {
        fixtures::user().build()
    }

    fn roles(names: &[&str]) -> BTreeSet<RoleName> {
        names.iter().map(|name| RoleName::parse(name).unwrap()).collect()
    }

    #[test]
    fn a_change_is_what_is_added_and_what_is_removed() {
        let change = RoleChange::between(&roles(&["admin", "patient"]), &roles(&["clinician", "patient"]));
        assert_eq!(change.added, [RoleName::parse("clinician").unwrap()]);
        assert_eq!(change.removed, [RoleName::admin()]);
        let changes =
            |present: &[&str], wanted: &[&str]| !RoleChange::between(&roles(present), &roles(wanted)).is_empty();
        assert!(!changes(&["patient"], &["patient"]));
        assert!(changes(&["patient"], &["patient", "admin"]) && changes(&["patient", "admin"], &["patient"]));
    }

    #[rstest]
    #[case(true, false, false)]
    #[case(true, true, true)]
    #[case(false, false, true)]
    fn the_last_active_administrator_stays(#[case] user: bool, #[case] others: bool, #[case] spared: bool) {
        let administrators = Administrators { include_user: user, include_others: others };
        assert_eq!(administrators.can_spare(&active()).is_ok(), spared);
    }

    #[test]
    fn an_administrator_who_cannot_act_is_spared() {
        let administrators = Administrators { include_user: true, include_others: false };
        let inactive = active().deactivate(Timestamp::EPOCH).unwrap();
        assert!(administrators.can_spare(&inactive).is_ok());
    }

    #[test]
    fn nobody_decides_about_themselves() {
        let (me, other) = (UserId::from(uuid::Uuid::nil()), UserId::from(uuid::Uuid::max()));
        assert_eq!(may_set_status(me, me), Err(Inadmissible::OwnStatus));
        assert_eq!(may_set_roles(me, me), Err(Inadmissible::OwnRoles));
        assert!(may_set_status(me, other).is_ok() && may_set_roles(me, other).is_ok());
    }
}
