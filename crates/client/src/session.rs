//! A session that renews its access token by itself.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use uuid::Uuid;

use crate::renewable::Renewable;
use crate::types::TokenPair;
use crate::{Client, Error, Secret};

/// A client that is logged in: every call of [`Client`], with an access token that is renewed when it has to be.
///
/// However many calls find the token expired, one of them renews it and the others wait for that. Clones and clients that
/// were made of it share the session; it goes on when one of them is dropped, and ends with [`Session::log_out`].
#[derive(Clone)]
pub struct Session {
    id: Uuid,
    client: Client,
    renewable: Arc<Renewable>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Deref for Session {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Session {
    /// The session of `pair`; `anonymous` is without a token.
    pub(crate) fn new(anonymous: &Client, pair: TokenPair) -> Self {
        let id = pair.session_id;
        let renewable = Arc::new(Renewable::of_session(anonymous.clone(), pair));
        Self { id, client: anonymous.renewing(Arc::clone(&renewable)), renewable }
    }

    /// Which session.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The access token as it is now, for another client that sends it.
    #[must_use]
    pub fn access_token(&self) -> Secret {
        self.renewable.token_at_hand().secret
    }

    /// The refresh token as it is now, for [`Client::resume`]; each renewal replaces it. None where it is in a cookie.
    #[must_use]
    pub fn refresh_token(&self) -> Option<Secret> {
        self.renewable.refresh_token()
    }

    /// Renews the access token now.
    ///
    /// # Errors
    ///
    /// [`Error::NotRenewed`] when the session is over, or no answer came.
    pub async fn renew(&self) -> Result<(), Error> {
        let token = self.renewable.token_at_hand();
        self.renewable.renewed(&token).await.map(drop)
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
