//! The client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use url::Url;
use uuid::Uuid;

use crate::call::{Call, Reply};
use crate::renewable::Renewable;
use crate::session::Session;
use crate::types::{Login, LoginAnswer, MfaChallenge, MfaVerification, Refresh, TokenPair};
use crate::{Error, Secret};

/// How long an answer may take; the service itself gives up sooner.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The longest answer that is read, in bytes: somebody's whole export is far smaller.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// A way to call one Voxgate. It is cheap to clone, and clones share their connections and their session.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    authorization: Authorization,
    reason: Option<HeaderValue>,
}

/// What goes with the calls that need an access token.
#[derive(Clone)]
enum Authorization {
    Nothing,
    Token(Secret),
    Renewable(Arc<Renewable>),
}

/// What a right password comes to.
#[derive(Debug)]
pub enum LoggedIn {
    /// A session began.
    Session(Session),
    /// A code of the second factor is owed: [`Client::verify_code`] or [`Client::verify_recovery_code`].
    CodeOwed(MfaChallenge),
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the Voxgate at `base`, such as `https://auth.example.org`, without an access token.
    ///
    /// Answers may take 30 seconds; redirects are not followed, so that a password goes nowhere else.
    ///
    /// # Errors
    ///
    /// [`Error::Request`] when `base` is not an address by HTTP, [`Error::Transport`] when there is no TLS.
    pub fn new(base: &str) -> Result<Self, Error> {
        let name = concat!("voxgate-client/", env!("CARGO_PKG_VERSION"));
        let http = reqwest::Client::builder().timeout(TIMEOUT).redirect(Policy::none()).user_agent(name).build();
        Self::with_http(http.map_err(Error::Transport)?, base)
    }

    /// The same over connections of the caller's making: with a proxy, certificates or time-outs of their own.
    ///
    /// # Errors
    ///
    /// [`Error::Request`] when `base` is not an address by HTTP.
    pub fn with_http(http: reqwest::Client, base: &str) -> Result<Self, Error> {
        let url = Url::parse(base).map_err(|error| Error::Request(format!("{base}: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(Error::Request(format!("{base} is not the base of addresses by HTTP")));
        }
        let base = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { http, base, authorization: Authorization::Nothing, reason: None })
    }

    /// The same with an access token that somebody else renews.
    #[must_use]
    pub fn with_token(&self, token: impl Into<Secret>) -> Self {
        Self { authorization: Authorization::Token(token.into()), ..self.clone() }
    }

    /// The same, saying why other people's data are read (`X-Access-Reason`): it stands in the accounting of disclosures.
    ///
    /// # Errors
    ///
    /// [`Error::Request`] when it has control characters.
    pub fn with_access_reason(&self, reason: &str) -> Result<Self, Error> {
        let reason = HeaderValue::from_str(reason).map_err(|error| Error::Request(error.to_string()))?;
        Ok(Self { reason: Some(reason), ..self.clone() })
    }

    /// Logs in.
    ///
    /// # Errors
    ///
    /// Those of [`Client::login`].
    pub async fn log_in(&self, login: &Login) -> Result<LoggedIn, Error> {
        Ok(match self.login(login).await? {
            LoginAnswer::TokenPair(pair) => LoggedIn::Session(self.session(pair)),
            LoginAnswer::MfaChallenge(challenge) => LoggedIn::CodeOwed(challenge),
        })
    }

    /// Begins the session of a login that owed a code, with the one that the app shows.
    ///
    /// # Errors
    ///
    /// Those of [`Client::verify_mfa`].
    pub async fn verify_code(&self, challenge: &MfaChallenge, code: impl Into<Secret>) -> Result<Session, Error> {
        let verification = MfaVerification::new(challenge.mfa_token.clone()).with_code(code);
        Ok(self.session(self.verify_mfa(&verification).await?))
    }

    /// Begins the session of a login that owed a code, with a recovery code, which is spent by that.
    ///
    /// # Errors
    ///
    /// Those of [`Client::verify_mfa`].
    pub async fn verify_recovery_code(
        &self,
        challenge: &MfaChallenge,
        recovery_code: impl Into<Secret>,
    ) -> Result<Session, Error> {
        let verification = MfaVerification::new(challenge.mfa_token.clone()).with_recovery_code(recovery_code);
        Ok(self.session(self.verify_mfa(&verification).await?))
    }

    /// Goes on with a session whose refresh token was kept. The token is spent: keep the one of the new session.
    ///
    /// # Errors
    ///
    /// Those of [`Client::refresh`].
    pub async fn resume(&self, refresh_token: impl Into<Secret>) -> Result<Session, Error> {
        Ok(self.session(self.refresh(&Refresh::default().with_refresh_token(refresh_token)).await?))
    }

    /// The session of these tokens.
    #[must_use]
    pub fn session(&self, pair: TokenPair) -> Session {
        Session::new(&self.anonymous(), pair)
    }

    /// The same as a service account, which gets its access tokens by itself (RFC 6749, section 4.4).
    #[must_use]
    pub fn with_service_account(&self, client_id: Uuid, client_secret: impl Into<Secret>) -> Self {
        self.renewing(Arc::new(Renewable::of_service(self.anonymous(), client_id, client_secret.into())))
    }

    fn anonymous(&self) -> Self {
        Self { authorization: Authorization::Nothing, ..self.clone() }
    }

    /// The same with an access token that is renewed.
    pub(crate) fn renewing(&self, token: Arc<Renewable>) -> Self {
        Self { authorization: Authorization::Renewable(token), ..self.clone() }
    }

    /// Sends a call, with an access token where it needs one: once more with a new token when that has expired.
    pub(crate) async fn send(&self, call: Call) -> Result<Reply, Error> {
        match &self.authorization {
            Authorization::Renewable(renewable) if call.authorized => {
                let token = renewable.token().await?;
                match self.attempt(&call, Some(&token.secret)).await {
                    Err(error) if error.is("unauthenticated") => {
                        let token = renewable.renewed(&token).await?;
                        self.attempt(&call, Some(&token.secret)).await
                    }
                    answer => answer,
                }
            }
            Authorization::Token(token) if call.authorized => self.attempt(&call, Some(token)).await,
            _ => self.attempt(&call, None).await,
        }
    }

    async fn attempt(&self, call: &Call, token: Option<&Secret>) -> Result<Reply, Error> {
        let mut request = self.http.request(call.method.clone(), format!("{}{}", self.base, call.target));
        request = request.headers(call.headers.clone());
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
                .map_err(|_| Error::Request("the access token is none".to_owned()))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(reason) = &self.reason {
            request = request.header("x-access-reason", reason);
        }
        if let Some(body) = &call.body {
            request = request.body(body.0.clone());
        }
        let mut response = request.send().await.map_err(Error::Transport)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(Error::Transport)? {
            if body.len().saturating_add(chunk.len()) > LONGEST_ANSWER {
                return Err(Error::TooLarge { limit: LONGEST_ANSWER });
            }
            body.extend_from_slice(&chunk);
        }
        Reply::of(status, headers, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_base_of_addresses_by_http_is_taken() {
        assert!(Client::new("https://auth.example.org/").is_ok());
        for base in ["auth.example.org", "ftp://auth.example.org", "https://auth.example.org?a=b"] {
            assert!(matches!(Client::new(base), Err(Error::Request(_))), "{base}");
        }
    }

    #[test]
    fn a_client_does_not_print_its_token() {
        let client = Client::new("https://auth.example.org").unwrap().with_token("marked");
        assert!(!format!("{client:?}").contains("marked"));
    }
}
