//! Doubles for the tests of use cases: every port mocked, with answers that let the story of a test go on.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use voxgate_domain::factor::{TotpSecret, TotpState};
use voxgate_domain::fixtures::{self, FixedClock};
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::*;
use voxgate_domain::user::Account;
use voxgate_domain::*;

use crate::{Application, Caller, Policies, Ports};

mod unit;
mod webhooks;

pub(crate) use unit::{Journal, Unit};
pub(crate) use voxgate_domain::fixtures::{
    SeededEntropy as Counter, client, emergency_access, now, password, secret_token as token,
};
pub(crate) use webhooks::{webhook, webhook_delivery, webhook_wanted};

pub(crate) fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

pub(crate) fn email() -> EmailAddress {
    active().email
}

pub(crate) fn hash() -> PasswordHash {
    fixtures::password_hash("stored")
}

pub(crate) fn pending() -> User {
    fixtures::user().pending().build()
}

pub(crate) fn active() -> User {
    fixtures::user().build()
}

/// Somebody else than [`active`].
pub(crate) fn other() -> User {
    fixtures::user().named("bob").build()
}

pub(crate) fn account(user: User) -> Account {
    Account { user, password: Some(hash()) }
}

/// A session of `user` that began 20 minutes ago: too long for a sensitive act.
pub(crate) fn session(user: &User) -> Session {
    fixtures::session(user.id).build()
}

/// Somebody who proved a minute ago who they are.
pub(crate) fn fresh_caller() -> Caller {
    caller(&active(), session(&active()).reauthenticated(now().minus(minutes(1))))
}

/// An active user with a second factor.
pub(crate) fn with_mfa() -> User {
    fixtures::user().with_mfa().build()
}

pub(crate) fn code() -> OneTimeCode {
    OneTimeCode::parse("492039").unwrap()
}

/// The app of the active user, waiting for its first code.
pub(crate) fn enrolling() -> Totp {
    Totp { enrolled_at: now().minus(minutes(2)), ..fixtures::totp(active().id) }
}

/// The app of the active user, whose code of step `last_step` was used.
pub(crate) fn on(last_step: u64) -> Totp {
    Totp { state: TotpState::On { confirmed_at: now().minus(minutes(1)), last_step }, ..enrolling() }
}

/// A login of the active user that owes a code and wants a cookie.
pub(crate) fn challenge() -> MfaChallenge {
    let hash = TokenHash::from_bytes([1; 32]);
    MfaChallenge { hash, delivery: TokenDelivery::Cookie, ..fixtures::challenge(active().id) }
}

/// A service account that may read the trail and revocations, whose secret hashes to what the doubles hash all to.
pub(crate) fn service_account() -> ServiceAccount {
    let account = fixtures::service_account("recordings", &[Permission::AuditRead, Permission::RevocationsRead]);
    ServiceAccount { secret: TokenHash::from_bytes([1; 32]), ..account }
}

pub(crate) fn caller(user: &User, session: Session) -> Caller {
    Caller::new(Principal { user: user.clone(), session, roles: Vec::new() }, client())
}

/// Every port, mocked.
pub(crate) struct Doubles {
    pub(crate) store: MockStore,
    pub(crate) authenticator: MockAuthenticator,
    pub(crate) passwords: MockPasswordHasher,
    pub(crate) verifier: MockTokenVerifier,
    pub(crate) codes: MockOneTimeCodes,
    pub(crate) webhooks: MockWebhookReader,
    pub(crate) guesses_log10: f64,
}

impl Doubles {
    /// Doubles of a world without accounts, where no address is locked and every password is strong.
    pub(crate) fn new() -> Self {
        let mut store = MockStore::new();
        store.expect_attempts().returning(|_| Ok(Attempts::default()));
        Self {
            store,
            authenticator: MockAuthenticator::new(),
            passwords: MockPasswordHasher::new(),
            verifier: MockTokenVerifier::new(),
            codes: MockOneTimeCodes::new(),
            webhooks: MockWebhookReader::new(),
            guesses_log10: 12.0,
        }
    }

    /// There is this account, or none.
    pub(crate) fn with_account(mut self, account: Option<Account>) -> Self {
        self.store.expect_account_by_email().returning(move |_| Ok(account.clone()));
        self
    }

    /// The next transaction is `unit`.
    pub(crate) fn with_unit(mut self, unit: Unit) -> Self {
        let mut unit = Some(unit);
        self.store.expect_begin().times(1).returning(move || Ok(unit.take().unwrap().boxed()));
        self
    }

    /// Comparing a password once, with whatever is stored, answers `verification`.
    pub(crate) fn with_verification(mut self, verification: Verification) -> Self {
        self.passwords.expect_verify().times(1).returning(move |_, _| Ok(verification));
        self
    }

    /// Whatever code is presented is that of `step`, or of none.
    pub(crate) fn with_matching(mut self, step: Option<u64>) -> Self {
        self.codes.expect_matching_step().returning(move |_, _, _, _| step);
        self
    }

    /// A password is hashed once.
    pub(crate) fn with_hashing(mut self) -> Self {
        self.passwords.expect_hash().times(1).returning(|_| Ok(PasswordHash::from_phc("$argon2id$new".into())));
        self
    }

    pub(crate) fn application(mut self) -> Application {
        let secret = || TotpSecret::from_bytes(vec![7; TotpSecret::BYTES].into()).unwrap();
        self.codes.expect_generate_secret().returning(secret);
        self.codes.expect_invitation().returning(|_, _| {
            let [secret, otpauth_uri, qr_svg] = ["BASE32", "otpauth://totp/", "<svg/>"].map(SecretString::from);
            Ok(AppInvitation { secret, otpauth_uri, qr_svg })
        });
        let mut strength = MockPasswordStrength::new();
        let guesses = self.guesses_log10;
        strength.expect_guesses_log10().returning(move |_, _| guesses);
        let mut issuer = MockTokenIssuer::new();
        issuer.expect_issue().returning(|_| Ok(SignedToken(SecretString::from("signed"))));
        issuer.expect_issue_to_service().returning(|_| Ok(SignedToken(SecretString::from("signed"))));
        let mut token_hasher = MockTokenHasher::new();
        token_hasher.expect_token().returning(|_| TokenHash::from_bytes([1; 32]));
        token_hasher.expect_attempt_key().returning(|_| AttemptKey::from_bytes([2; 32]));
        token_hasher.expect_proof_key().returning(|_| AttemptKey::from_bytes([3; 32]));
        token_hasher.expect_device_key().returning(|_| AttemptKey::from_bytes([4; 32]));
        let mut cipher = MockFieldCipher::new();
        cipher.expect_seal().returning(|_, plain| Ok(plain.to_vec()));
        cipher.expect_is_current().returning(|sealed| sealed == b"current");
        cipher.expect_open().returning(|_, sealed| match sealed {
            b"broken" => Err(CipherError::Failed("the cipher fails".into())),
            _ => Ok(sealed.to_vec().into()),
        });
        let ports = Ports {
            store: Arc::new(self.store),
            webhooks: Arc::new(self.webhooks),
            authenticator: Arc::new(self.authenticator),
            passwords: Arc::new(self.passwords),
            strength: Arc::new(strength),
            issuer: Arc::new(issuer),
            verifier: Arc::new(self.verifier),
            token_hasher: Arc::new(token_hasher),
            cipher: Arc::new(cipher),
            codes: Arc::new(self.codes),
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(Counter::default()),
        };
        Application::new(ports, Policies::default())
    }
}
