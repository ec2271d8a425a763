//! An access token that is renewed when it has to be: once, however many calls wait for that.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use uuid::Uuid;

use crate::types::{Refresh, TokenPair, TokenRequest};
use crate::{Client, Error, Secret};

/// How long before its end an access token is renewed already, so that it does not expire on its way.
const AHEAD: Duration = Duration::from_secs(10);

/// An access token, what gets the next one, and the renewal under way.
pub(crate) struct Renewable {
    client: Client,
    tokens: Mutex<Tokens>,
}

/// An access token, and the how many-th.
#[derive(Clone)]
pub(crate) struct AccessToken {
    pub(crate) secret: Secret,
    generation: u64,
    stale_at: Instant,
}

struct Tokens {
    access: AccessToken,
    grant: Grant,
    renewal: Option<Renewal>,
    /// Why there will be no further token.
    over: Option<Arc<Error>>,
}

/// What the next access token is asked for with.
#[derive(Clone)]
enum Grant {
    /// The refresh token of a session; none where it is in a cookie.
    Refresh(Option<Secret>),
    /// The credentials of a service account (RFC 6749, section 4.4).
    Credentials { client_id: Uuid, client_secret: Secret },
}

/// What a renewal brings.
struct Renewed {
    access: Secret,
    expires_in: u64,
    grant: Grant,
}

/// A renewal that everybody who needs it waits for.
type Renewal = Shared<BoxFuture<'static, Result<AccessToken, Arc<Error>>>>;

impl Renewable {
    /// That of a session; `client` is without a token, for renewing.
    pub(crate) fn of_session(client: Client, pair: TokenPair) -> Self {
        let access = AccessToken { secret: pair.access_token, generation: 0, stale_at: stale_at(pair.expires_in) };
        Self::new(client, access, Grant::Refresh(pair.refresh_token))
    }

    /// That of a service account, whose first token is asked for when it is needed.
    pub(crate) fn of_service(client: Client, client_id: Uuid, client_secret: Secret) -> Self {
        // Stale from the beginning, so that it is never sent.
        let none = AccessToken { secret: Secret::from(""), generation: 0, stale_at: Instant::now() };
        Self::new(client, none, Grant::Credentials { client_id, client_secret })
    }

    fn new(client: Client, access: AccessToken, grant: Grant) -> Self {
        Self { client, tokens: Mutex::new(Tokens { access, grant, renewal: None, over: None }) }
    }

    fn lock(&self) -> MutexGuard<'_, Tokens> {
        // Nothing that could panic runs while it is held.
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The access token as it is, whether or not it still counts.
    pub(crate) fn token_at_hand(&self) -> AccessToken {
        self.lock().access.clone()
    }

    pub(crate) fn refresh_token(&self) -> Option<Secret> {
        match &self.lock().grant {
            Grant::Refresh(token) => token.clone(),
            Grant::Credentials { .. } => None,
        }
    }

    /// The access token, renewed when it is about to expire.
    pub(crate) async fn token(self: &Arc<Self>) -> Result<AccessToken, Error> {
        let token = self.token_at_hand();
        if Instant::now() < token.stale_at { Ok(token) } else { self.renewed(&token).await }
    }

    /// The access token after `spent`.
    pub(crate) async fn renewed(self: &Arc<Self>, spent: &AccessToken) -> Result<AccessToken, Error> {
        let renewal = {
            let mut tokens = self.lock();
            if tokens.access.generation != spent.generation {
                return Ok(tokens.access.clone());
            }
            if let Some(error) = &tokens.over {
                return Err(Error::NotRenewed(Arc::clone(error)));
            }
            tokens.renewal.get_or_insert_with(|| self.begin()).clone()
        };
        renewal.await.map_err(Error::NotRenewed)
    }

    /// A renewal in a task of its own: it goes on when the caller gives up, since the refresh token may be spent already
    /// and the answer holds the only one that counts.
    fn begin(self: &Arc<Self>) -> Renewal {
        let this = Arc::clone(self);
        let task = tokio::spawn(async move { this.renew().await });
        async move { task.await.unwrap_or_else(|_| Err(Arc::new(Error::Stopped))) }.boxed().shared()
    }

    async fn renew(&self) -> Result<AccessToken, Arc<Error>> {
        let grant = self.lock().grant.clone();
        let answer = grant.redeem(&self.client).await;
        let mut tokens = self.lock();
        tokens.renewal = None;
        match answer {
            Ok(Renewed { access, expires_in, grant }) => {
                let generation = tokens.access.generation.wrapping_add(1);
                tokens.access = AccessToken { secret: access, generation, stale_at: stale_at(expires_in) };
                tokens.grant = grant;
                Ok(tokens.access.clone())
            }
            Err(error) => {
                let error = Arc::new(error);
                // A refusal is for good, unless it says that it is not: too many requests, or not available.
                let refused = error.problem().is_some_and(|problem| matches!(problem.status, 400..=428));
                tokens.over = refused.then(|| Arc::clone(&error));
                Err(error)
            }
        }
    }
}

impl Grant {
    /// Asks for the next access token.
    async fn redeem(self, client: &Client) -> Result<Renewed, Error> {
        match self {
            Self::Refresh(token) => {
                let pair = client.refresh(&Refresh { refresh_token: token.clone() }).await?;
                let grant = Self::Refresh(pair.refresh_token.or(token));
                Ok(Renewed { access: pair.access_token, expires_in: pair.expires_in, grant })
            }
            Self::Credentials { client_id, client_secret } => {
                let request = TokenRequest::new("client_credentials")
                    .with_client_id(client_id.to_string())
                    .with_client_secret(client_secret.clone());
                let token = client.issue_service_token(&request).await?;
                let grant = Self::Credentials { client_id, client_secret };
                Ok(Renewed { access: token.access_token, expires_in: token.expires_in, grant })
            }
        }
    }
}

/// From when on an access token that is valid for so many seconds is not sent any more.
fn stale_at(expires_in: u64) -> Instant {
    let now = Instant::now();
    now.checked_add(Duration::from_secs(expires_in).saturating_sub(AHEAD)).unwrap_or(now)
}
