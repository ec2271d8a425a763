//! The ports: what the use cases need of the world. Small traits, object-safe, each named for the need.
//!
//! With the feature `mocks`, every port has a mock of the same name with `Mock` before it.

mod authenticator;
mod backlog;
mod cipher;
mod clock;
mod codes;
mod devices;
mod emergency;
mod factors;
mod hasher;
mod limiter;
mod mailer;
mod notifications;
mod records;
mod retention;
mod seal;
mod service_accounts;
mod store;
mod store_error;
mod strength;
mod token;
mod trail;
mod users;
mod webhooks;

pub use authenticator::{Authenticator, Principal};
pub use backlog::{Backlog, Waiting};
pub use cipher::{CipherError, FieldCipher};
pub use clock::{Clock, Entropy};
pub use codes::{AppInvitation, CodesError, OneTimeCodes};
pub use devices::KnownDevices;
pub use emergency::EmergencyAccesses;
pub use factors::{Factors, MfaChallenges};
pub use hasher::{HasherError, PasswordHasher, Verification};
pub use limiter::{LimitKey, LimiterError, LimiterMode, LimiterStatus, RateLimiter};
pub use mailer::{MailError, Mailer};
pub use notifications::Notifications;
pub use records::{AuditLog, LoginAttempts, OneTimeTokens, Outbox, RoleAssignment, Roles};
pub use retention::Retention;
pub use seal::{Digest, SealAnchor, SealError, SealSigner, SealVerifier};
pub use service_accounts::ServiceAccounts;
pub use store::{Leases, Store, UnitOfWork};
pub use store_error::{Conflict, StoreError};
pub use strength::PasswordStrength;
pub use token::{
    AccessClaims, PublicKey, ServiceClaims, SignedToken, TokenClaims, TokenError, TokenHasher, TokenIssuer,
    TokenVerifier,
};
pub use trail::{Strays, Trail};
pub use users::{Sessions, Users};
pub use webhooks::{WebhookError, WebhookMessage, WebhookReader, WebhookSender, Webhooks};

#[cfg(feature = "mocks")]
pub use {
    authenticator::MockAuthenticator,
    backlog::MockBacklog,
    cipher::MockFieldCipher,
    clock::{MockClock, MockEntropy},
    codes::MockOneTimeCodes,
    devices::MockKnownDevices,
    emergency::MockEmergencyAccesses,
    factors::{MockFactors, MockMfaChallenges},
    hasher::MockPasswordHasher,
    limiter::MockRateLimiter,
    mailer::MockMailer,
    notifications::MockNotifications,
    records::{MockAuditLog, MockLoginAttempts, MockOneTimeTokens, MockOutbox, MockRoles},
    retention::MockRetention,
    seal::{MockDigest, MockSealAnchor, MockSealSigner, MockSealVerifier},
    service_accounts::MockServiceAccounts,
    store::{MockLeases, MockStore, MockUnitOfWork},
    strength::MockPasswordStrength,
    token::{MockTokenHasher, MockTokenIssuer, MockTokenVerifier},
    trail::MockTrail,
    users::{MockSessions, MockUsers},
    webhooks::{MockWebhookReader, MockWebhookSender, MockWebhooks},
};

/// The cause of a failure, kept for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;
