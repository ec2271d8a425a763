//! Roles and permissions: who may do what.

use std::collections::BTreeSet;
use std::fmt;

use crate::session::named;

named! {
    /// Something a caller may be allowed to do. The set is closed: code checks permissions, data gives them to roles.
    pub enum Permission {
        /// See any user.
        UsersRead = "users:read",
        /// Invite, switch off, unlock and log out any user.
        UsersWrite = "users:write",
        /// See the roles there are.
        RolesRead = "roles:read",
        /// Give and take roles.
        RolesAssign = "roles:assign",
        /// Read the audit trail.
        AuditRead = "audit:read",
        /// See the state of the service.
        OpsRead = "ops:read",
        /// Take emergency access to one person's data (45 CFR 164.312(a)(2)(ii)).
        EmergencyAccess = "emergency:access",
        /// Learn which sessions were ended, before their access tokens expire.
        RevocationsRead = "revocations:read",
        /// Make, rotate and switch off service accounts.
        ServiceAccountsManage = "service_accounts:manage",
        /// Say which services are told of what happens to accounts.
        WebhooksManage = "webhooks:manage",
    }
}

/// A set of permissions.
///
/// # Examples
///
/// ```
/// use voxgate_domain::{Permission, PermissionSet};
///
/// let names = ["users:read", "audit:read"];
/// let permissions: PermissionSet = names.into_iter().filter_map(Permission::parse).collect();
/// assert!(permissions.allows(Permission::AuditRead));
/// assert!(!permissions.allows(Permission::UsersWrite));
/// assert_eq!(permissions.iter().map(Permission::as_str).collect::<Vec<_>>(), names);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(BTreeSet<Permission>);

impl PermissionSet {
    /// Whether `permission` is among them.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }

    /// The permissions, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

/// The name of a role: 1 to 32 characters of `[a-z0-9_]`, the first a letter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct RoleName(String);

/// The text is no name of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a role's name: lower-case letters, digits and underscores")]
pub struct InvalidRoleName;

impl RoleName {
    /// The role of every new user.
    #[must_use]
    pub fn patient() -> Self {
        Self("patient".to_owned())
    }

    /// The role that administers the service.
    #[must_use]
    pub fn admin() -> Self {
        Self("admin".to_owned())
    }

    /// Parses `text`.
    ///
    /// # Errors
    ///
    /// [`InvalidRoleName`] when it has other characters or is too long.
    pub fn parse(text: &str) -> Result<Self, InvalidRoleName> {
        let sane = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        if sane && starts_well && text.len() <= 32 { Ok(Self(text.to_owned())) } else { Err(InvalidRoleName) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A named set of permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: RoleName,
    /// What it is for, in a sentence.
    pub description: String,
    /// What it allows.
    pub permissions: PermissionSet,
}

/// The roles that every installation begins with, least privilege first (45 CFR 164.308(a)(4)).
#[must_use]
pub fn seed_roles() -> Vec<Role> {
    use Permission::{
        AuditRead, EmergencyAccess, OpsRead, RevocationsRead, RolesAssign, RolesRead, ServiceAccountsManage, UsersRead,
        UsersWrite, WebhooksManage,
    };
    let role = |name: &str, description: &str, permissions: &[Permission]| Role {
        name: RoleName(name.to_owned()),
        description: description.to_owned(),
        permissions: permissions.iter().copied().collect(),
    };
    vec![
        role("patient", "Uses their own account; every new user has it", &[]),
        role("clinician", "Cares for patients", &[UsersRead, EmergencyAccess]),
        role("researcher", "Studies recordings without seeing accounts", &[]),
        role(
            "admin",
            "Runs the service",
            &[
                UsersRead,
                UsersWrite,
                RolesRead,
                RolesAssign,
                AuditRead,
                OpsRead,
                EmergencyAccess,
                RevocationsRead,
                ServiceAccountsManage,
                WebhooksManage,
            ],
        ),
        role("auditor", "Reviews the audit trail", &[RolesRead, AuditRead, OpsRead]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_comes_back_by_its_name() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(*permission));
        }
        assert_eq!(Permission::parse("users:everything"), None);
    }

    #[test]
    fn a_new_user_is_allowed_nothing_beyond_their_own_account() {
        let roles = seed_roles();
        let patient = roles.iter().find(|role| role.name == RoleName::patient()).unwrap();
        assert_eq!(patient.permissions.iter().count(), 0);
    }

    #[test]
    fn the_admin_may_do_everything_there_is() {
        let roles = seed_roles();
        let admin = roles.iter().find(|role| role.name == RoleName::admin()).unwrap();
        assert!(Permission::ALL.iter().all(|permission| admin.permissions.allows(*permission)));
    }

    #[test]
    fn a_role_name_is_plain() {
        assert!(RoleName::parse("night_nurse2").is_ok());
        for bad in ["", "Admin", "2nd", "a b", "a-b", &"a".repeat(33)] {
            assert!(RoleName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
