//! Switch an account off or on.

use voxgate_domain::policy::may_set_status;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::session::EndReason;
use voxgate_domain::user::AccountSwitch;
use voxgate_domain::{Act, Purpose, Reason, RoleName, SessionEnd, User, UserId};

use crate::administration::AdministeredUser;
use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Switches the account of somebody else off or on; one that is so already stays so. Off ends every session at
    /// once, and voids every link and every login that waits for a code.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Inadmissible`] for one's own account, the last active administrator, and an
    /// account that is pending or closed; an error of the store.
    pub async fn set_user_status(
        &self,
        caller: &Caller,
        user: UserId,
        switch: AccountSwitch,
        reason: &Reason,
    ) -> Result<AdministeredUser, Error> {
        may_set_status(caller.user_id(), user)?;
        let mut uow = self.ports.store.begin().await?;
        let switched = match switch {
            AccountSwitch::Active => self.switch_on(&mut *uow, caller, user, reason).await,
            AccountSwitch::Inactive => self.switch_off(&mut *uow, caller, user, reason).await,
        };
        let (user, roles) = settle(uow, switched).await?;
        self.with_lock(user, roles).await
    }

    async fn switch_on(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        user: UserId,
        reason: &Reason,
    ) -> Result<(User, Vec<RoleName>), Error> {
        let before = uow.users().lock(user).await?.ok_or(Error::NotFound)?.user;
        let after = before.clone().activate(self.ports.clock.now()).map_err(inadmissible)?;
        if after != before {
            uow.users().save(&after).await?;
            uow.audit().record(&self.reasoned_event(Act::UserActivated, caller.on(user), reason)).await?;
        }
        Ok((after, role_names(uow, user).await?))
    }

    async fn switch_off(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        user: UserId,
        reason: &Reason,
    ) -> Result<(User, Vec<RoleName>), Error> {
        let now = self.ports.clock.now();
        uow.roles().hold(&RoleName::admin()).await?;
        let before = uow.users().lock(user).await?.ok_or(Error::NotFound)?.user;
        self.spare_last_admin(uow, &before).await?;
        let after = before.clone().deactivate(now).map_err(inadmissible)?;
        if after != before {
            uow.users().save(&after).await?;
            uow.tokens().void(user, Purpose::ALL, now).await?;
            // Logins that wait for a code would go on when the account is switched on again.
            uow.challenges().forget(user).await?;
            uow.audit().record(&self.reasoned_event(Act::UserDeactivated, caller.on(user), reason)).await?;
            let end = SessionEnd { at: now, why: EndReason::Administration };
            self.end_sessions(uow, user, None, end, caller.on(user)).await?;
        }
        Ok((after, role_names(uow, user).await?))
    }
}

fn inadmissible(error: voxgate_domain::user::InvalidTransition) -> Error {
    Error::Inadmissible(error.into())
}

async fn role_names(uow: &mut dyn UnitOfWork, user: UserId) -> Result<Vec<RoleName>, Error> {
    Ok(uow.roles().of(user).await?.into_iter().map(|role| role.name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::policy::Inadmissible;
    use voxgate_domain::role::seed_roles;

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, other, pending, session};

    fn reason() -> Reason {
        Reason::parse("left the clinic").unwrap()
    }

    fn finding(journal: &Journal, user: User, admin: bool, others: bool) -> Unit {
        let mut unit = Unit::new(journal);
        let roles: Vec<_> = seed_roles().into_iter().filter(|role| admin && role.name == RoleName::admin()).collect();
        unit.roles.expect_hold().returning(|_| Ok(()));
        unit.roles.expect_of().returning(move |_| Ok(roles.clone()));
        unit.roles.expect_has_other().returning(move |_, _| Ok(others));
        unit.users.expect_lock().returning(move |_| Ok(Some(account(user.clone()))));
        unit
    }

    fn doubles() -> Doubles {
        let mut doubles = Doubles::new();
        doubles.store.expect_locks().returning(|_| Ok(Vec::new()));
        doubles
    }

    #[tokio::test]
    async fn switching_off_ends_every_session_and_voids_every_link() {
        let journal = Journal::default();
        let mut unit = finding(&journal, other(), true, true);
        unit.users.expect_save().withf(|user| user.status.as_str() == "inactive").times(1).returning(|_| Ok(()));
        unit.tokens.expect_void().withf(|_, purposes, _| purposes == Purpose::ALL).times(1).returning(|_, _, _| Ok(()));
        unit.challenges.expect_forget().times(1).returning(|_| Ok(()));
        unit.sessions.expect_end_all().withf(|_, except, _| except.is_none()).times(1).returning(|_, _, _| Ok(2));
        let me = caller(&active(), session(&active()));

        let app = doubles().with_unit(unit).application();
        app.set_user_status(&me, other().id, AccountSwitch::Inactive, &reason()).await.unwrap();

        assert_eq!(journal.lines(), ["audit user.deactivated", "audit session.revoked", "commit"]);
    }

    #[tokio::test]
    async fn the_last_active_administrator_is_not_switched_off() {
        let journal = Journal::default();
        let me = caller(&active(), session(&active()));
        let app = doubles().with_unit(finding(&journal, other(), true, false)).application();
        let refused = app.set_user_status(&me, other().id, AccountSwitch::Inactive, &reason()).await;
        assert!(matches!(refused, Err(Error::Inadmissible(Inadmissible::LastAdmin))));
        assert_eq!(journal.lines(), ["rollback"]);
    }

    #[tokio::test]
    async fn nobody_switches_themselves_off() {
        let me = caller(&active(), session(&active()));
        let refused =
            doubles().application().set_user_status(&me, active().id, AccountSwitch::Inactive, &reason()).await;
        assert!(matches!(refused, Err(Error::Inadmissible(Inadmissible::OwnStatus))));
    }

    #[tokio::test]
    async fn what_is_so_already_leaves_no_event() {
        let journal = Journal::default();
        let me = caller(&active(), session(&active()));
        let app = doubles().with_unit(finding(&journal, other(), false, false)).application();
        app.set_user_status(&me, other().id, AccountSwitch::Active, &reason()).await.unwrap();
        assert_eq!(journal.lines(), ["commit"]);
    }

    #[tokio::test]
    async fn a_pending_account_is_activated_by_its_owner_alone() {
        let me = caller(&active(), session(&active()));
        let waiting = User { id: other().id, ..pending() };
        let app = doubles().with_unit(finding(&Journal::default(), waiting, false, false)).application();
        let refused = app.set_user_status(&me, other().id, AccountSwitch::Active, &reason()).await;
        assert!(matches!(refused, Err(Error::Inadmissible(Inadmissible::Transition(_)))));
    }
}
