//! The login that has the password right and still owes a code.

use crate::policy::FactorPolicy;
use crate::session::{AuthMethods, Device, named};
use crate::{Timestamp, TokenHash, UserId};

named! {
    /// Where the refresh token of a login goes.
    pub enum TokenDelivery {
        /// Into the body of the answer.
        Body = "body",
        /// Into a cookie that scripts cannot read.
        Cookie = "cookie",
    }
}

/// A login half-way: the password was right, the code is still owed. Whoever has its token may try a few codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MfaChallenge {
    /// The hash of its token.
    pub hash: TokenHash,
    /// Whose login it is.
    pub user_id: UserId,
    /// The device that logs in, as it was when the password came.
    pub device: Device,
    /// Where the refresh token shall go.
    pub delivery: TokenDelivery,
    /// What was proven so far.
    pub proven: AuthMethods,
    /// When the password was right.
    pub created_at: Timestamp,
    /// When it stops being good.
    pub expires_at: Timestamp,
    /// Wrong codes so far.
    pub failures: u32,
    /// When it became a session.
    pub used_at: Option<Timestamp>,
}

impl MfaChallenge {
    /// The challenge to `user_id` on `device` after the right password.
    #[must_use]
    pub fn issue(
        hash: TokenHash,
        user_id: UserId,
        device: Device,
        delivery: TokenDelivery,
        policy: &FactorPolicy,
        now: Timestamp,
    ) -> Self {
        Self {
            hash,
            user_id,
            device,
            delivery,
            proven: AuthMethods::Password,
            created_at: now,
            expires_at: now.plus(policy.challenge_ttl),
            failures: 0,
            used_at: None,
        }
    }

    /// Whether a code may still be tried: it was not used, has not expired, and was not burned by wrong codes.
    #[must_use]
    pub fn is_good(&self, policy: &FactorPolicy, now: Timestamp) -> bool {
        self.used_at.is_none() && now < self.expires_at && self.failures < policy.challenge_failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn a_challenge_is_good_for_five_minutes_five_codes_and_one_session() {
        let policy = FactorPolicy::default();
        let device = Device { name: None, user_agent: None, ip_address: [127, 0, 0, 1].into() };
        let user = UserId::from(uuid::Uuid::nil());
        let hash = TokenHash::from_bytes([0; 32]);
        let fresh = MfaChallenge::issue(hash, user, device, TokenDelivery::Body, &policy, at(0));
        assert!(fresh.is_good(&policy, at(299)) && !fresh.is_good(&policy, at(300)));
        assert!(MfaChallenge { failures: 4, ..fresh.clone() }.is_good(&policy, at(1)));
        assert!(!MfaChallenge { failures: 5, ..fresh.clone() }.is_good(&policy, at(1)));
        assert!(!MfaChallenge { used_at: Some(at(1)), ..fresh }.is_good(&policy, at(2)));
    }
}
