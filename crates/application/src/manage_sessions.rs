//! See and end one's sessions.

use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, Session, SessionEnd, SessionId, UserId};

use crate::caller::Who;
use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// The open sessions of the caller, newest first.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn list_sessions(&self, caller: &Caller) -> Result<Vec<Session>, Error> {
        self.open_sessions_of(caller.user_id()).await
    }

    /// The open sessions of `user`, newest first.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub(crate) async fn open_sessions_of(&self, user: UserId) -> Result<Vec<Session>, Error> {
        let now = self.ports.clock.now();
        let policy = &self.policies.session;
        let mut sessions = self.ports.store.sessions_of(user, now, policy.max_per_user).await?;
        sessions.retain(|session| policy.is_open(session, now));
        Ok(sessions)
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when it is over, somebody else's, or there is none.
    pub async fn revoke_session(&self, caller: &Caller, session: SessionId) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let ended = self.end_own_session(&mut *uow, caller, session).await;
        settle(uow, ended).await
    }

    async fn end_own_session(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        session: SessionId,
    ) -> Result<(), Error> {
        let end = SessionEnd { at: self.ports.clock.now(), why: EndReason::Revoked };
        if !uow.sessions().end(caller.user_id(), session, end).await? {
            return Err(Error::NotFound);
        }
        let act = Act::SessionEnded { session, why: end.why };
        Ok(uow.audit().record(&self.event(act, caller.on_self())).await?)
    }

    /// Ends every session of the caller but the present one.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn revoke_other_sessions(&self, caller: &Caller) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let end = SessionEnd { at: self.ports.clock.now(), why: EndReason::Revoked };
        let user = caller.user_id();
        self.end_sessions(&mut *uow, user, Some(caller.session_id()), end, caller.on_self()).await?;
        Ok(uow.commit().await?)
    }

    /// Ends the open sessions of `user` but `except`, and records it when there were any; how many there were.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub(crate) async fn end_sessions(
        &self,
        uow: &mut dyn UnitOfWork,
        user: UserId,
        except: Option<SessionId>,
        end: SessionEnd,
        who: Who<'_>,
    ) -> Result<u64, Error> {
        let count = uow.sessions().end_all(user, except, end).await?;
        if count > 0 {
            uow.audit().record(&self.event(Act::SessionsEnded { count, why: end.why }, who)).await?;
        }
        Ok(count)
    }
}
