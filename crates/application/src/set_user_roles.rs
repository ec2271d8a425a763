//! Give and take roles.

use std::collections::BTreeSet;

use voxgate_domain::mail::Notice;
use voxgate_domain::policy::{RoleChange, may_set_roles};
use voxgate_domain::ports::{RoleAssignment, UnitOfWork};
use voxgate_domain::{Act, Reason, RoleAssignmentId, RoleName, User, UserId};

use crate::administration::{AdministeredUser, living};
use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Replaces the roles of somebody else. It counts on their next request, since authentication reads roles as they
    /// are; they are told by mail. By whom, when and why is kept with each role that they got.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::UnknownRole`]; [`Error::Inadmissible`] for one's own roles, the last active
    /// administrator, and a closed account; an error of the store.
    pub async fn set_user_roles(
        &self,
        caller: &Caller,
        user: UserId,
        roles: BTreeSet<RoleName>,
        reason: &Reason,
    ) -> Result<AdministeredUser, Error> {
        may_set_roles(caller.user_id(), user)?;
        self.check_roles(&roles).await?;
        let mut uow = self.ports.store.begin().await?;
        let changed = self.replace_roles(&mut *uow, caller, user, &roles, reason).await;
        let user = settle(uow, changed).await?;
        self.mail_was_queued();
        self.with_lock(user, roles.into_iter().collect()).await
    }

    async fn replace_roles(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        user: UserId,
        wanted: &BTreeSet<RoleName>,
        reason: &Reason,
    ) -> Result<User, Error> {
        uow.roles().hold(&RoleName::admin()).await?;
        let found = uow.users().lock(user).await?.ok_or(Error::NotFound)?.user;
        living(&found)?;
        let present = uow.roles().of(user).await?.into_iter().map(|role| role.name).collect();
        let change = RoleChange::between(&present, wanted);
        if change.is_empty() {
            return Ok(found);
        }
        if change.removed.contains(&RoleName::admin()) {
            self.spare_last_admin(uow, &found).await?;
        }
        self.apply_change(uow, caller, user, &change, reason).await?;
        let RoleChange { added, removed } = change;
        let act = Act::RoleChanged { added, removed, roles: wanted.iter().cloned().collect() };
        uow.audit().record(&self.reasoned_event(act, caller.on(user), reason)).await?;
        self.queue_notice(uow, &found, Notice::RolesChanged).await?;
        Ok(found)
    }

    async fn apply_change(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        user: UserId,
        change: &RoleChange,
        reason: &Reason,
    ) -> Result<(), Error> {
        let at = self.ports.clock.now();
        for role in &change.removed {
            uow.roles().revoke(user, role).await?;
        }
        for role in &change.added {
            let id = RoleAssignmentId::generate(at, &*self.ports.entropy);
            let by = Some(caller.user_id());
            uow.roles().assign(&RoleAssignment { id, user, role, by, reason: reason.as_str(), at }).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::policy::Inadmissible;
    use voxgate_domain::role::seed_roles;

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, other, session};

    fn reason() -> Reason {
        Reason::parse("moved to the night shift").unwrap()
    }

    fn names(names: &[&str]) -> BTreeSet<RoleName> {
        names.iter().map(|name| RoleName::parse(name).unwrap()).collect()
    }

    /// Somebody with these roles, beside whom there are other administrators or not.
    fn finding(journal: &Journal, roles: &[&str], others: bool) -> Unit {
        let mut unit = Unit::new(journal);
        let held: Vec<_> = seed_roles().into_iter().filter(|role| roles.contains(&role.name.as_str())).collect();
        unit.roles.expect_hold().times(1).returning(|_| Ok(()));
        unit.roles.expect_of().returning(move |_| Ok(held.clone()));
        unit.roles.expect_has_other().returning(move |_, _| Ok(others));
        unit.users.expect_lock().returning(|_| Ok(Some(account(other()))));
        unit
    }

    fn with_roles() -> Doubles {
        let mut doubles = Doubles::new();
        doubles.store.expect_roles().returning(|| Ok(seed_roles()));
        doubles.store.expect_locks().returning(|_| Ok(Vec::new()));
        doubles
    }

    #[tokio::test]
    async fn a_change_says_by_whom_and_why_and_is_told() {
        let journal = Journal::default();
        let mut unit = finding(&journal, &["patient"], false);
        unit.roles.expect_revoke().withf(|_, role| *role == RoleName::patient()).times(1).returning(|_, _| Ok(()));
        unit.roles
            .expect_assign()
            .withf(|given| given.by == Some(active().id) && given.reason == "moved to the night shift")
            .times(1)
            .returning(|_| Ok(()));
        let me = caller(&active(), session(&active()));

        let app = with_roles().with_unit(unit).application();
        let changed = app.set_user_roles(&me, other().id, names(&["clinician"]), &reason()).await.unwrap();

        assert_eq!(changed.roles, [RoleName::parse("clinician").unwrap()]);
        assert_eq!(journal.lines(), ["audit role.changed", "mail roles_changed", "commit"]);
    }

    #[tokio::test]
    async fn the_last_administrator_keeps_the_role() {
        let me = caller(&active(), session(&active()));
        let unit = finding(&Journal::default(), &["admin"], false);
        let app = with_roles().with_unit(unit).application();
        let refused = app.set_user_roles(&me, other().id, names(&["patient"]), &reason()).await;
        assert!(matches!(refused, Err(Error::Inadmissible(Inadmissible::LastAdmin))));
    }

    #[tokio::test]
    async fn nobody_raises_their_own_role() {
        let me = caller(&active(), session(&active()));
        let refused = with_roles().application().set_user_roles(&me, active().id, names(&["admin"]), &reason()).await;
        assert!(matches!(refused, Err(Error::Inadmissible(Inadmissible::OwnRoles))));
    }

    #[tokio::test]
    async fn the_same_roles_are_no_change() {
        let journal = Journal::default();
        let me = caller(&active(), session(&active()));
        let app = with_roles().with_unit(finding(&journal, &["patient"], false)).application();
        app.set_user_roles(&me, other().id, names(&["patient"]), &reason()).await.unwrap();
        assert_eq!(journal.lines(), ["commit"]);
    }
}
