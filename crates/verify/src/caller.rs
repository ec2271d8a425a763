//! Who calls, and what they may do.

use std::collections::BTreeMap;

use voxgate_domain::ports::TokenClaims;
use voxgate_domain::role::seed_roles;
use voxgate_domain::{Permission, PermissionSet, Role, RoleName, ServiceAccountId, SessionId, UserId};

/// Which permissions each role gives.
///
/// A token of a user names roles, not permissions. The default is what every Voxgate begins with
/// ([`seed_roles`]); a service that has its own roles, or where an installation's were changed, gives its own table. A
/// role that is not in the table gives nothing.
#[derive(Clone, Debug)]
pub struct RoleTable(BTreeMap<RoleName, PermissionSet>);

impl Default for RoleTable {
    fn default() -> Self {
        Self::new(seed_roles())
    }
}

impl RoleTable {
    /// The table of these roles.
    #[must_use]
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Self {
        Self(roles.into_iter().map(|role| (role.name, role.permissions)).collect())
    }

    /// Everything that any of `roles` allows.
    #[must_use]
    pub fn permissions_of(&self, roles: &[RoleName]) -> PermissionSet {
        roles.iter().filter_map(|role| self.0.get(role)).flat_map(PermissionSet::iter).collect()
    }

    /// Who bears `token`.
    #[must_use]
    pub fn caller(&self, token: TokenClaims) -> Caller {
        let permissions = match &token {
            TokenClaims::User(claims) => self.permissions_of(&claims.roles),
            TokenClaims::Service(claims) => claims.scope.clone(),
        };
        Caller { token, permissions }
    }
}

/// Whoever bears a valid token: a person or a service.
///
/// With the feature `actix` or `axum` it is an extractor: a handler that takes it is called for nobody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    token: TokenClaims,
    permissions: PermissionSet,
}

impl Caller {
    /// What the token says.
    #[must_use]
    pub const fn token(&self) -> &TokenClaims {
        &self.token
    }

    /// Which person it is; `None` when it is a service.
    #[must_use]
    pub const fn user_id(&self) -> Option<UserId> {
        match &self.token {
            TokenClaims::User(claims) => Some(claims.subject),
            TokenClaims::Service(_) => None,
        }
    }

    /// In which session; `None` when it is a service.
    #[must_use]
    pub const fn session_id(&self) -> Option<SessionId> {
        match &self.token {
            TokenClaims::User(claims) => Some(claims.session),
            TokenClaims::Service(_) => None,
        }
    }

    /// Which service account it is; `None` when it is a person.
    #[must_use]
    pub const fn client_id(&self) -> Option<ServiceAccountId> {
        match &self.token {
            TokenClaims::Service(claims) => Some(claims.account),
            TokenClaims::User(_) => None,
        }
    }

    /// The roles that the token names; none for a service.
    #[must_use]
    pub fn roles(&self) -> &[RoleName] {
        match &self.token {
            TokenClaims::User(claims) => &claims.roles,
            TokenClaims::Service(_) => &[],
        }
    }

    /// Whether it is a person with that role.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles().iter().any(|one| one.as_str() == role)
    }

    /// Everything the caller may do: by the roles of a person, by the scope of a service.
    #[must_use]
    pub const fn permissions(&self) -> &PermissionSet {
        &self.permissions
    }

    /// Whether the caller has that permission.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        self.permissions.allows(permission)
    }
}
