//! Refresh: rotate a refresh token.

use voxgate_domain::mail::Notice;
use voxgate_domain::policy::RefreshVerdict;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, ClientContext, SecretToken, Session, SessionEnd, User};

use crate::caller::Who;
use crate::{Application, Error, TokenPair};

impl Application {
    /// Gives a new pair for a refresh token, which is then spent. Within the leeway a spent one still yields another
    /// pair of the same session, for a client that lost the answer; after it, it ends the session (RFC 9700, section
    /// 4.14.2).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRefreshToken`] when the token is unknown, or its session or user is no longer;
    /// [`Error::RefreshTokenReused`] when it came back after the leeway.
    pub async fn refresh(&self, token: &SecretToken, client: &ClientContext) -> Result<TokenPair, Error> {
        let mut uow = self.ports.store.begin().await?;
        let hash = self.ports.token_hasher.token(token);
        let (token, session) = uow.sessions().lock_by_token(hash).await?.ok_or(Error::InvalidRefreshToken)?;
        let account = uow.users().lock(session.user_id).await?.ok_or(Error::InvalidRefreshToken)?;
        if !account.user.is_active() {
            return Err(Error::InvalidRefreshToken);
        }
        let who = Who::proven(client, session.user_id).within(session.id);
        match self.policies.session.judge(&token, &session, self.ports.clock.now()) {
            RefreshVerdict::Accept => self.rotate(uow, session, who).await,
            RefreshVerdict::SessionOver => Err(Error::InvalidRefreshToken),
            RefreshVerdict::Reused => Err(self.end_compromised(uow, &session, &account.user, who).await?),
        }
    }

    async fn rotate(&self, mut uow: Box<dyn UnitOfWork>, session: Session, who: Who<'_>) -> Result<TokenPair, Error> {
        let from = session.generation;
        let (secret, next) = self.new_refresh_token(&session, from.next());
        let session = session.refreshed(next.generation, self.ports.clock.now());
        uow.sessions().rotate(&session, from, &next).await?;
        uow.audit().record(&self.event(Act::SessionRefreshed, who)).await?;
        let roles = uow.roles().of(session.user_id).await?.into_iter().map(|role| role.name).collect();
        uow.commit().await?;
        self.pair(&session, roles, secret)
    }

    /// Two parties hold tokens of the session and nobody can tell which is its owner: ends it.
    async fn end_compromised(
        &self,
        mut uow: Box<dyn UnitOfWork>,
        session: &Session,
        owner: &User,
        who: Who<'_>,
    ) -> Result<Error, Error> {
        let end = SessionEnd { at: self.ports.clock.now(), why: EndReason::RefreshTokenReused };
        uow.sessions().end(session.user_id, session.id, end).await?;
        // Who brought the token is just what is not known.
        let who = Who { actor: None, ..who };
        uow.audit().record(&self.event(Act::RefreshTokenReused, who)).await?;
        let ended = Act::SessionEnded { session: session.id, why: end.why };
        uow.audit().record(&self.event(ended, who)).await?;
        self.queue_notice(&mut *uow, owner, Notice::SessionCompromised).await?;
        uow.commit().await?;
        self.mail_was_queued();
        Ok(Error::RefreshTokenReused)
    }
}
