//! Invite a user.

use std::collections::BTreeSet;

use voxgate_domain::mail::LinkPurpose;
use voxgate_domain::ports::{RoleAssignment, UnitOfWork};
use voxgate_domain::{Act, EmailAddress, Permission, Profile, RoleAssignmentId, RoleName, User, UserId};

use crate::administration::AdministeredUser;
use crate::transaction::settle;
use crate::{Application, Caller, Error};

/// Who is invited.
#[derive(Debug)]
pub struct InviteUser {
    /// The address, which is proven when its owner accepts.
    pub email: EmailAddress,
    /// The roles from the beginning.
    pub roles: BTreeSet<RoleName>,
    /// First and last name, when given.
    pub profile: Profile,
}

impl Application {
    /// Makes a pending account without a password, and mails its owner a link to set one. Whoever gives another role
    /// than that of every new user needs the permission to give roles, or inviting would be a way around it.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] when the address has an account; [`Error::UnknownRole`]; [`Error::Forbidden`]; an error of
    /// the store.
    pub async fn invite_user(&self, caller: &Caller, invite: InviteUser) -> Result<AdministeredUser, Error> {
        if invite.roles.iter().any(|role| *role != RoleName::patient()) {
            self.authorize(caller.clone(), Permission::RolesAssign, None).await?;
        }
        self.check_roles(&invite.roles).await?;
        let mut uow = self.ports.store.begin().await?;
        let invited = self.add_invited(&mut *uow, caller, &invite).await;
        let user = settle(uow, invited).await?;
        self.mail_was_queued();
        self.with_lock(user, invite.roles.into_iter().collect()).await
    }

    async fn add_invited(&self, uow: &mut dyn UnitOfWork, caller: &Caller, invite: &InviteUser) -> Result<User, Error> {
        let now = self.ports.clock.now();
        let id = UserId::generate(now, &*self.ports.entropy);
        let user = User::register(id, invite.email.clone(), invite.profile.clone(), now);
        uow.users().add(&user, None).await?;
        for role in &invite.roles {
            let assignment = RoleAssignment {
                id: RoleAssignmentId::generate(now, &*self.ports.entropy),
                user: id,
                role,
                by: Some(caller.user_id()),
                reason: "invited",
                at: now,
            };
            uow.roles().assign(&assignment).await?;
        }
        uow.audit().record(&self.event(Act::UserInvited, caller.on(id))).await?;
        if !invite.roles.is_empty() {
            let roles: Vec<RoleName> = invite.roles.iter().cloned().collect();
            let given = Act::RoleChanged { added: roles.clone(), removed: Vec::new(), roles };
            uow.audit().record(&self.event(given, caller.on(id))).await?;
        }
        self.send_link(uow, &user, &user.email, LinkPurpose::AcceptInvitation, caller.on(id)).await?;
        Ok(user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::Purpose;
    use voxgate_domain::ports::{Conflict, Principal, StoreError};
    use voxgate_domain::role::seed_roles;

    use crate::test_support::{Doubles, Journal, Unit, active, caller, email, session};

    fn invite(roles: &[&str]) -> InviteUser {
        let roles = roles.iter().map(|name| RoleName::parse(name).unwrap()).collect();
        InviteUser { email: email(), roles, profile: Profile::default() }
    }

    fn admin() -> Caller {
        let caller = caller(&active(), session(&active()));
        Caller { principal: Principal { roles: seed_roles(), ..caller.principal }, ..caller }
    }

    fn with_roles() -> Doubles {
        let mut doubles = Doubles::new();
        doubles.store.expect_roles().returning(|| Ok(seed_roles()));
        doubles.store.expect_locks().returning(|_| Ok(Vec::new()));
        doubles
    }

    #[tokio::test]
    async fn an_invited_person_is_pending_without_a_password_and_gets_a_link() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_add().withf(|_, password| password.is_none()).times(1).returning(|_, _| Ok(()));
        unit.roles.expect_assign().withf(|given| given.by == Some(active().id)).times(1).returning(|_| Ok(()));
        unit.tokens.expect_replace().withf(|token, _| token.purpose == Purpose::Invitation).returning(|_, _| Ok(()));

        let invited =
            with_roles().with_unit(unit).application().invite_user(&admin(), invite(&["clinician"])).await.unwrap();

        assert_eq!(invited.user.status.as_str(), "pending");
        let done =
            ["audit user.invited", "audit role.changed", "audit link.issued", "mail accept_invitation", "commit"];
        assert_eq!(journal.lines(), done);
    }

    #[tokio::test]
    async fn an_address_with_an_account_is_not_invited() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_add().returning(|_, _| Err(StoreError::Conflict(Conflict::EmailTaken)));
        let refused = with_roles().with_unit(unit).application().invite_user(&admin(), invite(&[])).await;
        assert!(matches!(refused, Err(Error::Conflict(Conflict::EmailTaken))));
        assert_eq!(journal.lines(), ["rollback"]);
    }

    #[tokio::test]
    async fn a_role_that_there_is_not_is_refused() {
        let refused = with_roles().application().invite_user(&admin(), invite(&["emperor"])).await;
        assert!(matches!(refused, Err(Error::UnknownRole(name)) if name.as_str() == "emperor"));
    }

    #[tokio::test]
    async fn inviting_is_no_way_around_the_permission_to_give_roles() {
        let journal = Journal::default();
        let app = Doubles::new().with_unit(Unit::new(&journal)).application();
        let plain = caller(&active(), session(&active()));
        assert!(matches!(app.invite_user(&plain, invite(&["admin"])).await, Err(Error::Forbidden)));
        assert_eq!(journal.lines(), ["audit access.denied", "commit"]);
    }
}
