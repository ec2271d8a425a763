//! Turn the second factor off.

use voxgate_domain::mail::Notice;
use voxgate_domain::ports::{Conflict, UnitOfWork};
use voxgate_domain::{Act, User};

use crate::second_factor::FactorProof;
use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Takes the caller's app and recovery codes away, for one last proof of the factor.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::InvalidMfaCode`]; [`Error::AccountLocked`]; [`Error::Conflict`] when
    /// the factor is not on.
    pub async fn disable_totp(&self, caller: &Caller, proof: &FactorProof) -> Result<(), Error> {
        self.require_recent_authentication(caller)?;
        let (mut uow, user) = self.prove_factor(caller, proof).await?;
        let turned_off = self.turn_off(&mut *uow, caller, &user).await;
        settle(uow, turned_off).await?;
        self.mail_was_queued();
        Ok(())
    }

    async fn turn_off(&self, uow: &mut dyn UnitOfWork, caller: &Caller, user: &User) -> Result<(), Error> {
        // Logins that owe a code would owe it for ever.
        uow.challenges().forget(user.id).await?;
        if !uow.factors().disable(user.id, self.ports.clock.now()).await? {
            return Err(Conflict::MfaOff.into());
        }
        uow.audit().record(&self.event(Act::MfaDisabled, caller.on_self())).await?;
        self.queue_notice(uow, user, Notice::MfaDisabled).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, code, fresh_caller, on, session};

    #[tokio::test]
    async fn a_last_code_turns_the_factor_off() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        unit.factors.expect_lock().returning(|_| Ok(Some(on(59))));
        unit.factors.expect_accept_step().withf(|_, step| *step == 60).times(1).returning(|_, _| Ok(true));
        unit.factors.expect_disable().times(1).returning(|_, _| Ok(true));
        unit.challenges.expect_forget().times(1).returning(|_| Ok(()));
        let app = Doubles::new().with_matching(Some(60)).with_unit(unit).application();

        app.disable_totp(&fresh_caller(), &FactorProof::Code(code())).await.unwrap();

        assert_eq!(journal.lines(), ["audit mfa.disabled", "mail mfa_disabled", "commit"]);
    }

    #[tokio::test]
    async fn turning_it_off_needs_recent_authentication() {
        let me = caller(&active(), session(&active()));
        let refused = Doubles::new().application().disable_totp(&me, &FactorProof::Code(code())).await;
        assert!(matches!(refused, Err(Error::ReauthenticationRequired { .. })));
    }
}
