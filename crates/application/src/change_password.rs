//! Change the password.

use voxgate_domain::mail::Notice;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::session::EndReason;
use voxgate_domain::user::Account;
use voxgate_domain::{Act, Password, PasswordHash, Purpose, SessionEnd};

use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Sets a new password in the place of the present one, and ends every other session of the caller.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`] when `current` is wrong, [`Error::AccountLocked`] as at login;
    /// [`Error::PasswordRejected`] with every fault of `new`.
    pub async fn change_password(&self, caller: &Caller, current: &Password, new: Password) -> Result<(), Error> {
        let (uow, account) = self.prove_password(caller, current, Act::PasswordChangeFailed).await?;
        uow.commit().await?;
        let hash = self.hash_new_password(&account.user, new).await?;

        let mut uow = self.ports.store.begin().await?;
        let changed = self.replace_password(&mut *uow, caller, &account, &hash).await;
        settle(uow, changed).await?;
        self.mail_was_queued();
        Ok(())
    }

    async fn replace_password(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        proven: &Account,
        hash: &PasswordHash,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        let held = uow.users().lock(caller.user_id()).await?.ok_or(Error::Unauthenticated)?;
        // Changed from elsewhere since it was proven: the proof is of a password that is none any more.
        if held.password != proven.password {
            return Err(Error::InvalidCredentials);
        }
        uow.users().set_password(held.user.id, Some(hash), now).await?;
        // Every link: one that a thief asked for must not outlive the password that they knew.
        uow.tokens().void(held.user.id, Purpose::ALL, now).await?;
        // Logins that wait for a code had the former password right.
        uow.challenges().forget(held.user.id).await?;
        uow.audit().record(&self.event(Act::PasswordChanged, caller.on_self())).await?;
        let end = SessionEnd { at: now, why: EndReason::PasswordChanged };
        self.end_sessions(uow, held.user.id, Some(caller.session_id()), end, caller.on_self()).await?;
        self.queue_notice(uow, &held.user, Notice::PasswordChanged).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::ports::Verification;

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, password, session};

    #[tokio::test]
    async fn changing_the_password_ends_every_other_session() {
        let journal = Journal::default();
        let me = caller(&active(), session(&active()));
        let mut proof = Unit::new(&journal);
        proof.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        let mut unit = Unit::new(&journal);
        let mine = me.session_id();
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        unit.users.expect_set_password().times(1).returning(|_, _, _| Ok(()));
        unit.tokens.expect_void().returning(|_, _, _| Ok(()));
        unit.challenges.expect_forget().times(1).returning(|_| Ok(()));
        unit.sessions
            .expect_end_all()
            .withf(move |_, except, _| *except == Some(mine))
            .times(1)
            .returning(|_, _, _| Ok(1));
        let mut doubles = Doubles::new().with_hashing().with_verification(Verification::Match { outdated: false });
        doubles.store.expect_account().returning(|_| Ok(Some(account(active()))));
        doubles.store.expect_password_history().returning(|_, _| Ok(Vec::new()));
        let app = doubles.with_unit(proof).with_unit(unit).application();

        app.change_password(&me, &password(), password()).await.unwrap();

        let done = ["commit", "audit password.changed", "audit session.revoked", "mail password_changed", "commit"];
        assert_eq!(journal.lines(), done);
    }

    #[tokio::test]
    async fn a_wrong_present_password_counts_as_a_failed_login() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.attempts.expect_save().withf(|_, attempts, _| attempts.failures == 1).times(1).returning(|_, _, _| Ok(()));
        let mut doubles = Doubles::new().with_verification(Verification::Mismatch);
        doubles.store.expect_account().returning(|_| Ok(Some(account(active()))));
        let app = doubles.with_unit(unit).application();

        let refused = app.change_password(&caller(&active(), session(&active())), &password(), password()).await;

        assert!(matches!(refused, Err(Error::InvalidCredentials)));
        assert_eq!(journal.lines(), ["audit password.changed", "commit"]);
    }
}
