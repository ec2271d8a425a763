//! Authorize an act by the permission that it needs.

use voxgate_domain::audit::Refusal;
use voxgate_domain::{Act, Permission};

use crate::caller::Who;
use crate::{Application, Caller, Error};

impl Application {
    /// Lets the caller do what needs `permission`, by the roles that they have now. A refusal is recorded before it is
    /// answered.
    ///
    /// # Errors
    ///
    /// [`Error::Forbidden`]; [`Error::SecondFactorRequired`]; an error of the store, when the refusal could not be
    /// recorded.
    pub async fn authorize(&self, caller: &Caller, permission: Permission) -> Result<(), Error> {
        let Err(why) = self.policies.access.judge(&caller.principal, permission) else { return Ok(()) };
        let mut uow = self.ports.store.begin().await?;
        let who = Who { subject: None, ..caller.on_self() };
        uow.audit().record(&self.event(Act::AccessDenied { permission, why }, who)).await?;
        uow.commit().await?;
        Err(match why {
            Refusal::NotPermitted => Error::Forbidden,
            Refusal::NoSecondFactor => Error::SecondFactorRequired,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::ports::Principal;
    use voxgate_domain::role::seed_roles;

    use crate::test_support::{Doubles, Journal, Unit, active, caller, session};

    fn with_role(name: &str) -> Caller {
        let caller = caller(&active(), session(&active()));
        let roles = seed_roles().into_iter().filter(|role| role.name.as_str() == name).collect();
        Caller { principal: Principal { roles, ..caller.principal }, ..caller }
    }

    #[tokio::test]
    async fn whoever_has_the_permission_goes_on_at_no_cost() {
        let app = Doubles::new().application();
        assert!(app.authorize(&with_role("admin"), Permission::UsersWrite).await.is_ok());
    }

    #[tokio::test]
    async fn a_refusal_is_recorded_before_it_is_answered() {
        let journal = Journal::default();
        let app = Doubles::new().with_unit(Unit::new(&journal)).application();

        let refused = app.authorize(&with_role("clinician"), Permission::UsersWrite).await;

        assert!(matches!(refused, Err(Error::Forbidden)));
        assert_eq!(journal.lines(), ["audit access.denied", "commit"]);
    }
}
