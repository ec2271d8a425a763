//! Authenticate a request by its access token.

use voxgate_domain::ports::Principal;

use crate::{Application, Error};

impl Application {
    /// Who stands behind an access token: its signature and claims are checked without the store, then session, user
    /// and roles are read as they are now, in one round trip.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] when the token is not valid, or its session or user is no longer; an error of the
    /// store.
    pub async fn authenticate(&self, access_token: &str) -> Result<Principal, Error> {
        let now = self.ports.clock.now();
        let claims = self.ports.verifier.verify(access_token, now)?;
        let principal = self.ports.authenticator.authenticate(claims.session).await?.ok_or(Error::Unauthenticated)?;
        let open = self.policies.session.is_open(&principal.session, now);
        if open && principal.user.is_active() && principal.user.id == claims.subject {
            Ok(principal)
        } else {
            Err(Error::Unauthenticated)
        }
    }
}
