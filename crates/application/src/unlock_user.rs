//! Lift the lock of a user's address.

use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, Reason, User, UserId};

use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Forgets the failed logins of the user's address and on their devices, and their failed proofs in open sessions, so
    /// that every lock is lifted.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`]; [`Error::Inadmissible`] when the account is closed; an error of the store.
    pub async fn unlock_user(&self, caller: &Caller, user: UserId, reason: &Reason) -> Result<(), Error> {
        let user = self.living_user(user).await?;
        let mut uow = self.ports.store.begin().await?;
        let unlocked = self.unlock(&mut *uow, caller, &user, reason).await;
        settle(uow, unlocked).await
    }

    async fn unlock(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        user: &User,
        reason: &Reason,
    ) -> Result<(), Error> {
        let key = self.ports.token_hasher.attempt_key(&user.email);
        let before = uow.attempts().lock(key, self.ports.clock.now()).await?;
        self.clear_failures(uow, key, before).await?;
        let key = self.ports.token_hasher.proof_key(user.id);
        let before = uow.attempts().lock(key, self.ports.clock.now()).await?;
        self.clear_failures(uow, key, before).await?;
        for device in uow.devices().of(user.id).await? {
            let key = self.ports.token_hasher.device_key(device.id);
            let before = uow.attempts().lock(key, self.ports.clock.now()).await?;
            self.clear_failures(uow, key, before).await?;
        }
        Ok(uow.audit().record(&self.reasoned_event(Act::AccountUnlocked, caller.on(user.id), reason)).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::policy::Attempts;
    use voxgate_domain::ports::MockLoginAttempts;

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, minutes, now, other, session};

    #[tokio::test]
    async fn a_lock_is_lifted_and_that_is_recorded() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        let locked =
            Attempts { failures: 5, last_failure_at: Some(now()), locked_until: Some(now().plus(minutes(15))) };
        unit.attempts = MockLoginAttempts::new();
        unit.attempts.expect_lock().returning(move |_, _| Ok(locked));
        let forgotten = |_: &_, attempts: &Attempts, _: &_| *attempts == Attempts::default();
        // Of the address, and of proofs in open sessions.
        unit.attempts.expect_save().withf(forgotten).times(2).returning(|_, _, _| Ok(()));
        unit.devices.expect_of().returning(|_| Ok(Vec::new()));
        let mut doubles = Doubles::new().with_unit(unit);
        doubles.store.expect_account().returning(|_| Ok(Some(account(other()))));
        let me = caller(&active(), session(&active()));

        let reason = Reason::parse("called the clinic").unwrap();
        doubles.application().unlock_user(&me, other().id, &reason).await.unwrap();

        assert_eq!(journal.lines(), ["audit account.unlocked", "commit"]);
    }
}
