//! Counting requests.

use std::fmt;

use async_trait::async_trait;

use super::Cause;
use crate::policy::{Decision, Limit, LimitKind};
use crate::{AttemptKey, ServiceAccountId, Source, UserId};

/// Counts requests and says which are too many.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts one request under `key` when `limit` lets it pass, and says whether it does: in one step, so that of many
    /// at once no more pass than the quota.
    ///
    /// # Errors
    ///
    /// [`LimiterError`] when it cannot be known in time.
    async fn check(&self, key: &LimitKey, limit: Limit) -> Result<Decision, LimiterError>;

    /// Whether it could count now, without counting anything.
    ///
    /// # Errors
    ///
    /// [`LimiterError`] when it could not.
    async fn probe(&self) -> Result<(), LimiterError>;

    /// How it works at present.
    fn status(&self) -> LimiterStatus;
}

/// It could not be known whether a request is one too many.
#[derive(Debug, thiserror::Error)]
#[error("the rate limiter does not answer")]
pub struct LimiterError(#[source] pub Cause);

/// What requests are counted under. No e-mail address is in it: those are hashed, as failed logins are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LimitKey {
    /// Requests of a user.
    User(UserId),
    /// Requests from a source.
    Ip(Source),
    /// Logins from a source.
    LoginByIp(Source),
    /// Logins from a source to an account.
    LoginByAccount(Source, AttemptKey),
    /// Wishes to reset the password of an account.
    ResetByAccount(AttemptKey),
    /// Wishes to have an address verified.
    VerificationByAccount(AttemptKey),
    /// Registrations from a source.
    RegistrationByIp(Source),
    /// Requests of a service account.
    Service(ServiceAccountId),
}

impl LimitKey {
    /// What it is a key of.
    #[must_use]
    pub const fn kind(&self) -> LimitKind {
        match self {
            Self::User(_) => LimitKind::User,
            Self::Ip(_) => LimitKind::Ip,
            Self::LoginByIp(_) => LimitKind::LoginByIp,
            Self::LoginByAccount(..) => LimitKind::LoginByAccount,
            Self::ResetByAccount(_) => LimitKind::ResetByAccount,
            Self::VerificationByAccount(_) => LimitKind::VerificationByAccount,
            Self::RegistrationByIp(_) => LimitKind::RegistrationByIp,
            Self::Service(_) => LimitKind::Service,
        }
    }
}

/// As it is stored: `per_ip:203.0.113.7`.
impl fmt::Display for LimitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.kind().as_str())?;
        match self {
            Self::User(user) => write!(f, "{user}"),
            Self::Service(account) => write!(f, "{account}"),
            Self::Ip(source) | Self::LoginByIp(source) | Self::RegistrationByIp(source) => write!(f, "{source}"),
            Self::LoginByAccount(source, account) => {
                write!(f, "{source}:")?;
                hex(account, f)
            }
            Self::ResetByAccount(account) | Self::VerificationByAccount(account) => hex(account, f),
        }
    }
}

fn hex(key: &AttemptKey, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    key.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// How a limiter works at present, for health checks and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimiterStatus {
    /// Where requests are counted.
    pub mode: LimiterMode,
    /// How often the shared limiter did not answer in time since the start.
    pub failures: u64,
    /// How many requests were counted in the process in its stead.
    pub fallbacks: u64,
}

/// Where requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimiterMode {
    /// In this process, as it is set up: each replica counts for itself.
    InProcess,
    /// Where all replicas count together.
    Shared,
    /// In this process, since the shared limiter does not answer.
    Degraded,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_different_kinds_never_meet() {
        let source = Source::of([203, 0, 113, 7].into());
        let account = AttemptKey::from_bytes([0xab; 32]);
        let keys = [
            LimitKey::User(UserId::from(uuid::Uuid::nil())),
            LimitKey::Ip(source),
            LimitKey::LoginByIp(source),
            LimitKey::LoginByAccount(source, account),
            LimitKey::ResetByAccount(account),
            LimitKey::VerificationByAccount(account),
            LimitKey::RegistrationByIp(source),
            LimitKey::Service(ServiceAccountId::from(uuid::Uuid::nil())),
        ];
        let texts: std::collections::BTreeSet<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), LimitKind::ALL.len());
        assert!(texts.contains("per_ip:203.0.113.7"));
        assert!(texts.contains(&format!("login_per_account:203.0.113.7:{}", "ab".repeat(32))));
    }
}
