//! Confirm an authenticator app: the second factor is on from then.

use voxgate_domain::mail::Notice;
use voxgate_domain::ports::{Conflict, UnitOfWork};
use voxgate_domain::{Act, AuthMethods, OneTimeCode, RecoveryCode, User};

use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Turns the caller's second factor on by the first code of the app; the recovery codes, shown this once.
    ///
    /// Wrong codes count as they do at login: else whoever has a session could guess until one is right, and take the
    /// recovery codes.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidMfaCode`]; [`Error::AccountLocked`]; [`Error::Conflict`] when the factor is on already, or nothing
    /// was enrolled within the last hour.
    pub async fn confirm_totp(&self, caller: &Caller, code: &OneTimeCode) -> Result<Vec<RecoveryCode>, Error> {
        let now = self.ports.clock.now();
        let (key, who) = (self.ports.token_hasher.proof_key(caller.user_id()), caller.on_self());
        let mut uow = self.ports.store.begin().await?;
        let before = uow.attempts().lock(key, now).await?;
        if let Some(until) = before.locked(now) {
            return Err(self.refuse_locked(uow, until, who).await);
        }
        let Some(account) = uow.users().lock(caller.user_id()).await? else {
            return settle(uow, Err(Error::Unauthenticated)).await;
        };
        let totp = match uow.factors().lock(account.user.id).await? {
            Some(totp) if totp.is_on() => return settle(uow, Err(Conflict::MfaOn.into())).await,
            Some(totp) if self.policies.factor.can_confirm(totp.enrolled_at, now) => totp,
            _ => return settle(uow, Err(Conflict::MfaOff.into())).await,
        };
        if let Some(until) = totp.attempts.locked(now) {
            return Err(self.refuse_locked(uow, until, who).await);
        }
        let Some(step) = self.acceptable_step(&totp, code)? else {
            return Err(self.count_wrong_code(uow, &account.user, &totp, None, key, who).await?);
        };
        let turned_on = self.turn_on(&mut *uow, caller, &account.user, step).await;
        let codes = settle(uow, turned_on).await?;
        self.mail_was_queued();
        Ok(codes)
    }

    async fn turn_on(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        user: &User,
        step: u64,
    ) -> Result<Vec<RecoveryCode>, Error> {
        if !uow.factors().confirm(user.id, step, self.ports.clock.now()).await? {
            return Err(Conflict::MfaOn.into());
        }
        // This session has both factors now; older ones have the password alone.
        uow.sessions().proven(caller.session_id(), AuthMethods::PasswordAndCode).await?;
        let codes = self.new_recovery_codes(uow, user.id).await?;
        uow.audit().record(&self.event(Act::MfaEnabled, caller.on_self())).await?;
        self.queue_notice(uow, user, Notice::MfaEnabled).await?;
        Ok(codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::Totp;

    use crate::test_support::{
        Doubles, Journal, Unit, account, active, code, enrolling, fresh_caller, minutes, now, on,
    };

    fn finding(journal: &Journal, totp: Option<Totp>) -> Unit {
        let mut unit = Unit::new(journal);
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        unit.factors.expect_lock().returning(move |_| Ok(totp.clone()));
        unit
    }

    #[tokio::test]
    async fn the_first_code_turns_the_factor_on_and_yields_ten_recovery_codes() {
        let journal = Journal::default();
        let mut unit = finding(&journal, Some(enrolling()));
        unit.factors.expect_confirm().withf(|_, step, _| *step == 60).times(1).returning(|_, _, _| Ok(true));
        unit.sessions
            .expect_proven()
            .withf(|_, amr| *amr == AuthMethods::PasswordAndCode)
            .times(1)
            .returning(|_, _| Ok(()));
        unit.factors
            .expect_replace_recovery_codes()
            .withf(|_, codes, _| codes.len() == 10)
            .times(1)
            .returning(|_, _, _| Ok(()));
        let app = Doubles::new().with_matching(Some(60)).with_unit(unit).application();

        let codes = app.confirm_totp(&fresh_caller(), &code()).await.unwrap();

        assert_eq!(codes.len(), 10);
        assert_eq!(journal.lines(), ["audit mfa.enabled", "mail mfa_enabled", "commit"]);
    }

    #[tokio::test]
    async fn a_wrong_code_turns_nothing_on_and_counts() {
        let journal = Journal::default();
        let mut unit = finding(&journal, Some(enrolling()));
        unit.factors.expect_save_attempts().withf(|_, now| now.failures == 1).times(1).returning(|_, _| Ok(()));
        unit.attempts.expect_save().withf(|_, now, _| now.failures == 1).times(1).returning(|_, _, _| Ok(()));
        let app = Doubles::new().with_matching(None).with_unit(unit).application();

        let refused = app.confirm_totp(&fresh_caller(), &code()).await;

        assert!(matches!(refused, Err(Error::InvalidMfaCode)));
        assert_eq!(journal.lines(), ["audit mfa.failed", "commit"]);
    }

    #[tokio::test]
    async fn there_must_be_an_enrollment_that_is_neither_on_nor_old() {
        let old = Totp { enrolled_at: now().minus(minutes(60)), ..enrolling() };
        for (totp, conflict) in
            [(None, Conflict::MfaOff), (Some(old), Conflict::MfaOff), (Some(on(1)), Conflict::MfaOn)]
        {
            let journal = Journal::default();
            let app = Doubles::new().with_unit(finding(&journal, totp)).application();
            let refused = app.confirm_totp(&fresh_caller(), &code()).await;
            assert!(matches!(refused, Err(Error::Conflict(found)) if found == conflict));
            assert_eq!(journal.lines(), ["rollback"]);
        }
    }
}
