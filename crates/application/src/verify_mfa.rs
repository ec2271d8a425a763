//! Finish a login by the second factor.

use voxgate_domain::session::AuthMethods;
use voxgate_domain::{ClientContext, SecretToken, TokenDelivery};

use crate::caller::Who;
use crate::second_factor::FactorProof;
use crate::transaction::{commit_and, settle};
use crate::{Application, Error, TokenPair};

/// A login that was finished.
#[derive(Debug)]
pub struct Verified {
    /// The tokens of the session.
    pub pair: TokenPair,
    /// Where the refresh token goes, as the login wished.
    pub delivery: TokenDelivery,
}

impl Application {
    /// Begins the session of a login that waits for the second factor. The challenge says whose login it is, so a code
    /// of somebody else is of no use to it; challenge and proof are each used up by one conditional statement.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidMfaCode`] when the challenge is unknown, used, burned or expired, or the proof is wrong: never
    /// told apart; [`Error::AccountLocked`]; an error of the store.
    pub async fn verify_mfa(
        &self,
        token: &SecretToken,
        proof: &FactorProof,
        device: Option<&SecretToken>,
        client: &ClientContext,
    ) -> Result<Verified, Error> {
        let (now, hash) = (self.ports.clock.now(), self.ports.token_hasher.token(token));
        let seen = self.ports.store.mfa_challenge(hash).await?.ok_or(Error::InvalidMfaCode)?;
        let seen = self.ports.store.account(seen.user_id).await?.ok_or(Error::InvalidMfaCode)?.user;
        let known = self.recognize(Some(seen.id), device).await?;
        let key = self.login_counter(&seen.email, known.as_ref());
        let who = Who::anonymous(client).about(Some(seen.id));

        // Counter, user, challenge, factor: the order in which all of them are locked everywhere.
        let mut uow = self.ports.store.begin().await?;
        let before = uow.attempts().lock(key, now).await?;
        if let Some(until) = before.locked(now) {
            return Err(self.refuse_locked(uow, until, who).await);
        }
        let held = uow.users().lock(seen.id).await?.map(|account| account.user);
        // The counter is that of the address as it was seen.
        let held = held.filter(|user| user.is_active() && user.email == seen.email);
        let Some(user) = held else {
            return settle(uow, Err(Error::InvalidMfaCode)).await;
        };
        let challenge = uow.challenges().lock(hash).await?;
        let Some(challenge) = challenge.filter(|held| held.is_good(&self.policies.factor, now)) else {
            return Err(self.refuse_code(uow, who).await?);
        };
        let mut uow = match self.use_proof(uow, &user, proof, Some(hash), key, before, who).await {
            // It was turned off since, and logging in anew takes no code.
            Err(Error::Conflict(_)) => return Err(Error::InvalidMfaCode),
            held => held?,
        };
        let delivery = challenge.delivery;
        let begun: Result<_, Error> = async {
            if !uow.challenges().consume(hash, now).await? {
                return Err(Error::InvalidMfaCode);
            }
            let amr = AuthMethods::PasswordAndCode;
            self.open_session(&mut *uow, user, (challenge.device, known), amr, who).await
        }
        .await;
        let pair = match begun {
            Ok(begun) => commit_and(uow, self.pair_of(begun)).await?,
            Err(error) => settle(uow, Err(error)).await?,
        };
        self.mail_was_queued();
        Ok(Verified { pair, delivery })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use voxgate_domain::policy::Attempts;
    use voxgate_domain::{MfaChallenge, OneTimeCode, RecoveryCode, Totp, User};

    use crate::test_support::{
        Doubles, Journal, Unit, account, active, challenge, client, code, minutes, now, on, token, with_mfa,
    };

    fn proof() -> FactorProof {
        FactorProof::Code(code())
    }

    /// A unit that finds `challenge` and the factor of `user`.
    fn finding(journal: &Journal, user: User, challenge: MfaChallenge, totp: Totp) -> Unit {
        let mut unit = Unit::new(journal);
        unit.users.expect_lock().returning(move |_| Ok(Some(account(user.clone()))));
        unit.challenges.expect_lock().returning(move |_| Ok(Some(challenge.clone())));
        unit.factors.expect_lock().returning(move |_| Ok(Some(totp.clone())));
        unit
    }

    fn beginning_a_session(unit: &mut Unit) {
        unit.challenges.expect_consume().times(1).returning(|_, _| Ok(true));
        unit.sessions
            .expect_add()
            .withf(|session, _| session.amr == AuthMethods::PasswordAndCode && session.device == challenge().device)
            .times(1)
            .returning(|_, _| Ok(()));
        unit.sessions.expect_end_excess().returning(|_, _, _| Ok(0));
        unit.users.expect_save().withf(|user| user.last_login_at == Some(now())).returning(|_| Ok(()));
        unit.roles.expect_of().returning(|_| Ok(Vec::new()));
    }

    fn doubles() -> Doubles {
        let mut doubles = Doubles::new();
        doubles.store.expect_mfa_challenge().returning(|_| Ok(Some(challenge())));
        doubles.store.expect_account().returning(|_| Ok(Some(account(with_mfa()))));
        doubles
    }

    #[tokio::test]
    async fn a_right_code_begins_the_session_of_the_login() {
        let journal = Journal::default();
        let mut unit = finding(&journal, with_mfa(), challenge(), on(59));
        unit.factors.expect_accept_step().withf(|_, step| *step == 60).times(1).returning(|_, _| Ok(true));
        beginning_a_session(&mut unit);
        let app = doubles().with_matching(Some(60)).with_unit(unit).application();

        let verified = app.verify_mfa(&token("challenge"), &proof(), None, &client()).await.unwrap();

        assert_eq!(verified.delivery, TokenDelivery::Cookie);
        assert_eq!(verified.pair.expires_in, minutes(15));
        assert_eq!(journal.lines(), ["audit login.succeeded", "commit"]);
    }

    #[tokio::test]
    async fn a_recovery_code_does_so_too_and_its_owner_is_told() {
        let journal = Journal::default();
        let mut unit = finding(&journal, with_mfa(), challenge(), on(59));
        unit.factors.expect_consume_recovery_code().times(1).returning(|_, _, _| Ok(true));
        beginning_a_session(&mut unit);
        let app = doubles().with_unit(unit).application();

        let proof = FactorProof::Recovery(RecoveryCode::presented("ABCD-EFGH-JKMN-PQRS"));
        app.verify_mfa(&token("challenge"), &proof, None, &client()).await.unwrap();

        let done = ["audit mfa.recovery_code_used", "mail recovery_code_used", "audit login.succeeded", "commit"];
        assert_eq!(journal.lines(), done);
    }

    #[tokio::test]
    async fn a_wrong_code_counts_at_challenge_factor_and_account() {
        let journal = Journal::default();
        let mut unit = finding(&journal, with_mfa(), challenge(), on(59));
        unit.challenges.expect_count_failure().times(1).returning(|_| Ok(()));
        unit.factors.expect_save_attempts().withf(|_, now| now.failures == 1).times(1).returning(|_, _| Ok(()));
        unit.attempts.expect_save().withf(|_, now, _| now.failures == 1).times(1).returning(|_, _, _| Ok(()));
        let app = doubles().with_matching(None).with_unit(unit).application();

        let refused = app.verify_mfa(&token("challenge"), &proof(), None, &client()).await;

        assert!(matches!(refused, Err(Error::InvalidMfaCode)));
        assert_eq!(journal.lines(), ["audit mfa.failed", "commit"]);
    }

    #[tokio::test]
    async fn a_code_of_a_step_that_was_used_is_wrong() {
        for (last, accepted) in [(60, None), (59, Some(false))] {
            let journal = Journal::default();
            let mut unit = finding(&journal, with_mfa(), challenge(), on(last));
            if let Some(accepted) = accepted {
                // Used by another replica between looking and using: the database decides.
                unit.factors.expect_accept_step().returning(move |_, _| Ok(accepted));
            }
            unit.challenges.expect_count_failure().times(1).returning(|_| Ok(()));
            unit.factors.expect_save_attempts().returning(|_, _| Ok(()));
            unit.attempts.expect_save().returning(|_, _, _| Ok(()));
            let app = doubles().with_matching(Some(60)).with_unit(unit).application();

            let refused = app.verify_mfa(&token("challenge"), &proof(), None, &client()).await;

            assert!(matches!(refused, Err(Error::InvalidMfaCode)));
        }
    }

    #[tokio::test]
    async fn a_burned_used_or_old_challenge_takes_no_code() {
        let gone = [
            MfaChallenge { failures: 5, ..challenge() },
            MfaChallenge { used_at: Some(now()), ..challenge() },
            MfaChallenge { expires_at: now(), ..challenge() },
        ];
        for challenge in gone {
            let journal = Journal::default();
            let unit = finding(&journal, with_mfa(), challenge, on(59));
            let refused = doubles()
                .with_unit(unit)
                .application()
                .verify_mfa(&token("challenge"), &proof(), None, &client())
                .await;
            assert!(matches!(refused, Err(Error::InvalidMfaCode)));
            assert_eq!(journal.lines(), ["audit mfa.failed", "commit"]);
        }
    }

    #[tokio::test]
    async fn a_user_who_left_since_the_password_gets_no_session() {
        let journal = Journal::default();
        let gone = with_mfa().delete(now()).unwrap();
        let unit = finding(&journal, gone, challenge(), on(59));
        let refused =
            doubles().with_unit(unit).application().verify_mfa(&token("challenge"), &proof(), None, &client()).await;
        assert!(matches!(refused, Err(Error::InvalidMfaCode)));
    }

    #[tokio::test]
    async fn a_locked_account_or_factor_takes_no_code_however_right() {
        let until = now().plus(minutes(9));
        let locked = Attempts { failures: 10, last_failure_at: Some(now()), locked_until: Some(until) };
        for (account_is_locked, factor) in [(true, Attempts::default()), (false, locked)] {
            let journal = Journal::default();
            let mut unit = finding(&journal, with_mfa(), challenge(), Totp { attempts: factor, ..on(59) });
            if account_is_locked {
                unit.attempts = voxgate_domain::ports::MockLoginAttempts::new();
                unit.attempts.expect_lock().returning(move |_, _| Ok(locked));
            }
            let app = doubles().with_unit(unit).application();
            let refused = app.verify_mfa(&token("challenge"), &proof(), None, &client()).await;
            assert!(matches!(refused, Err(Error::AccountLocked { retry_after }) if retry_after == minutes(9)));
            assert_eq!(journal.lines(), ["audit login.failed", "commit"]);
        }
    }

    #[tokio::test]
    async fn an_unknown_challenge_begins_no_transaction() {
        let mut doubles = Doubles::new();
        doubles.store.expect_mfa_challenge().returning(|_| Ok(None));
        let code = OneTimeCode::parse("000000").unwrap();
        let refused =
            doubles.application().verify_mfa(&token("unknown"), &FactorProof::Code(code), None, &client()).await;
        assert!(matches!(refused, Err(Error::InvalidMfaCode)));
    }

    #[test]
    fn the_double_challenge_is_of_an_active_user_and_good() {
        assert!(challenge().is_good(&crate::Policies::default().factor, now().plus(Duration::from_secs(299))));
        assert!(active().is_active() && with_mfa().mfa_enabled);
    }
}
