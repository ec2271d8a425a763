//! How each part of the service does. What needs the world outside is bounded by `/health/detailed` itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use voxgate_application::Throttle;
use voxgate_crypto::{Argon2Hasher, JwtTokens, KeyRing, SealKeys, SystemClock};
use voxgate_domain::ports::{Clock as _, SealSigner as _, Store as _};
use voxgate_http::{Finding, HealthProbe};
use voxgate_storage::Database;

use super::Backlogs;
use super::gauges::is_degraded;

/// For how long mail may wait before somebody should look: several tries have failed by then.
const MAIL_WITHIN: Duration = Duration::from_secs(300);
/// For how long events may wait to be sealed; they are sealed each second.
const SEALED_WITHIN: Duration = Duration::from_secs(60);

/// Whether the database answers.
pub(crate) struct DatabaseProbe(pub(crate) Database);

#[async_trait]
impl HealthProbe for DatabaseProbe {
    fn component(&self) -> &'static str {
        "database"
    }

    fn is_essential(&self) -> bool {
        true
    }

    async fn probe(&self) -> Finding {
        match self.0.ping().await {
            Ok(()) => Finding::OK,
            Err(_) => Finding::down("The database does not answer"),
        }
    }
}

/// Where limits are kept.
pub(crate) struct RateLimiterProbe(pub(crate) Throttle);

#[async_trait]
impl HealthProbe for RateLimiterProbe {
    fn component(&self) -> &'static str {
        "rate_limiter"
    }

    async fn probe(&self) -> Finding {
        if is_degraded(&self.0) {
            Finding::degraded("Redis does not answer: each replica keeps the limits by itself")
        } else {
            Finding::OK
        }
    }
}

/// Whether mail leaves.
pub(crate) struct MailProbe(pub(crate) Backlogs);

#[async_trait]
impl HealthProbe for MailProbe {
    fn component(&self) -> &'static str {
        "mail"
    }

    async fn probe(&self) -> Finding {
        late(self.0.ages().map(|(mail, _)| mail), MAIL_WITHIN, "Mail waits for")
    }
}

/// Whether the audit trail is sealed.
pub(crate) struct AuditProbe(pub(crate) Backlogs);

#[async_trait]
impl HealthProbe for AuditProbe {
    fn component(&self) -> &'static str {
        "audit"
    }

    async fn probe(&self) -> Finding {
        late(self.0.ages().map(|(_, events)| events), SEALED_WITHIN, "Events wait to be sealed for")
    }
}

fn late(age: Option<Duration>, bound: Duration, what: &str) -> Finding {
    match age {
        None => Finding::degraded("It is not known how much waits"),
        Some(age) if age > bound => Finding::degraded(format!("{what} {} s", age.as_secs())),
        Some(_) => Finding::OK,
    }
}

/// Whether tokens and seals can be signed, and the key files read.
pub(crate) struct KeysProbe {
    pub(crate) dir: PathBuf,
    pub(crate) tokens: Arc<JwtTokens>,
    pub(crate) seals: Arc<SealKeys>,
}

#[async_trait]
impl HealthProbe for KeysProbe {
    fn component(&self) -> &'static str {
        "keys"
    }

    async fn probe(&self) -> Finding {
        let now = SystemClock.now();
        if !self.tokens.ring().keys().any(|key| key.verifies_at(now)) {
            return Finding::down("No key signs access tokens");
        }
        if self.seals.key_id().is_err() {
            return Finding::degraded("No key signs seals");
        }
        let dir = self.dir.clone();
        match tokio::task::spawn_blocking(move || KeyRing::list(&dir)).await {
            Ok(Ok(_)) => Finding::OK,
            _ => Finding::degraded("The keys cannot be read again from JWT_KEYS_DIR"),
        }
    }
}

/// Whether passwords are hashed without much waiting.
pub(crate) struct HashingProbe(pub(crate) Arc<Argon2Hasher>);

#[async_trait]
impl HealthProbe for HashingProbe {
    fn component(&self) -> &'static str {
        "hashing"
    }

    async fn probe(&self) -> Finding {
        let pool = self.0.gauges();
        if pool.queue_depth >= pool.queue_limit {
            Finding::degraded("The queue is full: logins are refused")
        } else {
            Finding::OK
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_http::Health;

    #[test]
    fn what_waits_too_long_or_is_not_known_is_degraded() {
        let health = |age| late(age, MAIL_WITHIN, "Mail waits for").health;
        assert_eq!(health(Some(MAIL_WITHIN)), Health::Ok);
        assert_eq!(health(Some(MAIL_WITHIN + Duration::from_secs(1))), Health::Degraded);
        assert_eq!(health(None), Health::Degraded);
    }
}
