//! Access: who may do what needs a permission, and which roles need a second factor for it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::Networks;
use crate::audit::Refusal;
use crate::emergency::EmergencyAccess;
use crate::ports::Principal;
use crate::role::{Permission, PermissionSet, RoleName};
use crate::session::AuthMethods;

/// Who may do what needs a permission (45 CFR 164.312(a)(1)).
///
/// # Examples
///
/// With the fixtures:
///
#[cfg_attr(feature = "fixtures", doc = "```")]
#[cfg_attr(not(feature = "fixtures"), doc = "```text")]
/// use voxgate_domain::audit::Refusal;
/// use voxgate_domain::policy::AccessPolicy;
/// use voxgate_domain::{Permission, RoleName, fixtures};
///
/// let policy = AccessPolicy { second_factor_roles: [RoleName::admin()].into(), ..AccessPolicy::default() };
/// let address = fixtures::client().ip_address;
/// let ada = fixtures::user().admin();
/// let judged = |user: &fixtures::UserBuilder| policy.judge(&user.principal(), address, Permission::UsersWrite, None);
/// assert_eq!(judged(&ada), Err(Refusal::NoSecondFactor));
/// assert_eq!(judged(&ada.with_mfa()), Ok(()));
/// assert_eq!(judged(&fixtures::user().named("bob")), Err(Refusal::NotPermitted));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessPolicy {
    /// The roles whose holders need a second factor (45 CFR 164.312(d)).
    pub second_factor_roles: BTreeSet<RoleName>,
    /// The networks from which permissions can be used; from anywhere when there are none.
    pub networks: Networks,
}

impl AccessPolicy {
    /// Whether a machine that has `permissions` and calls from `address` may do what needs `permission`.
    ///
    /// # Errors
    ///
    /// The [`Refusal`], the permission first.
    pub fn judge_service(
        &self,
        permissions: &PermissionSet,
        address: IpAddr,
        permission: Permission,
    ) -> Result<(), Refusal> {
        self.judge_from(permissions.allows(permission), address)
    }

    fn judge_from(&self, allowed: bool, address: IpAddr) -> Result<(), Refusal> {
        if !allowed {
            return Err(Refusal::NotPermitted);
        }
        if self.networks.is_empty() || self.networks.contain(address) { Ok(()) } else { Err(Refusal::NotFromThere) }
    }

    /// Whether `principal`, who calls from `address`, may do what needs `permission`, by their roles or under the
    /// emergency access that they hold to whomever it is done to.
    ///
    /// # Errors
    ///
    /// The [`Refusal`]: the permission is looked at first, then the network, so that nobody sets up a factor in vain.
    pub fn judge(
        &self,
        principal: &Principal,
        address: IpAddr,
        permission: Permission,
        emergency: Option<&EmergencyAccess>,
    ) -> Result<(), Refusal> {
        let allowed = principal.may(permission) || emergency.is_some_and(|access| access.allows(permission));
        self.judge_from(allowed, address)?;
        let needed = principal.roles.iter().any(|role| self.second_factor_roles.contains(&role.name));
        if needed && !has_second_factor(principal) { Err(Refusal::NoSecondFactor) } else { Ok(()) }
    }
}

