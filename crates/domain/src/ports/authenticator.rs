//! The read that every authenticated request makes.

use async_trait::async_trait;

use super::StoreError;
use crate::role::{Permission, Role};
use crate::{RoleName, Session, SessionId, User};

/// Finds who stands behind a session, in one round trip, so that a logout, a deactivation or a change of roles counts
/// on the next request on every replica.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The session, its user and the user's roles as they are now, whatever state they are in.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the store does not answer.
    async fn authenticate(&self, session: SessionId) -> Result<Option<Principal>, StoreError>;
}

/// Somebody who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub user: User,
    /// In which session.
    pub session: Session,
    /// With which roles.
    pub roles: Vec<Role>,
}

impl Principal {
    /// Whether one of the roles allows it.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| role.permissions.allows(permission))
    }

    /// The names of the roles.
    #[must_use]
    pub fn role_names(&self) -> Vec<RoleName> {
        self.roles.iter().map(|role| role.name.clone()).collect()
    }
}
