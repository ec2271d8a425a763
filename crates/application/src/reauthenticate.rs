//! Prove again who one is, before a sensitive act (RFC 9470).

use voxgate_domain::ports::StoreError;
use voxgate_domain::{Act, AuthMethods, OneTimeCode, Password};

use crate::second_factor::FactorProof;
use crate::{Application, Caller, Error};

impl Application {
    /// Renews the `auth_time` of the caller's session, by the password and, where there is a second factor, by a code.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`] and [`Error::AccountLocked`] as at login; [`Error::InvalidMfaCode`] when the code
    /// is missing or wrong.
    pub async fn reauthenticate(
        &self,
        caller: &Caller,
        password: &Password,
        code: Option<OneTimeCode>,
    ) -> Result<(), Error> {
        let (mut uow, account, before) = self.hold_proven(caller, password, Act::ReauthenticationFailed).await?;
        let (key, who) = (self.ports.token_hasher.proof_key(account.user.id), caller.on_self());
        if account.user.mfa_enabled {
            // The run of failures goes on until the code is right too: else the password alone would reset it.
            let Some(code) = code else {
                return Err(self.refuse_code(uow, who).await?);
            };
            uow = self.use_proof(uow, &account.user, &FactorProof::Code(code), None, key, before, who).await?;
            let proven = uow.sessions().proven(caller.session_id(), AuthMethods::PasswordAndCode).await;
            proven.map_err(ended_meanwhile)?;
        } else {
            self.clear_failures(&mut *uow, key, before).await?;
        }
        let renewed = uow.sessions().reauthenticated(caller.session_id(), self.ports.clock.now()).await;
        renewed.map_err(ended_meanwhile)?;
        uow.audit().record(&self.event(Act::Reauthenticated, who)).await?;
        Ok(uow.commit().await?)
    }
}

/// A session that ended since the request was let in authenticates nobody any more.
fn ended_meanwhile(error: StoreError) -> Error {
    match error {
        StoreError::Stale => Error::Unauthenticated,
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::User;
    use voxgate_domain::ports::Verification;

    use crate::test_support::{
        Doubles, Journal, Unit, account, active, caller, code, now, on, password, session, with_mfa,
    };

    fn doubles(user: User) -> Doubles {
        let mut doubles = Doubles::new().with_verification(Verification::Match { outdated: false });
        doubles.store.expect_account().returning(move |_| Ok(Some(account(user.clone()))));
        doubles
    }

    fn holding(journal: &Journal, user: User) -> Unit {
        let mut unit = Unit::new(journal);
        unit.users.expect_lock().returning(move |_| Ok(Some(account(user.clone()))));
        unit
    }

    #[tokio::test]
    async fn without_a_second_factor_the_password_is_enough() {
        let journal = Journal::default();
        let mut unit = holding(&journal, active());
        unit.sessions.expect_reauthenticated().withf(|_, at| *at == now()).times(1).returning(|_, _| Ok(()));
        let me = caller(&active(), session(&active()));

        doubles(active()).with_unit(unit).application().reauthenticate(&me, &password(), None).await.unwrap();

        assert_eq!(journal.lines(), ["audit session.reauthenticated", "commit"]);
    }

    #[tokio::test]
    async fn with_a_second_factor_the_code_is_needed_too() {
        let me = caller(&with_mfa(), session(&with_mfa()));
        let journal = Journal::default();
        let unit = holding(&journal, with_mfa());
        let refused = doubles(with_mfa()).with_unit(unit).application().reauthenticate(&me, &password(), None).await;
        assert!(matches!(refused, Err(Error::InvalidMfaCode)));
        assert_eq!(journal.lines(), ["audit mfa.failed", "commit"]);

        let journal = Journal::default();
        let mut unit = holding(&journal, with_mfa());
        unit.factors.expect_lock().returning(|_| Ok(Some(on(59))));
        unit.factors.expect_accept_step().times(1).returning(|_, _| Ok(true));
        unit.sessions.expect_proven().times(1).returning(|_, _| Ok(()));
        unit.sessions.expect_reauthenticated().times(1).returning(|_, _| Ok(()));
        let app = doubles(with_mfa()).with_matching(Some(60)).with_unit(unit).application();
        app.reauthenticate(&me, &password(), Some(code())).await.unwrap();
        assert_eq!(journal.lines(), ["audit session.reauthenticated", "commit"]);
    }

    #[tokio::test]
    async fn a_wrong_code_counts_on_from_where_the_failures_stood() {
        let journal = Journal::default();
        let mut unit = holding(&journal, with_mfa());
        unit.attempts = voxgate_domain::ports::MockLoginAttempts::new();
        let before = voxgate_domain::policy::Attempts { failures: 3, last_failure_at: Some(now()), locked_until: None };
        unit.attempts.expect_lock().returning(move |_, _| Ok(before));
        unit.attempts.expect_save().withf(|_, now, _| now.failures == 4).times(1).returning(|_, _, _| Ok(()));
        unit.factors.expect_lock().returning(|_| Ok(Some(on(59))));
        unit.factors.expect_save_attempts().times(1).returning(|_, _| Ok(()));
        let app = doubles(with_mfa()).with_matching(None).with_unit(unit).application();

        let me = caller(&with_mfa(), session(&with_mfa()));
        let refused = app.reauthenticate(&me, &password(), Some(code())).await;

        assert!(matches!(refused, Err(Error::InvalidMfaCode)));
        assert_eq!(journal.lines(), ["audit mfa.failed", "commit"]);
    }
}
