//! A session that renews its access token by itself.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use uuid::Uuid;

use crate::types::{Refresh, TokenPair};
use crate::{Client, Error, Secret};

/// How long before its end an access token is renewed already, so that it does not expire on its way.
const AHEAD: Duration = Duration::from_secs(10);

/// A client that is logged in: every call of [`Client`], with an access token that is renewed when it has to be.
///
/// However many calls find the token expired, one of them renews it and the others wait for that. Clones and clients that
/// were made of it share the session; it goes on when one of them is dropped, and ends with [`Session::log_out`].
#[derive(Clone)]
pub struct Session {
    client: Client,
    renewable: Arc<Renewable>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl Deref for Session {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Session {
    pub(crate) fn new(client: Client, renewable: Arc<Renewable>) -> Self {
        Self { client, renewable }
    }

    /// Which session.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.renewable.lock().id
    }

    /// The access token as it is now, for another client that sends it.
    #[must_use]
    pub fn access_token(&self) -> Secret {
        self.renewable.lock().access.secret.clone()
    }

    /// The refresh token as it is now, for [`Client::resume`]; each renewal replaces it. None where it is in a cookie.
    #[must_use]
    pub fn refresh_token(&self) -> Option<Secret> {
        self.renewable.lock().refresh.clone()
    }

    /// Renews the access token now.
    ///
    /// # Errors
    ///
    /// [`Error::NotRenewed`] when the session is over, or no answer came.
    pub async fn renew(&self) -> Result<(), Error> {
        let generation = self.renewable.lock().access.generation;
        self.renewable.renewed(generation).await.map(drop)
    }

    /// Ends the session: both tokens stop at once, here and on every replica.
    ///
    /// # Errors
    ///
    /// Those of [`Client::logout`].
    pub async fn log_out(self) -> Result<(), Error> {
        self.client.logout().await
    }
}

/// The tokens of a session, and the renewal under way.
pub(crate) struct Renewable {
    client: Client,
    tokens: Mutex<Tokens>,
}

/// An access token, and the how many-th of its session.
#[derive(Clone)]
pub(crate) struct AccessToken {
    pub(crate) secret: Secret,
    pub(crate) generation: u64,
}

struct Tokens {
    id: Uuid,
    access: AccessToken,
    stale_at: Instant,
    refresh: Option<Secret>,
    renewal: Option<Renewal>,
    /// Why there will be no further token.
    over: Option<Arc<Error>>,
}

/// A renewal that everybody who needs it waits for.
type Renewal = Shared<BoxFuture<'static, Result<AccessToken, Arc<Error>>>>;

impl Renewable {
    /// `client` is without a token, for renewing.
    pub(crate) fn new(client: Client, pair: TokenPair) -> Self {
        let tokens = Tokens {
            id: pair.session_id,
            stale_at: stale_at(&pair),
            access: AccessToken { secret: pair.access_token, generation: 0 },
            refresh: pair.refresh_token,
            renewal: None,
            over: None,
        };
        Self { client, tokens: Mutex::new(tokens) }
    }

    fn lock(&self) -> MutexGuard<'_, Tokens> {
        // Nothing that could panic runs while it is held.
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The access token, renewed when it is about to expire.
    pub(crate) async fn token(self: &Arc<Self>) -> Result<AccessToken, Error> {
        let token = {
            let tokens = self.lock();
            if Instant::now() < tokens.stale_at || tokens.refresh.is_none() {
                return Ok(tokens.access.clone());
            }
            tokens.access.generation
        };
        self.renewed(token).await
    }

    /// The access token after the one of `generation`.
    pub(crate) async fn renewed(self: &Arc<Self>, generation: u64) -> Result<AccessToken, Error> {
        let renewal = {
            let mut tokens = self.lock();
            if tokens.access.generation != generation {
                return Ok(tokens.access.clone());
            }
            if let Some(error) = &tokens.over {
                return Err(Error::NotRenewed(Arc::clone(error)));
            }
            let begin = || self.begin();
            tokens.renewal.get_or_insert_with(begin).clone()
        };
        renewal.await.map_err(Error::NotRenewed)
    }

    /// A renewal in a task of its own: it goes on when the caller gives up, since the refresh token may be spent already
    /// and the answer holds the only one that counts.
    fn begin(self: &Arc<Self>) -> Renewal {
        let session = Arc::clone(self);
        let task = tokio::spawn(async move { session.renew().await });
        async move { task.await.unwrap_or_else(|_| Err(Arc::new(Error::Stopped))) }.boxed().shared()
    }

    async fn renew(&self) -> Result<AccessToken, Arc<Error>> {
        let refresh_token = self.lock().refresh.clone();
        let answer = self.client.refresh(&Refresh { refresh_token }).await;
        let mut tokens = self.lock();
        tokens.renewal = None;
        match answer {
            Ok(pair) => {
                tokens.stale_at = stale_at(&pair);
                let generation = tokens.access.generation.wrapping_add(1);
                tokens.access = AccessToken { secret: pair.access_token, generation };
                tokens.refresh = pair.refresh_token.or(tokens.refresh.take());
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

/// From when on the access token of `pair` is not sent any more.
fn stale_at(pair: &TokenPair) -> Instant {
    let life = Duration::from_secs(pair.expires_in);
    let now = Instant::now();
    now.checked_add(life.saturating_sub(AHEAD)).unwrap_or(now)
}
