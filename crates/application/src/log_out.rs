//! Log out.

use voxgate_domain::policy::RefreshVerdict;
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, ClientContext, SecretToken, SessionEnd, SessionId, UserId};

use crate::caller::{Caller, Who};
use crate::{Application, Error};

impl Application {
    /// Ends the caller's session.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn log_out(&self, caller: &Caller) -> Result<(), Error> {
        self.log_out_session(caller.user_id(), caller.session_id(), caller.on_self()).await
    }

    /// Ends the session that a refresh token belongs to: for browsers, which hold that token in a cookie.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRefreshToken`] when the token is unknown, spent, or its session is over.
    pub async fn log_out_by_refresh_token(&self, token: &SecretToken, client: &ClientContext) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let hash = self.ports.token_hasher.token(token);
        let (token, session) = uow.sessions().lock_by_token(hash).await?.ok_or(Error::InvalidRefreshToken)?;
        uow.rollback().await?;
        match self.policies.session.judge(&token, &session, self.ports.clock.now()) {
            RefreshVerdict::Accept => {
                let who = Who::proven(client, session.user_id).within(session.id);
                self.log_out_session(session.user_id, session.id, who).await
            }
            RefreshVerdict::SessionOver | RefreshVerdict::Reused => Err(Error::InvalidRefreshToken),
        }
    }

    async fn log_out_session(&self, user: UserId, session: SessionId, who: Who<'_>) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let end = SessionEnd { at: self.ports.clock.now(), why: EndReason::LoggedOut };
        // Two logouts at once: the second finds nothing to end, and that is what it wanted.
        if uow.sessions().end(user, session, end).await? {
            uow.audit().record(&self.event(Act::SessionEnded { session, why: end.why }, who)).await?;
        }
        Ok(uow.commit().await?)
    }
}
