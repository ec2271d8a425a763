//! End the sessions of somebody, or of everybody, from the command line.

use voxgate_domain::session::EndReason;
use voxgate_domain::{Reason, SessionEnd, UserId};

use crate::caller::Who;
use crate::transaction::settle;
use crate::{Application, Error};

impl Application {
    /// The most users who are looked up at once.
    const OWNERS_AT_ONCE: u32 = 100;

    /// Ends every session that is open: after a backup was restored, which knows of no logout since, or when refresh
    /// tokens may have been read. `progress` is told after each user how many there were; their number is the result.
    ///
    /// Each user is a transaction with its event, so that no request waits long for it, and a run that was cut off goes
    /// on with those who are left. A login meanwhile is not undone once its user had their turn.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn end_every_session(&self, reason: &Reason, progress: impl Fn(u64) + Send + Sync) -> Result<u64, Error> {
        let (mut done, mut after) = (0, None);
        loop {
            let mut uow = self.ports.store.begin().await?;
            let owners = uow.sessions().owners_after(after, Self::OWNERS_AT_ONCE).await?;
            uow.rollback().await?;
            let Some(last) = owners.last() else { return Ok(done) };
            after = Some(*last);
            for user in owners {
                self.end_sessions_for(user, reason).await?;
                done += 1;
                progress(done);
            }
        }
    }

    /// Ends every session of `user`; how many were open.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such user.
    pub async fn end_sessions_of(&self, user: UserId, reason: &Reason) -> Result<u64, Error> {
        self.ports.store.account(user).await?.ok_or(Error::NotFound)?;
        self.end_sessions_for(user, reason).await
    }

    async fn end_sessions_for(&self, user: UserId, reason: &Reason) -> Result<u64, Error> {
        let mut uow = self.ports.store.begin().await?;
        let end = SessionEnd { at: self.ports.clock.now(), why: EndReason::Administration };
        let who = Who { purpose: Some(reason), ..Who::default().about(Some(user)) };
        let ended = self.end_sessions(&mut *uow, user, None, end, who).await;
        settle(uow, ended).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::{Doubles, Journal, Unit, active, other};

    fn reason() -> Reason {
        Reason::parse("restored of the backup of Monday").unwrap()
    }

    #[tokio::test]
    async fn everybody_has_their_turn_and_a_transaction_of_their_own() {
        let journal = Journal::default();
        let unit = || Unit::new(&journal);
        let mut doubles = Doubles::new();
        let mut list = unit();
        list.sessions.expect_owners_after().returning(|_, _| Ok(vec![active().id, other().id]));
        doubles = doubles.with_unit(list);
        for count in [2, 0] {
            let mut one = unit();
            one.sessions.expect_end_all().times(1).returning(move |_, _, _| Ok(count));
            doubles = doubles.with_unit(one);
        }
        let mut end_of_list = unit();
        let behind = |after: &Option<UserId>, _: &u32| *after == Some(other().id);
        end_of_list.sessions.expect_owners_after().withf(behind).returning(|_, _| Ok(Vec::new()));
        let told = std::sync::Mutex::new(Vec::new());

        let app = doubles.with_unit(end_of_list).application();
        let done = app.end_every_session(&reason(), |so_far| told.lock().unwrap().push(so_far)).await.unwrap();

        assert_eq!((done, told.into_inner().unwrap()), (2, vec![1, 2]));
        // Whoever logged out meanwhile has none to end.
        assert_eq!(journal.lines(), ["rollback", "audit session.revoked", "commit", "commit", "rollback"]);
    }

    #[tokio::test]
    async fn nobody_has_no_sessions_to_end() {
        let mut doubles = Doubles::new();
        doubles.store.expect_account().returning(|_| Ok(None));
        let ended = doubles.application().end_sessions_of(other().id, &reason()).await;
        assert!(matches!(ended, Err(Error::NotFound)));
    }
}
