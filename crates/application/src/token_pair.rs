//! The pair of tokens that a client gets.

use std::time::Duration;

use voxgate_domain::ports::{AccessClaims, SignedToken};
use voxgate_domain::{Generation, RefreshToken, RoleName, SecretToken, Session, SessionId};

use crate::{Application, Error};

/// An access token and the refresh token that follows it.
#[derive(Debug)]
pub struct TokenPair {
    /// The access token.
    pub access_token: SignedToken,
    /// How long it is valid.
    pub expires_in: Duration,
    /// The refresh token.
    pub refresh_token: SecretToken,
    /// How long the session can still be refreshed.
    pub refresh_expires_in: Duration,
    /// The session of both.
    pub session_id: SessionId,
    /// What the device keeps to be known at the next login, when it was not known at this one.
    pub device_token: Option<SecretToken>,
}

impl Application {
    /// A new refresh token for `session`, and what is stored of it.
    pub(crate) fn new_refresh_token(&self, session: &Session, generation: Generation) -> (SecretToken, RefreshToken) {
        let secret = SecretToken::generate(&*self.ports.entropy);
        let token = RefreshToken {
            hash: self.ports.token_hasher.token(&secret),
            session_id: session.id,
            generation,
            issued_at: self.ports.clock.now(),
            superseded_at: None,
        };
        (secret, token)
    }

    /// The pair for `session`.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the access token cannot be signed.
    pub(crate) async fn pair(
        &self,
        session: &Session,
        roles: Vec<RoleName>,
        refresh_token: SecretToken,
    ) -> Result<TokenPair, Error> {
        // The moment at which the session began or was refreshed: so a client reads the whole life of each token.
        // Never in the future, where a clock that was set back would put it.
        let now = session.last_seen_at.min(self.ports.clock.now());
        let refresh_expires_in = session.expires_at.since(now);
        let expires_in = self.policies.session.access_token_ttl.min(refresh_expires_in);
        let mut token_id = [0; 16];
        self.ports.entropy.fill(&mut token_id);
        let claims = AccessClaims {
            subject: session.user_id,
            session: session.id,
            token_id: uuid::Builder::from_random_bytes(token_id).into_uuid(),
            issued_at: now,
            expires_at: now.plus(expires_in),
            auth_time: session.auth_time,
            roles,
            amr: session.amr,
        };
        let access_token = self.ports.issuer.issue(&claims).await?;
        Ok(TokenPair {
            access_token,
            expires_in,
            refresh_token,
            refresh_expires_in,
            session_id: session.id,
            device_token: None,
        })
    }
}
