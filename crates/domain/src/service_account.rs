//! Service accounts: machine callers that prove themselves with a client id and a secret (RFC 6749, section 4.4).

use std::time::Duration;

use subtle::ConstantTimeEq as _;

use crate::ids::ServiceAccountId;
use crate::role::PermissionSet;
use crate::time::days;
use crate::{Permission, SecretToken, ServiceName, Timestamp, TokenHash};

/// A machine caller. It has no password, no session and no role: a secret, and permissions of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Which one it is: its client id, and the subject of its tokens (RFC 9068, section 2.2).
    pub id: ServiceAccountId,
    /// What operators call it; no two that are on have the same name.
    pub name: ServiceName,
    /// What it may do.
    pub permissions: PermissionSet,
    /// The hash of its secret. The secret itself is shown once and not kept.
    pub secret: TokenHash,
    /// The secret before that, while it still works.
    pub previous: Option<PreviousSecret>,
    /// Since when there is one.
    pub created_at: Timestamp,
    /// When it was switched off, which is for good.
    pub disabled_at: Option<Timestamp>,
}

/// A secret that was rotated away and still works for a while, so that no instance of the service has to change at the
/// same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreviousSecret {
    /// Its hash.
    pub hash: TokenHash,
    /// Until when it works.
    pub until: Timestamp,
}

/// Why a service account cannot be as it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceAccountError {
    /// It would have no permission at all.
    #[error("must have a permission")]
    NoPermission,
    /// A person has to answer for what this permission allows.
    #[error("{} is not for services", .0.as_str())]
    NotForServices(Permission),
    /// Its last secret was to work on for too long.
    #[error("at most {} days", ServiceAccount::MAX_OVERLAP.as_secs() / 86_400)]
    OverlapTooLong,
    /// It was switched off.
    #[error("the service account is disabled")]
    Disabled,
}

impl ServiceAccount {
    /// What services may be allowed: to look. What changes an account is left to people, who answer for it.
    pub const PERMISSIONS: &'static [Permission] =
        &[Permission::RevocationsRead, Permission::AuditRead, Permission::OpsRead];
    /// The longest time that the last secret works beside a new one.
    pub const MAX_OVERLAP: Duration = days(30);
    /// The start of every secret, so that scanners find one that was published by mistake.
    pub const SECRET_PREFIX: &'static str = "vgs_";

    /// A new one.
    ///
    /// # Errors
    ///
    /// [`ServiceAccountError::NoPermission`] and [`ServiceAccountError::NotForServices`].
    pub fn create(
        id: ServiceAccountId,
        name: ServiceName,
        permissions: PermissionSet,
        secret: TokenHash,
        now: Timestamp,
    ) -> Result<Self, ServiceAccountError> {
        if permissions.iter().next().is_none() {
            return Err(ServiceAccountError::NoPermission);
        }
        if let Some(other) = permissions.iter().find(|permission| !Self::PERMISSIONS.contains(permission)) {
            return Err(ServiceAccountError::NotForServices(other));
        }
        Ok(Self { id, name, permissions, secret, previous: None, created_at: now, disabled_at: None })
    }

    /// A new secret: 256 random bits behind [`SECRET_PREFIX`](Self::SECRET_PREFIX).
    #[must_use]
    pub fn generate_secret(entropy: &dyn crate::ports::Entropy) -> SecretToken {
        SecretToken::generate_prefixed(Self::SECRET_PREFIX, entropy)
    }

    /// It gets another secret; the present one works on for `overlap`.
    ///
    /// # Errors
    ///
    /// [`ServiceAccountError::OverlapTooLong`] past [`MAX_OVERLAP`](Self::MAX_OVERLAP); [`ServiceAccountError::Disabled`].
    pub fn rotate(self, secret: TokenHash, overlap: Duration, now: Timestamp) -> Result<Self, ServiceAccountError> {
        self.check_enabled()?;
        if overlap > Self::MAX_OVERLAP {
            return Err(ServiceAccountError::OverlapTooLong);
        }
        let previous = PreviousSecret { hash: self.secret, until: now.plus(overlap) };
        Ok(Self { secret, previous: Some(previous).filter(|_| !overlap.is_zero()), ..self })
    }

    /// It is switched off, for good.
    ///
    /// # Errors
    ///
    /// [`ServiceAccountError::Disabled`] when it is already.
    pub fn disable(self, now: Timestamp) -> Result<Self, ServiceAccountError> {
        self.check_enabled()?;
        Ok(Self { disabled_at: Some(now.max(self.created_at)), previous: None, ..self })
    }

