//! The struct of ports that the use cases share.

use std::sync::Arc;

use voxgate_domain::mail::RetryPolicy;
use voxgate_domain::policy::{
    AccessPolicy, EmergencyPolicy, FactorPolicy, LockoutPolicy, PasswordPolicy, RetentionPolicy, SessionPolicy,
    WebhookPolicy,
};
use voxgate_domain::ports::{
    Authenticator, Clock, Entropy, FieldCipher, OneTimeCodes, PasswordHasher, PasswordStrength, Store, TokenHasher,
    TokenIssuer, TokenVerifier, WebhookReader,
};

/// The ports that the use cases need.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is named after its port")]
pub struct Ports {
    pub store: Arc<dyn Store>,
    pub webhooks: Arc<dyn WebhookReader>,
    pub authenticator: Arc<dyn Authenticator>,
    pub passwords: Arc<dyn PasswordHasher>,
    pub strength: Arc<dyn PasswordStrength>,
    pub issuer: Arc<dyn TokenIssuer>,
    pub verifier: Arc<dyn TokenVerifier>,
    pub token_hasher: Arc<dyn TokenHasher>,
    pub cipher: Arc<dyn FieldCipher>,
    pub codes: Arc<dyn OneTimeCodes>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

/// The policies in force.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each field is named after its policy")]
pub struct Policies {
    pub password: PasswordPolicy,
    pub lockout: LockoutPolicy,
    pub factor: FactorPolicy,
    pub session: SessionPolicy,
    pub access: AccessPolicy,
    pub emergency: EmergencyPolicy,
    pub retry: RetryPolicy,
    pub retention: RetentionPolicy,
    pub webhooks: WebhookPolicy,
}

/// The use cases. Cheap to clone.
#[derive(Clone)]
pub struct Application {
    pub(crate) ports: Ports,
    pub(crate) policies: Policies,
    mail_queued: Arc<dyn Fn() + Send + Sync>,
}

impl Application {
    /// The use cases over these ports, by these policies.
    #[must_use]
    pub fn new(ports: Ports, policies: Policies) -> Self {
        Self { ports, policies, mail_queued: Arc::new(|| ()) }
    }

    /// Calls `wake` whenever mail was queued and committed, so that the dispatcher need not wait for its next round.
    /// It is a hint: mail that nobody was woken for leaves on the next round.
    #[must_use]
    pub fn on_mail_queued(self, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { mail_queued: Arc::new(wake), ..self }
    }

    /// The policies in force.
    #[must_use]
    pub const fn policies(&self) -> &Policies {
        &self.policies
    }

    /// The public keys by which access tokens are verified.
    #[must_use]
    pub fn public_keys(&self) -> Vec<voxgate_domain::ports::PublicKey> {
        self.ports.verifier.public_keys()
    }

    /// Whether the service can work: its store answers.
    ///
    /// # Errors
    ///
    /// [`Error::Unavailable`](crate::Error::Unavailable) when it does not.
    pub async fn check_readiness(&self) -> Result<(), crate::Error> {
        Ok(self.ports.store.ping().await?)
    }

    /// Tells the dispatcher that there is something to do.
    pub(crate) fn mail_was_queued(&self) {
        (self.mail_queued)();
    }
}
