//! Delete the account.

use voxgate_domain::mail::Notice;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, Purpose, RoleName, SessionEnd};

use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Closes the caller's account: sessions end, links die, and the address is as unknown.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::Inadmissible`] for the last active administrator; an error of the
    /// store.
    pub async fn delete_account(&self, caller: &Caller) -> Result<(), Error> {
        self.require_recent_authentication(caller)?;
        let mut uow = self.ports.store.begin().await?;
        let closed = self.close_account(&mut *uow, caller).await;
        settle(uow, closed).await?;
        self.mail_was_queued();
        Ok(())
    }

    async fn close_account(&self, uow: &mut dyn UnitOfWork, caller: &Caller) -> Result<(), Error> {
        let now = self.ports.clock.now();
        uow.roles().hold(&RoleName::admin()).await?;
        let user = uow.users().lock(caller.user_id()).await?.ok_or(Error::Unauthenticated)?.user;
        self.spare_last_admin(uow, &user).await?;
        let user = user.delete(now).map_err(|_| Error::Unauthenticated)?;
        uow.users().save(&user).await?;
        uow.tokens().void(user.id, Purpose::ALL, now).await?;
        uow.challenges().forget(user.id).await?;
        uow.audit().record(&self.event(Act::AccountDeleted, caller.on_self())).await?;
        let end = SessionEnd { at: now, why: EndReason::AccountDeleted };
        self.end_sessions(uow, user.id, None, end, caller.on_self()).await?;
        self.queue_notice(uow, &user, Notice::AccountDeleted).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::policy::Inadmissible;
    use voxgate_domain::role::seed_roles;

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, minutes, now, session};

    #[tokio::test]
    async fn a_closed_account_has_no_sessions_and_no_links() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.roles.expect_hold().times(1).returning(|_| Ok(()));
        unit.roles.expect_of().returning(|_| Ok(Vec::new()));
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        unit.users.expect_save().withf(|user| user.status.deleted_at() == Some(now())).times(1).returning(|_| Ok(()));
        unit.tokens.expect_void().withf(|_, purposes, _| purposes == Purpose::ALL).times(1).returning(|_, _, _| Ok(()));
        unit.challenges.expect_forget().times(1).returning(|_| Ok(()));
        unit.sessions.expect_end_all().withf(|_, except, _| except.is_none()).times(1).returning(|_, _, _| Ok(1));
        let me = caller(&active(), session(&active()).reauthenticated(now().minus(minutes(1))));

        Doubles::new().with_unit(unit).application().delete_account(&me).await.unwrap();

        let done = ["audit user.deleted", "audit session.revoked", "mail account_deleted", "commit"];
        assert_eq!(journal.lines(), done);
    }

    #[tokio::test]
    async fn the_last_administrator_stays() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.roles.expect_hold().returning(|_| Ok(()));
        unit.roles.expect_of().returning(|_| Ok(seed_roles()));
        unit.roles.expect_has_other().returning(|_, _| Ok(false));
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        let me = caller(&active(), session(&active()).reauthenticated(now().minus(minutes(1))));
        let refused = Doubles::new().with_unit(unit).application().delete_account(&me).await;
        assert!(matches!(refused, Err(Error::Inadmissible(Inadmissible::LastAdmin))));
        assert_eq!(journal.lines(), ["rollback"]);
    }

    #[tokio::test]
    async fn a_sensitive_act_needs_recent_authentication() {
        let me = caller(&active(), session(&active()));
        let refused = Doubles::new().application().delete_account(&me).await;
        assert!(matches!(refused, Err(Error::ReauthenticationRequired { max_age }) if max_age == minutes(10)));
    }
}
