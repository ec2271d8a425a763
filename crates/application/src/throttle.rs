//! Which requests are too many: what each is counted under, and by which limit.

use std::net::IpAddr;
use std::sync::Arc;

use voxgate_domain::policy::{Decision, Limit, LimitKind, RateLimits};
use voxgate_domain::ports::{LimitKey, LimiterStatus, RateLimiter, TokenHasher};
use voxgate_domain::{EmailAddress, ServiceAccountId, Source, UserId};

/// Where a caller stands with one of the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// With which.
    pub kind: LimitKind,
    /// What it is.
    pub limit: Limit,
    /// How the caller stands with it.
    pub decision: Decision,
}

/// Counts requests by the limits in force. Cheap to clone.
///
/// Each method answers `None` where nothing is limited. A limiter that fails limits nothing: no request fails for it.
#[derive(Clone)]
pub struct Throttle {
    limiter: Arc<dyn RateLimiter>,
    token_hasher: Arc<dyn TokenHasher>,
    limits: Arc<RateLimits>,
}

impl Throttle {
    /// Counts with `limiter` by `limits`.
    #[must_use]
    pub fn new(limiter: Arc<dyn RateLimiter>, token_hasher: Arc<dyn TokenHasher>, limits: RateLimits) -> Self {
        Self { limiter, token_hasher, limits: Arc::new(limits) }
    }

    /// Counts a request from `address`.
    pub async fn request(&self, address: IpAddr) -> Option<Standing> {
        self.count(LimitKey::Ip(Source::of(address)), self.limits.per_ip).await
    }

    /// Counts a request of somebody who is logged in.
    pub async fn request_of(&self, user: UserId) -> Option<Standing> {
        self.count(LimitKey::User(user), self.limits.per_user).await
    }

    /// Counts a login, or its second step, from `address`. In a shared network that is left to
    /// [`log_in_to`](Self::log_in_to), so that nobody is kept from their account by others behind the same router.
    pub async fn log_in(&self, address: IpAddr) -> Option<Standing> {
        let limit = self.limits.login_per_ip.filter(|_| !self.limits.shared_networks.contain(address));
        self.count(LimitKey::LoginByIp(Source::of(address)), limit).await
    }

    /// Counts a login from a shared network to the account of `email`, whether or not there is one.
    pub async fn log_in_to(&self, email: &EmailAddress, address: IpAddr) -> Option<Standing> {
        let limit = self.limits.login_per_ip.filter(|_| self.limits.shared_networks.contain(address))?;
        let account = self.token_hasher.attempt_key(email);
        self.count(LimitKey::LoginByAccount(Source::of(address), account), Some(limit)).await
    }

    /// Counts a wish to reset the password of `email`, whether or not it has an account.
    pub async fn reset_of(&self, email: &EmailAddress) -> Option<Standing> {
        let limit = self.limits.reset_per_account?;
        self.count(LimitKey::ResetByAccount(self.token_hasher.attempt_key(email)), Some(limit)).await
    }

    /// Counts a wish to have `email` verified, likewise, and apart from resets.
    pub async fn verification_of(&self, email: &EmailAddress) -> Option<Standing> {
        let limit = self.limits.reset_per_account?;
        self.count(LimitKey::VerificationByAccount(self.token_hasher.attempt_key(email)), Some(limit)).await
    }

    /// Counts a registration from `address`.
    pub async fn register(&self, address: IpAddr) -> Option<Standing> {
        self.count(LimitKey::RegistrationByIp(Source::of(address)), self.limits.register_per_ip).await
    }

    /// Counts a request of a service account.
    pub async fn request_of_service(&self, account: ServiceAccountId) -> Option<Standing> {
        self.count(LimitKey::Service(account), self.limits.per_service).await
    }

    /// How the limiter works at present.
    #[must_use]
    pub fn status(&self) -> LimiterStatus {
        self.limiter.status()
    }

