//! Refresh: rotate a refresh token.

use voxgate_domain::mail::Notice;
use voxgate_domain::policy::RefreshVerdict;
use voxgate_domain::ports::{Principal, UnitOfWork};
use voxgate_domain::role::Role;
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, ClientContext, RoleName, SecretToken, Session, SessionEnd, User};

use crate::caller::Who;
use crate::transaction::{commit_and, settle};
use crate::{Application, Error, TokenPair};

/// What the transaction did; both are to be committed.
enum Refreshed {
    /// The session goes on with a new token.
    Rotated { session: Box<Session>, secret: SecretToken, roles: Vec<RoleName> },
    /// The session was ended.
    Compromised,
}

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
        let judged = self.judge_and_rotate(&mut *uow, token, client).await;
        match judged {
            Ok(Refreshed::Rotated { session, secret, roles }) => {
                commit_and(uow, self.pair(&session, roles, secret)).await
            }
            Ok(Refreshed::Compromised) => {
                uow.commit().await?;
                self.mail_was_queued();
                Err(Error::RefreshTokenReused)
            }
            Err(error) => settle(uow, Err(error)).await,
        }
    }

    async fn judge_and_rotate(
        &self,
        uow: &mut dyn UnitOfWork,
        token: &SecretToken,
        client: &ClientContext,
    ) -> Result<Refreshed, Error> {
        let hash = self.ports.token_hasher.token(token);
        let (token, holder) = uow.sessions().lock_by_token(hash).await?.ok_or(Error::InvalidRefreshToken)?;
        let Principal { user, session, roles } = holder;
        // Read and not held: whoever holds a user may wait for a session. Those who end an account end its sessions, and
        // wait for this one.
        if !user.is_active() {
            return Err(Error::InvalidRefreshToken);
        }
        let who = Who::proven(client, session.user_id).within(session.id);
        match self.policies.session.judge(&token, &session, self.ports.clock.now()) {
            RefreshVerdict::Accept => self.rotate(uow, session, roles, who).await,
            RefreshVerdict::SessionOver => Err(Error::InvalidRefreshToken),
            RefreshVerdict::Reused => self.end_compromised(uow, &session, &user, who).await,
        }
    }

    async fn rotate(
        &self,
        uow: &mut dyn UnitOfWork,
        session: Session,
        roles: Vec<Role>,
        who: Who<'_>,
    ) -> Result<Refreshed, Error> {
        let from = session.generation;
        let (secret, next) = self.new_refresh_token(&session, from.next());
        let session = session.refreshed(next.generation, self.ports.clock.now());
        uow.sessions().rotate(&session, from, &next).await?;
        uow.audit().record(&self.event(Act::SessionRefreshed, who)).await?;
        let roles = roles.into_iter().map(|role| role.name).collect();
        Ok(Refreshed::Rotated { session: Box::new(session), secret, roles })
    }

    /// Two parties hold tokens of the session and nobody can tell which is its owner: ends it.
    async fn end_compromised(
        &self,
        uow: &mut dyn UnitOfWork,
        session: &Session,
        owner: &User,
        who: Who<'_>,
    ) -> Result<Refreshed, Error> {
        let end = SessionEnd { at: self.ports.clock.now(), why: EndReason::RefreshTokenReused };
        uow.sessions().end(session.user_id, session.id, end).await?;
        // Who brought the token is just what is not known.
        let who = Who { actor: None, ..who };
        uow.audit().record(&self.event(Act::RefreshTokenReused, who)).await?;
        let ended = Act::SessionEnded { session: session.id, why: end.why };
        uow.audit().record(&self.event(ended, who)).await?;
        self.queue_notice(uow, owner, Notice::SessionCompromised).await?;
        Ok(Refreshed::Compromised)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::{Generation, RefreshToken, Timestamp, TokenHash};

    use crate::test_support::{Doubles, Journal, Unit, active, client, minutes, now, session, token};

    /// A unit that finds a token of generation 1, superseded or not, of a session of `user` at generation 1 or 2.
    fn finding(journal: &Journal, user: &User, superseded_at: Option<Timestamp>) -> Unit {
        let mut unit = Unit::new(journal);
        let mut session = session(user);
        if superseded_at.is_some() {
            session = session.refreshed(Generation::FIRST.next(), now());
        }
        let hash = TokenHash::from_bytes([1; 32]);
        let issued_at = session.created_at;
        let found =
            RefreshToken { hash, session_id: session.id, generation: Generation::FIRST, issued_at, superseded_at };
        let holder = Principal { user: user.clone(), session, roles: Vec::new() };
        unit.sessions.expect_lock_by_token().returning(move |_| Ok(Some((found.clone(), holder.clone()))));
        unit
    }

    #[tokio::test]
    async fn the_current_token_is_rotated() {
        let journal = Journal::default();
        let mut unit = finding(&journal, &active(), None);
        unit.sessions
            .expect_rotate()
            .withf(|session, from, next| *from == Generation::FIRST && next.generation == session.generation)
            .times(1)
            .returning(|_, _, _| Ok(()));

        let pair = Doubles::new().with_unit(unit).application().refresh(&token("current"), &client()).await.unwrap();

        assert_eq!(pair.expires_in, minutes(15));
        assert_eq!(journal.lines(), ["audit session.refreshed", "commit"]);
    }

    #[tokio::test]
    async fn a_lost_answer_within_the_leeway_yields_another_pair() {
        let journal = Journal::default();
        let mut unit = finding(&journal, &active(), Some(now()));
        unit.sessions.expect_rotate().times(1).returning(|_, _, _| Ok(()));

        assert!(Doubles::new().with_unit(unit).application().refresh(&token("spent"), &client()).await.is_ok());
    }

    #[tokio::test]
    async fn reuse_ends_the_session_durably_and_tells_its_owner() {
        let journal = Journal::default();
        let mut unit = finding(&journal, &active(), Some(now().minus(minutes(1))));
        unit.sessions
            .expect_end()
            .withf(|_, _, end| end.why == EndReason::RefreshTokenReused)
            .times(1)
            .returning(|_, _, _| Ok(true));

        let refused = Doubles::new().with_unit(unit).application().refresh(&token("stolen"), &client()).await;

        assert!(matches!(refused, Err(Error::RefreshTokenReused)));
        let done = ["audit session.refresh_reused", "audit session.revoked", "mail session_compromised", "commit"];
        assert_eq!(journal.lines(), done);
    }

    #[tokio::test]
    async fn an_unknown_token_or_an_inactive_user_gets_nothing() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.sessions.expect_lock_by_token().returning(|_| Ok(None));
        let refused = Doubles::new().with_unit(unit).application().refresh(&token("unknown"), &client()).await;
        assert!(matches!(refused, Err(Error::InvalidRefreshToken)));

        let gone = active().delete(now()).unwrap();
        let unit = finding(&journal, &gone, None);
        let refused = Doubles::new().with_unit(unit).application().refresh(&token("orphan"), &client()).await;
        assert!(matches!(refused, Err(Error::InvalidRefreshToken)));
        assert_eq!(journal.lines(), ["rollback", "rollback"]);
    }
}
