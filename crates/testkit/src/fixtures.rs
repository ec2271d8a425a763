//! Valid values, so that a test says only what matters to it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use voxgate_domain::mail::OutboxEntry;
use voxgate_domain::policy::FactorPolicy;
use voxgate_domain::ports::{Clock, Entropy};
use voxgate_domain::session::Device;
use voxgate_domain::{
    Act, AttemptKey, AuditEvent, AuditEventId, AuthMethods, ClientContext, DeviceId, EmailAddress, EmergencyAccess,
    EmergencyAccessId, Generation, KnownDevice, MailId, MfaChallenge, OneTimeToken, OneTimeTokenId, PasswordHash,
    Profile, Purpose, Reason, RefreshToken, RequestId, RoleAssignmentId, Session, SessionId, Timestamp, TokenDelivery,
    TokenHash, Totp, User, UserId,
};

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl Default for FixedClock {
    /// Stands at 2026-11-25 12:00 UTC and a microsecond, so that a loss of precision shows.
    fn default() -> Self {
        Self(AtomicI64::new(1_795_608_000_000_001))
    }
}

impl FixedClock {
    /// Moves it on by `by`.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_micros(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::EPOCH)
    }
}

/// Bytes that look random and are the same in each run.
#[derive(Debug, Default)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// Another sequence for each `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next number (SplitMix64).
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let random = self.next().to_le_bytes();
            chunk.iter_mut().zip(random).for_each(|(byte, random)| *byte = random);
        }
    }
}

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
        User::register(
            id,
            email(&format!("user-{:x}@example.org", self.entropy.next())),
            Profile::default(),
            self.now(),
        )
    }

    /// An open session of `user` with its first refresh token.
    #[must_use]
    pub fn session(&self, user: UserId) -> (Session, RefreshToken) {
        let id = SessionId::generate(self.now(), &self.entropy);
        let device = Device { name: None, user_agent: None, ip_address: IpAddr::V4(Ipv4Addr::LOCALHOST) };
        let session = Session::open(id, user, device, AuthMethods::Password, self.now(), self.after(7 * 24 * 3_600));
        let token = self.refresh_token(&session, Generation::FIRST);
        (session, token)
    }

    /// A refresh token of `session`.
    #[must_use]
    pub fn refresh_token(&self, session: &Session, generation: Generation) -> RefreshToken {
        RefreshToken {
            hash: self.token_hash(),
            session_id: session.id,
            generation,
            issued_at: self.now(),
            superseded_at: None,
        }
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
        Totp::enroll(user, self.bytes().to_vec(), self.now())
    }

    /// A login of `user` that owes a code, good for five minutes.
    #[must_use]
    pub fn challenge(&self, user: UserId) -> MfaChallenge {
        let device = Device { name: None, user_agent: None, ip_address: IpAddr::V4(Ipv4Addr::LOCALHOST) };
        let policy = FactorPolicy::default();
        MfaChallenge::issue(self.token_hash(), user, device, TokenDelivery::Body, &policy, self.now())
    }

    /// An event about `subject`, by nobody known.
    #[must_use]
    pub fn event(&self, act: Act, subject: UserId) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::generate(self.now(), &self.entropy),
            occurred_at: self.now(),
            act,
            actor: None,
            subject: Some(subject),
            session: None,
            client: None,
            reason: None,
            emergency: None,
            service: None,
        }
    }

    /// A mail to nobody in particular.
    #[must_use]
    pub fn mail(&self) -> OutboxEntry {
        OutboxEntry {
            id: MailId::generate(self.now(), &self.entropy),
            user_id: None,
            recipient: email("ada@example.org"),
            locale: None,
            kind: "password_changed".to_owned(),
            sealed: vec![1, 2, 3],
            queued_at: self.now(),
            attempts: 0,
        }
    }

    /// A device of `user`, met now.
    #[must_use]
    pub fn known_device(&self, user: UserId) -> KnownDevice {
        let id = DeviceId::generate(self.now(), &self.entropy);
        KnownDevice::first_seen(id, user, self.token_hash(), self.now())
    }

    /// An emergency access that was taken now, for an hour.
    ///
    /// # Panics
    ///
    /// Never.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a fixture that is wrong is a fault of the test")]
    pub fn emergency_access(&self, holder: UserId, subject: UserId) -> EmergencyAccess {
        let id = EmergencyAccessId::generate(self.now(), &self.entropy);
        EmergencyAccess {
            id,
            holder,
            subject,
            reason: Reason::parse("unconscious in the emergency room").expect("a reason"),
            granted_at: self.now(),
            expires_at: self.after(3_600),
            closed_at: None,
        }
    }

    /// The hash of a token.
    #[must_use]
    pub fn token_hash(&self) -> TokenHash {
        TokenHash::from_bytes(self.bytes())
    }

    /// What failed logins of an address are counted under.
    #[must_use]
    pub fn attempt_key(&self) -> AttemptKey {
        AttemptKey::from_bytes(self.bytes())
    }

    /// The hash of a password.
    #[must_use]
    pub fn password_hash(&self) -> PasswordHash {
        PasswordHash::from_phc(format!("$argon2id$v=19$m=19456,t=2,p=1${:016x}", self.entropy.next()))
    }

    /// Identifies an assignment of a role.
    #[must_use]
    pub fn assignment_id(&self) -> RoleAssignmentId {
        RoleAssignmentId::generate(self.now(), &self.entropy)
    }

    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        bytes
    }
}

/// The address in `text`.
///
/// # Panics
///
/// When it is none.
#[must_use]
#[expect(clippy::expect_used, reason = "a fixture that is wrong is a fault of the test")]
pub fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

/// A caller on this machine with a program of a known name.
///
/// # Panics
///
/// Never.
#[must_use]
#[expect(clippy::expect_used, reason = "a fixture that is wrong is a fault of the test")]
pub fn client() -> ClientContext {
    ClientContext {
        ip_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        user_agent: voxgate_domain::UserAgent::from_header("testkit/1.0"),
        request_id: RequestId::parse("request-0001").expect("a request id"),
    }
}
