//! Values for the contracts: as the fixtures of the domain, and each with an identifier of its own, since they share a
//! database.

use std::collections::BTreeSet;
use std::time::Duration;

use voxgate_domain::fixtures;
use voxgate_domain::mail::OutboxEntry;
use voxgate_domain::policy::FactorPolicy;
use voxgate_domain::ports::Clock as _;
use voxgate_domain::webhook::{WebhookChange, WebhookEndpoint, WebhookUrl};
use voxgate_domain::{
    Act, AttemptKey, AuditEvent, AuditEventId, DeviceId, EmergencyAccess, EmergencyAccessId, Generation, KnownDevice,
    MailId, MfaChallenge, OneTimeToken, OneTimeTokenId, PasswordHash, Purpose, RefreshToken, RoleAssignmentId, Session,
    SessionId, Timestamp, TokenHash, Totp, User, UserId, WebhookId,
};

pub use voxgate_domain::fixtures::{FixedClock, SeededEntropy, client, email};

/// Makes values, each with an identifier of its own, at the time of its clock.
#[derive(Debug, Default)]
pub struct Fixtures {
    /// The clock.
    pub clock: FixedClock,
    /// The source of identifiers and hashes.
    pub entropy: SeededEntropy,
}

impl Fixtures {
    /// The time of the clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The time `seconds` after that of the clock.
    #[must_use]
    pub fn after(&self, seconds: u64) -> Timestamp {
        self.now().plus(Duration::from_secs(seconds))
    }

    /// A pending user with an address of their own and nothing told of themselves.
    #[must_use]
    pub fn user(&self) -> User {
        let id = UserId::generate(self.now(), &self.entropy);
        let address = format!("user-{:x}@example.org", self.entropy.number());
        fixtures::user().with_id(id).with_email(&address).registered_at(self.now()).pending().build()
    }

    /// An open session of `user` with its first refresh token.
    #[must_use]
    pub fn session(&self, user: UserId) -> (Session, RefreshToken) {
        let id = SessionId::generate(self.now(), &self.entropy);
        let session = fixtures::session(user).with_id(id).begun_at(self.now()).build();
        let token = self.refresh_token(&session, Generation::FIRST);
        (session, token)
    }

    /// A refresh token of `session`.
    #[must_use]
    pub fn refresh_token(&self, session: &Session, generation: Generation) -> RefreshToken {
        let token = fixtures::refresh_token(session);
        RefreshToken { hash: self.token_hash(), generation, issued_at: self.now(), ..token }
    }

    /// A one-time token of `user`, and its hash.
    #[must_use]
    pub fn one_time_token(&self, user: &User, purpose: Purpose) -> (OneTimeToken, TokenHash) {
        let id = OneTimeTokenId::generate(self.now(), &self.entropy);
        (OneTimeToken::issue(id, user.id, purpose, user.email.clone(), self.now()), self.token_hash())
    }

    /// An enrollment of `user`.
    #[must_use]
    pub fn totp(&self, user: UserId) -> Totp {
        Totp { enrolled_at: self.now(), ..fixtures::totp(user) }
    }

    /// A login of `user` that owes a code, good for five minutes.
    #[must_use]
    pub fn challenge(&self, user: UserId) -> MfaChallenge {
        let MfaChallenge { device, delivery, .. } = fixtures::challenge(user);
        MfaChallenge::issue(self.token_hash(), user, device, delivery, &FactorPolicy::default(), self.now())
    }

    /// An event about `subject`, by nobody known.
    #[must_use]
    pub fn event(&self, act: Act, subject: UserId) -> AuditEvent {
        let id = AuditEventId::generate(self.now(), &self.entropy);
        fixtures::event(act).at(self.now()).with_id(id).about(subject).from(None).build()
    }

    /// A mail to nobody in particular.
    #[must_use]
    pub fn mail(&self) -> OutboxEntry {
        let id = MailId::generate(self.now(), &self.entropy);
        OutboxEntry { id, queued_at: self.now(), ..fixtures::mail(email("ada@example.org")) }
    }

    /// A device of `user`, met now.
    #[must_use]
    pub fn known_device(&self, user: UserId) -> KnownDevice {
        let id = DeviceId::generate(self.now(), &self.entropy);
        KnownDevice::first_seen(id, user, self.token_hash(), self.now())
    }

    /// An emergency access that was taken now, for an hour.
    #[must_use]
    pub fn emergency_access(&self, holder: UserId, subject: UserId) -> EmergencyAccess {
        let id = EmergencyAccessId::generate(self.now(), &self.entropy);
        let (granted_at, expires_at) = (self.now(), self.after(3_600));
        EmergencyAccess { id, granted_at, expires_at, ..fixtures::emergency_access(holder, subject) }
    }

    /// An endpoint of webhooks that is told of everything.
    ///
    /// # Panics
    ///
    /// Never.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a fixture that is wrong is a fault of the test")]
    pub fn webhook(&self) -> WebhookEndpoint {
        let url = WebhookUrl::parse("https://recordings.example.org/in").expect("a URL");
        let wanted = WebhookChange { url, description: None, events: BTreeSet::new(), enabled: true };
        let id = WebhookId::generate(self.now(), &self.entropy);
        WebhookEndpoint::create(id, wanted, vec![7; 32], self.now())
    }

    /// The hash of a token.
    #[must_use]
    pub fn token_hash(&self) -> TokenHash {
        TokenHash::from_bytes(self.entropy.bytes())
    }

    /// What failed logins of an address are counted under.
    #[must_use]
    pub fn attempt_key(&self) -> AttemptKey {
        AttemptKey::from_bytes(self.entropy.bytes())
    }

    /// The hash of a password.
    #[must_use]
    pub fn password_hash(&self) -> PasswordHash {
        fixtures::password_hash(&self.entropy.number().to_string())
    }

    /// Identifies an assignment of a role.
    #[must_use]
    pub fn assignment_id(&self) -> RoleAssignmentId {
        RoleAssignmentId::generate(self.now(), &self.entropy)
    }
}
