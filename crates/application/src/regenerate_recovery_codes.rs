//! Make recovery codes anew.

use voxgate_domain::mail::Notice;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, OneTimeCode, RecoveryCode, User};

use crate::second_factor::FactorProof;
use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Gives the caller new recovery codes, shown this once; the old ones die.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::InvalidMfaCode`]; [`Error::AccountLocked`]; [`Error::Conflict`] when
    /// the factor is not on.
    pub async fn regenerate_recovery_codes(
        &self,
        caller: &Caller,
        code: OneTimeCode,
    ) -> Result<Vec<RecoveryCode>, Error> {
        self.require_recent_authentication(caller)?;
        let (mut uow, user) = self.prove_factor(caller, &FactorProof::Code(code)).await?;
        let made = self.replace_codes(&mut *uow, caller, &user).await;
        let codes = settle(uow, made).await?;
        self.mail_was_queued();
        Ok(codes)
    }

    async fn replace_codes(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        user: &User,
    ) -> Result<Vec<RecoveryCode>, Error> {
        let codes = self.new_recovery_codes(uow, user.id).await?;
        uow.audit().record(&self.event(Act::MfaRecoveryCodesRegenerated, caller.on_self())).await?;
        self.queue_notice(uow, user, Notice::RecoveryCodesRegenerated).await?;
        Ok(codes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::{Doubles, Journal, Unit, account, active, caller, code, fresh_caller, on, session};

    #[tokio::test]
    async fn a_code_yields_ten_new_recovery_codes() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.users.expect_lock().returning(|_| Ok(Some(account(active()))));
        unit.factors.expect_lock().returning(|_| Ok(Some(on(59))));
        unit.factors.expect_accept_step().returning(|_, _| Ok(true));
        unit.factors.expect_replace_recovery_codes().times(1).returning(|_, _, _| Ok(()));
        let app = Doubles::new().with_matching(Some(60)).with_unit(unit).application();

        let codes = app.regenerate_recovery_codes(&fresh_caller(), code()).await.unwrap();

        assert_eq!(codes.len(), 10);
        let done = ["audit mfa.recovery_codes_regenerated", "mail recovery_codes_regenerated", "commit"];
        assert_eq!(journal.lines(), done);
    }

    #[tokio::test]
    async fn new_codes_need_recent_authentication() {
        let me = caller(&active(), session(&active()));
        let refused = Doubles::new().application().regenerate_recovery_codes(&me, code()).await;
        assert!(matches!(refused, Err(Error::ReauthenticationRequired { .. })));
    }
}