    async fn count(&self, key: LimitKey, limit: Option<Limit>) -> Option<Standing> {
        let limit = limit?;
        match self.limiter.check(&key, limit).await {
            Ok(decision) => Some(Standing { kind: key.kind(), limit, decision }),
            Err(error) => {
                tracing::warn!(%error, limit = key.kind().as_str(), "a request was not counted");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use voxgate_domain::AttemptKey;
    use voxgate_domain::ports::{LimiterError, MockRateLimiter, MockTokenHasher};

    const CLINIC: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));
    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7));

    fn ada() -> EmailAddress {
        EmailAddress::parse("ada@example.org").unwrap()
    }

    /// The throttle that lets `allowed` pass and expects these keys, in this order.
    fn expecting(keys: &[&str], allowed: bool) -> Throttle {
        let mut limiter = MockRateLimiter::new();
        let mut keys: Vec<String> = keys.iter().rev().map(|key| (*key).to_owned()).collect();
        limiter.expect_check().times(keys.len()).returning(move |key, _| {
            assert_eq!(Some(key.to_string()), keys.pop());
            Ok(Decision { allowed, remaining: 0, reset_in: Duration::from_secs(1) })
        });
        throttle(limiter)
    }

    fn throttle(limiter: MockRateLimiter) -> Throttle {
        let mut hasher = MockTokenHasher::new();
        hasher.expect_attempt_key().returning(|_| AttemptKey::from_bytes([0xab; 32]));
        let limit = "10/1m".parse().ok();
        let limits = RateLimits {
            per_user: limit,
            per_ip: limit,
            login_per_ip: limit,
            reset_per_account: limit,
            register_per_ip: limit,
            per_service: limit,
            shared_networks: "198.51.100.0/24".parse().unwrap(),
        };
        Throttle::new(Arc::new(limiter), Arc::new(hasher), limits)
    }

    #[tokio::test]
    async fn from_a_home_logins_count_per_address() {
        let throttle = expecting(&["login_per_ip:203.0.113.7"], true);
        assert!(throttle.log_in(HOME).await.is_some());
        assert_eq!(throttle.log_in_to(&ada(), HOME).await, None);
    }

    #[tokio::test]
    async fn from_a_clinic_logins_count_per_account() {
        let key = format!("login_per_account:198.51.100.1:{}", "ab".repeat(32));
        let throttle = expecting(&[&key], true);
        assert_eq!(throttle.log_in(CLINIC).await, None);
        assert!(throttle.log_in_to(&ada(), CLINIC).await.is_some());
    }

    #[tokio::test]
    async fn a_refusal_names_its_limit() {
        let throttle = expecting(&["per_ip:203.0.113.7", "register_per_ip:203.0.113.7"], false);
        let refused = [throttle.request(HOME).await, throttle.register(HOME).await].map(Option::unwrap);
        assert_eq!(refused.map(|standing| standing.decision.allowed), [false; 2]);
        assert_eq!(refused.map(|standing| standing.kind), [LimitKind::Ip, LimitKind::RegistrationByIp]);
    }

    #[tokio::test]
    async fn users_services_and_wishes_for_links_are_counted_apart() {
        let (user, service) = (UserId::from(uuid::Uuid::nil()), ServiceAccountId::from(uuid::Uuid::max()));
        let account = "ab".repeat(32);
        let keys = [
            format!("per_user:{user}"),
            format!("per_service:{service}"),
            format!("reset_per_account:{account}"),
            format!("verification_per_account:{account}"),
        ];
        let throttle = expecting(&keys.each_ref().map(String::as_str), true);
        assert!(throttle.request_of(user).await.is_some());
        assert!(throttle.request_of_service(service).await.is_some());
        assert!(throttle.reset_of(&ada()).await.is_some());
        assert!(throttle.verification_of(&ada()).await.is_some());
    }

    #[tokio::test]
    async fn a_limiter_that_fails_limits_nothing() {
        let mut limiter = MockRateLimiter::new();
        limiter.expect_check().returning(|_, _| Err(LimiterError("gone".into())));
        assert_eq!(throttle(limiter).request(HOME).await, None);
    }

    #[tokio::test]
    async fn what_is_switched_off_is_not_even_counted() {
        let (limiter, hasher) = (MockRateLimiter::new(), MockTokenHasher::new());
        let throttle = Throttle::new(Arc::new(limiter), Arc::new(hasher), RateLimits::none());
        assert_eq!(throttle.request(HOME).await, None);
        assert_eq!(throttle.reset_of(&ada()).await, None);
        assert_eq!(throttle.log_in_to(&ada(), HOME).await, None);
    }
}
