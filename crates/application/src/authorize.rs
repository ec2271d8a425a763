//! Authorize an act by the permission that it needs.

use voxgate_domain::audit::Refusal;
use voxgate_domain::{Act, EmergencyAccess, Permission, UserId};

use crate::actor::{Actor, ServiceCaller};
use crate::caller::Who;
use crate::{Application, Caller, Error};

impl Application {
    /// Lets the caller do what needs `permission` to `subject`, where it is done to one person: by the roles that they
    /// have now, or under an emergency access that they hold to that person. While they hold one, all that they do to
    /// that person is recorded under it. A refusal is recorded before it is answered.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::NotFromThere`]; [`Error::SecondFactorRequired`]; an error of the store, when the
    /// refusal could not be recorded.
    pub async fn authorize(
        &self,
        caller: Caller,
        permission: Permission,
        subject: Option<UserId>,
    ) -> Result<Caller, Error> {
        let emergency = self.emergency_access_to(&caller, subject).await?;
        let caller = Caller { emergency, ..caller };
        let (address, emergency) = (caller.client.ip_address, caller.emergency.as_ref());
        let Err(why) = self.policies.access.judge(&caller.principal, address, permission, emergency) else {
            return Ok(caller);
        };
        let mut uow = self.ports.store.begin().await?;
        let who = Who { subject, ..caller.on_self() };
        uow.audit().record(&self.event(Act::AccessDenied { permission, why }, who)).await?;
        uow.commit().await?;
        Err(refused(why))
    }

    /// Lets a machine do what needs `permission`, by what its token was given for and its account has now. A refusal is
    /// recorded before it is answered.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::NotFromThere`]; an error of the store, when the refusal could not be recorded.
    pub async fn authorize_service(&self, service: ServiceCaller, permission: Permission) -> Result<Actor, Error> {
        let address = service.client.ip_address;
        let Err(why) = self.policies.access.judge_service(&service.permissions, address, permission) else {
            return Ok(service.into());
        };
        self.record_look(Act::AccessDenied { permission, why }, service.who()).await?;
        Err(refused(why))
    }

    /// The emergency access to `subject` that the caller holds now. Whoever may take none any more holds none.
    async fn emergency_access_to(
        &self,
        caller: &Caller,
        subject: Option<UserId>,
    ) -> Result<Option<EmergencyAccess>, Error> {
        match subject.filter(|_| caller.principal.may(Permission::EmergencyAccess)) {
            Some(subject) => {
                let now = self.ports.clock.now();
                Ok(self.ports.store.open_emergency_access(caller.user_id(), subject, now).await?)
            }
            None => Ok(None),
        }
    }
}

/// What a refusal is to whoever asked.
fn refused(why: Refusal) -> Error {
    match why {
        Refusal::NotPermitted => Error::Forbidden,
        Refusal::NotFromThere => Error::NotFromThere,
        Refusal::NoSecondFactor => Error::SecondFactorRequired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::ports::Principal;
    use voxgate_domain::role::seed_roles;

    use crate::test_support::{Doubles, Journal, Unit, active, caller, emergency_access, other, session};

    fn with_role(name: &str) -> Caller {
        let caller = caller(&active(), session(&active()));
        let roles = seed_roles().into_iter().filter(|role| role.name.as_str() == name).collect();
        Caller { principal: Principal { roles, ..caller.principal }, ..caller }
    }

    #[tokio::test]
    async fn whoever_has_the_permission_goes_on_at_no_cost() {
        let app = Doubles::new().application();
        assert!(app.authorize(with_role("admin"), Permission::UsersWrite, None).await.is_ok());
    }

    #[tokio::test]
    async fn a_refusal_is_recorded_before_it_is_answered() {
        let journal = Journal::default();
        let app = Doubles::new().with_unit(Unit::new(&journal)).application();

        let refused = app.authorize(with_role("clinician"), Permission::UsersWrite, None).await;

        assert!(matches!(refused, Err(Error::Forbidden)));
        assert_eq!(journal.lines(), ["audit access.denied", "commit"]);
    }

    #[tokio::test]
    async fn under_an_emergency_access_its_holder_sees_that_person_and_no_other() {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_unit(Unit::new(&journal));
        let held = emergency_access(active().id, other().id);
        let found = held.clone();
        doubles
            .store
            .expect_open_emergency_access()
            .returning(move |_, subject, _| Ok(Some(found.clone()).filter(|access| access.subject == subject)));
        let app = doubles.application();
        let ask = async |subject| app.authorize(with_role("clinician"), Permission::AuditRead, Some(subject)).await;

        assert_eq!(ask(other().id).await.unwrap().emergency, Some(held));
        assert!(matches!(ask(active().id).await, Err(Error::Forbidden)));
        assert_eq!(journal.lines(), ["audit access.denied", "commit"]);
    }

    #[tokio::test]
    async fn whoever_may_take_no_emergency_access_any_more_holds_none() {
        let journal = Journal::default();
        let app = Doubles::new().with_unit(Unit::new(&journal)).application();
        let refused = app.authorize(with_role("researcher"), Permission::AuditRead, Some(other().id)).await;
        assert!(matches!(refused, Err(Error::Forbidden)));
    }
}
