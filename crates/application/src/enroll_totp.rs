//! Enroll an authenticator app.

use voxgate_domain::factor::TotpSecret;
use voxgate_domain::ports::{AppInvitation, Conflict, UnitOfWork};
use voxgate_domain::{Act, Totp};

use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Makes a secret for the caller's app, in the place of one that was never confirmed. Nothing is asked of it until
    /// [`Application::confirm_totp`].
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::Conflict`] when the factor is on already: a session alone shall not
    /// replace it.
    pub async fn enroll_totp(&self, caller: &Caller) -> Result<AppInvitation, Error> {
        self.require_recent_authentication(caller)?;
        let secret = self.ports.codes.generate_secret();
        let invitation = self.ports.codes.invitation(&secret, &caller.principal.user.email)?;
        let mut uow = self.ports.store.begin().await?;
        let enrolled = self.save_enrollment(&mut *uow, caller, &secret).await;
        settle(uow, enrolled).await?;
        Ok(invitation)
    }

    async fn save_enrollment(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        secret: &TotpSecret,
    ) -> Result<(), Error> {
        let user = uow.users().lock(caller.user_id()).await?.ok_or(Error::Unauthenticated)?.user;
        let totp = Totp::enroll(user.id, self.seal_secret(user.id, secret)?, self.ports.clock.now());
        if !uow.factors().enroll(&totp).await? {
            return Err(Conflict::MfaOn.into());
        }
        Ok(uow.audit().record(&self.event(Act::MfaEnrollmentBegun, caller.on_self())).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, fresh_caller, now, session};

    #[tokio::test]
    async fn a_secret_is_given_out_and_kept_sealed() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        unit.factors
            .expect_enroll()
            .withf(|totp| totp.sealed_secret == [7; TotpSecret::BYTES] && !totp.is_on() && totp.enrolled_at == now())
            .times(1)
            .returning(|_| Ok(true));

        let invitation = Doubles::new().with_unit(unit).application().enroll_totp(&fresh_caller()).await;

        assert!(invitation.is_ok());
        assert_eq!(journal.lines(), ["audit mfa.enrollment_begun", "commit"]);
    }

    #[tokio::test]
    async fn a_factor_that_is_on_is_not_replaced() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        unit.factors.expect_enroll().returning(|_| Ok(false));

        let refused = Doubles::new().with_unit(unit).application().enroll_totp(&fresh_caller()).await;

        assert!(matches!(refused, Err(Error::Conflict(Conflict::MfaOn))));
        assert_eq!(journal.lines(), ["rollback"]);
    }

    #[tokio::test]
    async fn enrolling_needs_recent_authentication() {
        let me = caller(&active(), session(&active()));
        let refused = Doubles::new().application().enroll_totp(&me).await;
        assert!(matches!(refused, Err(Error::ReauthenticationRequired { .. })));
    }
}