/// Whether the principal has a second factor and proved it in this session: one that began before the factor was turned
/// on, or goes on after it was turned off, does not count. The one place that knows what that is.
fn has_second_factor(principal: &Principal) -> bool {
    principal.user.mfa_enabled && principal.session.amr == AuthMethods::PasswordAndCode
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, UserBuilder};
    use crate::{User, UserId};

    /// Somebody with these roles who began their session with `amr`, and has a second factor if they used one.
    fn principal(roles: &[&str], amr: AuthMethods) -> Principal {
        let user = if amr == AuthMethods::PasswordAndCode { fixtures::user().with_mfa() } else { fixtures::user() };
        roles.iter().copied().fold(user, UserBuilder::with_role).principal()
    }

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn strict() -> AccessPolicy {
        AccessPolicy { second_factor_roles: [RoleName::admin()].into(), ..AccessPolicy::default() }
    }

    #[test]
    fn without_the_permission_nobody_may_whatever_their_factors() {
        for amr in AuthMethods::ALL {
            let patient = principal(&["patient", "auditor"], *amr);
            assert_eq!(strict().judge(&patient, HERE, Permission::UsersWrite, None), Err(Refusal::NotPermitted));
        }
    }

    #[test]
    fn a_machine_needs_the_permission_and_to_call_from_there() {
        let networks = "192.0.2.0/24".parse().unwrap();
        let policy = AccessPolicy { networks, ..strict() };
        let permissions = [Permission::AuditRead].into_iter().collect();
        let judged = |address: [u8; 4], permission| policy.judge_service(&permissions, address.into(), permission);
        assert_eq!(judged([192, 0, 2, 1], Permission::AuditRead), Ok(()));
        assert_eq!(judged([192, 0, 2, 1], Permission::OpsRead), Err(Refusal::NotPermitted));
        assert_eq!(judged([198, 51, 100, 1], Permission::AuditRead), Err(Refusal::NotFromThere));
    }

    #[test]
    fn a_role_that_needs_a_second_factor_is_refused_until_there_is_one() {
        let admin = |amr| principal(&["patient", "admin"], amr);
        let judged = |amr| strict().judge(&admin(amr), HERE, Permission::UsersRead, None);
        assert_eq!(judged(AuthMethods::Password), Err(Refusal::NoSecondFactor));
        assert_eq!(judged(AuthMethods::PasswordAndCode), Ok(()));
        assert_eq!(
            AccessPolicy::default().judge(&admin(AuthMethods::Password), HERE, Permission::UsersRead, None),
            Ok(())
        );
    }

    #[test]
    fn a_session_without_the_factor_or_a_factor_that_was_turned_off_does_not_count() {
        for (mfa_enabled, amr) in [(true, AuthMethods::Password), (false, AuthMethods::PasswordAndCode)] {
            let admin = principal(&["admin"], amr);
            let admin = Principal { user: User { mfa_enabled, ..admin.user.clone() }, ..admin };
            assert_eq!(strict().judge(&admin, HERE, Permission::UsersRead, None), Err(Refusal::NoSecondFactor));
        }
    }

    #[test]
    fn an_emergency_access_stands_in_for_the_permission_but_not_for_the_second_factor() {
        let [holder, subject] = [1, 2].map(|n| UserId::from(uuid::Uuid::from_u128(n)));
        let access = fixtures::emergency_access(holder, subject);
        let judge = |role, permission| {
            strict().judge(&principal(&[role], AuthMethods::Password), HERE, permission, Some(&access))
        };
        assert_eq!(judge("clinician", Permission::AuditRead), Ok(()));
        assert_eq!(judge("clinician", Permission::UsersWrite), Err(Refusal::NotPermitted));
        assert_eq!(judge("admin", Permission::AuditRead), Err(Refusal::NoSecondFactor));
    }

    #[test]
    fn a_permission_is_of_use_in_its_networks_alone() {
        let policy = AccessPolicy { networks: "10.0.0.0/8".parse().unwrap(), ..strict() };
        let judged = |roles: &[&str], address: &str| {
            let principal = principal(roles, AuthMethods::PasswordAndCode);
            policy.judge(&principal, address.parse().unwrap(), Permission::UsersRead, None)
        };
        assert_eq!(judged(&["admin"], "10.1.2.3"), Ok(()));
        assert_eq!(judged(&["admin"], "203.0.113.7"), Err(Refusal::NotFromThere));
        assert_eq!(judged(&["patient"], "203.0.113.7"), Err(Refusal::NotPermitted));
    }

    #[test]
    fn other_roles_need_none() {
        let clinician = principal(&["clinician"], AuthMethods::Password);
        assert_eq!(strict().judge(&clinician, HERE, Permission::UsersRead, None), Ok(()));
    }
}
