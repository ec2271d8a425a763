//! Log out.

use voxgate_domain::policy::RefreshVerdict;
use voxgate_domain::ports::{Principal, UnitOfWork};
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, ClientContext, SecretToken, SessionEnd, SessionId, UserId};

use crate::caller::{Caller, Who};
use crate::transaction::settle;
use crate::{Application, Error};

impl Application {
    /// Ends the caller's session.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn log_out(&self, caller: &Caller) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let ended = self.log_out_session(&mut *uow, caller.user_id(), caller.session_id(), caller.on_self()).await;
        settle(uow, ended).await
    }

    /// Ends the session that a refresh token belongs to: for browsers, which hold that token in a cookie.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRefreshToken`] when the token is unknown, or its session is over.
    pub async fn log_out_by_refresh_token(&self, token: &SecretToken, client: &ClientContext) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let ended = self.end_session_of_token(&mut *uow, token, client).await;
        settle(uow, ended).await
    }

    async fn end_session_of_token(
        &self,
        uow: &mut dyn UnitOfWork,
        token: &SecretToken,
        client: &ClientContext,
    ) -> Result<(), Error> {
        let hash = self.ports.token_hasher.token(token);
        let (token, Principal { session, .. }) =
            uow.sessions().lock_by_token(hash).await?.ok_or(Error::InvalidRefreshToken)?;
        match self.policies.session.judge(&token, &session, self.ports.clock.now()) {
            // Whoever holds a spent token may still end what it was of: nothing else is gained by it.
            RefreshVerdict::Accept | RefreshVerdict::Reused => {
                let who = Who::proven(client, session.user_id).within(session.id);
                self.log_out_session(uow, session.user_id, session.id, who).await
            }
            RefreshVerdict::SessionOver => Err(Error::InvalidRefreshToken),
        }
    }

    async fn log_out_session(
        &self,
        uow: &mut dyn UnitOfWork,
        user: UserId,
        session: SessionId,
        who: Who<'_>,
    ) -> Result<(), Error> {
        let end = SessionEnd { at: self.ports.clock.now(), why: EndReason::LoggedOut };
        // Two logouts at once: the second finds nothing to end, and that is what it wanted.
        if uow.sessions().end(user, session, end).await? {
            uow.audit().record(&self.event(Act::SessionEnded { session, why: end.why }, who)).await?;
        }
        Ok(())
    }
}
