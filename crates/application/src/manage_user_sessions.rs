//! See and end another person's sessions.

use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, Session, SessionEnd, UserId};

use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// The open sessions of the user, newest first. The look is recorded.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; an error of the store.
    pub async fn list_user_sessions(&self, caller: &Caller, user: UserId) -> Result<Vec<Session>, Error> {
        self.ports.store.account(user).await?.ok_or(Error::NotFound)?;
        let sessions = self.open_sessions_of(user).await?;
        self.record_look(Act::SessionsListed, caller.on(user)).await?;
        Ok(sessions)
    }

    /// Ends every session of the user.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; an error of the store.
    pub async fn end_user_sessions(&self, caller: &Caller, user: UserId) -> Result<(), Error> {
        self.ports.store.account(user).await?.ok_or(Error::NotFound)?;
        let mut uow = self.ports.store.begin().await?;
        let end = SessionEnd { at: self.ports.clock.now(), why: EndReason::Administration };
        let ended = self.end_sessions(&mut *uow, user, None, end, caller.on(user)).await;
        settle(uow, ended).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, other, session};

    #[tokio::test]
    async fn a_look_at_sessions_is_recorded() {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_unit(Unit::new(&journal));
        doubles.store.expect_account().returning(|_| Ok(Some(account(other()))));
        doubles.store.expect_sessions_of().returning(|_, _, _| Ok(vec![session(&other())]));
        let me = caller(&active(), session(&active()));
        let listed = doubles.application().list_user_sessions(&me, other().id).await.unwrap();
        assert_eq!(listed, [session(&other())]);
        assert_eq!(journal.lines(), ["audit session.listed", "commit"]);
    }

    #[tokio::test]
    async fn nobody_has_no_sessions() {
        let mut doubles = Doubles::new();
        doubles.store.expect_account().returning(|_| Ok(None));
        let me = caller(&active(), session(&active()));
        let app = doubles.application();
        assert!(matches!(app.list_user_sessions(&me, other().id).await, Err(Error::NotFound)));
        assert!(matches!(app.end_user_sessions(&me, other().id).await, Err(Error::NotFound)));
    }
}
