//! Look at a user.

use voxgate_domain::{Act, UserId};

use crate::administration::AdministeredUser;
use crate::{Application, Caller, Error};

impl Application {
    /// A user, also one who closed their account. The look is recorded, also one at oneself.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; an error of the store.
    pub async fn read_user(&self, caller: &Caller, user: UserId) -> Result<AdministeredUser, Error> {
        let found = self.ports.store.account(user).await?.ok_or(Error::NotFound)?.user;
        let roles = self.ports.store.roles_of(user).await?.into_iter().map(|role| role.name).collect();
        self.record_look(Act::UserRead, caller.on(user)).await?;
        self.with_lock(found, roles).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::ports::{MockAuditLog, StoreError};

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, session};

    fn someone() -> Doubles {
        let mut doubles = Doubles::new();
        doubles.store.expect_account().returning(|_| Ok(Some(account(active()))));
        doubles.store.expect_roles_of().returning(|_| Ok(Vec::new()));
        doubles.store.expect_locks().returning(|_| Ok(Vec::new()));
        doubles
    }

    #[tokio::test]
    async fn a_look_at_a_user_is_recorded() {
        let journal = Journal::default();
        let me = caller(&active(), session(&active()));
        let app = someone().with_unit(Unit::new(&journal)).application();
        assert_eq!(app.read_user(&me, active().id).await.unwrap().user, active());
        assert_eq!(journal.lines(), ["audit user.read", "commit"]);
    }

    #[tokio::test]
    async fn without_its_event_nothing_is_shown() {
        let mut unit = Unit::new(&Journal::default());
        unit.audit = MockAuditLog::new();
        unit.audit.expect_record().returning(|_| Err(StoreError::Unavailable("disk full".into())));
        let me = caller(&active(), session(&active()));
        let refused = someone().with_unit(unit).application().read_user(&me, active().id).await;
        assert!(matches!(refused, Err(Error::Unavailable(_))));
    }
}