    /// Whether the secret of this hash is one of its own and works `now`. It takes the same time whatever they have in
    /// common.
    #[must_use]
    pub fn accepts(&self, secret: &TokenHash, now: Timestamp) -> bool {
        let is = |own: &TokenHash| bool::from(own.as_bytes().ct_eq(secret.as_bytes()));
        let current = is(&self.secret);
        let previous = self.previous.is_some_and(|previous| is(&previous.hash) && now < previous.until);
        self.disabled_at.is_none() && (current || previous)
    }

    /// Those of `wanted` that it has now; all that it has when nothing is said (RFC 6749, section 3.3).
    #[must_use]
    pub fn grant(&self, wanted: Option<&PermissionSet>) -> PermissionSet {
        let wanted = |permission: &Permission| wanted.is_none_or(|wanted| wanted.allows(*permission));
        self.permissions.iter().filter(wanted).collect()
    }

    fn check_enabled(&self) -> Result<(), ServiceAccountError> {
        if self.disabled_at.is_some() { Err(ServiceAccountError::Disabled) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(seconds))
    }

    fn hash(byte: u8) -> TokenHash {
        TokenHash::from_bytes([byte; 32])
    }

    fn with(permissions: &[Permission]) -> Result<ServiceAccount, ServiceAccountError> {
        let id = ServiceAccountId::from(uuid::Uuid::nil());
        let name = ServiceName::parse("recordings").unwrap();
        ServiceAccount::create(id, name, permissions.iter().copied().collect(), hash(1), at(100))
    }

    fn account() -> ServiceAccount {
        with(ServiceAccount::PERMISSIONS).unwrap()
    }

    #[test]
    fn a_service_may_look_and_never_change() {
        assert_eq!(with(&[]), Err(ServiceAccountError::NoPermission));
        for permission in Permission::ALL.iter().filter(|one| !ServiceAccount::PERMISSIONS.contains(one)) {
            assert_eq!(with(&[*permission]), Err(ServiceAccountError::NotForServices(*permission)));
        }
    }

    #[test]
    fn the_last_secret_works_on_for_the_overlap_and_no_older_one() {
        let rotated = account().rotate(hash(2), Duration::from_secs(60), at(200)).unwrap();
        assert!(rotated.accepts(&hash(2), at(200)) && rotated.accepts(&hash(1), at(259)));
        assert!(!rotated.accepts(&hash(1), at(260)) && !rotated.accepts(&hash(3), at(200)));
        let again = rotated.rotate(hash(3), Duration::from_secs(60), at(210)).unwrap();
        assert!(!again.accepts(&hash(1), at(211)) && again.accepts(&hash(2), at(211)));
    }

    #[test]
    fn without_overlap_the_last_secret_ends_at_once_and_a_long_one_is_refused() {
        let rotated = account().rotate(hash(2), Duration::ZERO, at(200)).unwrap();
        assert!(rotated.previous.is_none() && !rotated.accepts(&hash(1), at(200)));
        let longest = account().rotate(hash(2), ServiceAccount::MAX_OVERLAP, at(200)).unwrap();
        assert!(longest.accepts(&hash(1), at(200)));
        let long = ServiceAccount::MAX_OVERLAP + Duration::from_secs(1);
        assert_eq!(account().rotate(hash(2), long, at(200)), Err(ServiceAccountError::OverlapTooLong));
    }

    #[test]
    fn what_is_switched_off_stays_off() {
        let rotated = account().rotate(hash(2), Duration::from_secs(60), at(150)).unwrap();
        let off = rotated.disable(at(200)).unwrap();
        assert!(![1, 2].iter().any(|secret| off.accepts(&hash(*secret), at(201))));
        assert!(off.previous.is_none(), "a secret that nobody needs is not kept");
        assert_eq!(off.clone().disable(at(202)), Err(ServiceAccountError::Disabled));
        assert_eq!(off.rotate(hash(2), Duration::ZERO, at(202)), Err(ServiceAccountError::Disabled));
    }

    #[test]
    fn a_scope_narrows_and_never_widens() {
        let account = with(&[Permission::AuditRead, Permission::OpsRead]).unwrap();
        let wanted = [Permission::AuditRead, Permission::RevocationsRead].into_iter().collect();
        assert_eq!(account.grant(Some(&wanted)), [Permission::AuditRead].into_iter().collect());
        assert_eq!(account.grant(None), account.permissions);
    }
}
