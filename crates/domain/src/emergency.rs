//! Emergency access, "break-glass" (45 CFR 164.312(a)(2)(ii)): somebody who may takes access to one person's data for a
//! short time, says why, and everybody concerned is told.

use crate::ids::EmergencyAccessId;
use crate::role::Permission;
use crate::{Reason, Timestamp, UserId};

/// An emergency access: open until it expires or is closed. Nobody has to end it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyAccess {
    /// Which one it is; every use of it is audited under this id.
    pub id: EmergencyAccessId,
    /// Who took it.
    pub holder: UserId,
    /// Whose data it opens, and nobody else's.
    pub subject: UserId,
    /// Why, in the holder's words.
    pub reason: Reason,
    /// Since when it is open.
    pub granted_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When the holder closed it, if they did.
    pub closed_at: Option<Timestamp>,
}

impl EmergencyAccess {
    /// What it allows on its subject: to see, never to change. The clause is about obtaining information.
    pub const PERMISSIONS: &'static [Permission] = &[Permission::UsersRead, Permission::AuditRead];

    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.closed_at.is_none() && self.granted_at <= now && now < self.expires_at
    }

    /// Whether it gives `permission` on its subject.
    #[must_use]
    pub fn allows(&self, permission: Permission) -> bool {
        Self::PERMISSIONS.contains(&permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH.plus(std::time::Duration::from_secs(seconds))
    }

    fn access() -> EmergencyAccess {
        let [holder, subject] = [1, 2].map(|n| UserId::from(uuid::Uuid::from_u128(n)));
        let access = crate::fixtures::emergency_access(holder, subject);
        EmergencyAccess { granted_at: at(100), expires_at: at(200), ..access }
    }

    #[test]
    fn an_access_is_open_from_its_grant_until_it_expires_or_is_closed() {
        assert!([100, 199].into_iter().all(|seconds| access().is_open(at(seconds))));
        assert!(![99, 200].into_iter().any(|seconds| access().is_open(at(seconds))));
        assert!(!EmergencyAccess { closed_at: Some(at(150)), ..access() }.is_open(at(160)));
    }

    #[test]
    fn it_lets_see_and_never_change() {
        assert!(access().allows(Permission::UsersRead) && access().allows(Permission::AuditRead));
        for change in [Permission::UsersWrite, Permission::RolesAssign, Permission::EmergencyAccess] {
            assert!(!access().allows(change));
        }
    }
}
