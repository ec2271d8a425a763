//! Proving the second factor: by a code of the app, or by a recovery code.

use secrecy::SecretSlice;
use voxgate_domain::factor::TotpSecret;
use voxgate_domain::mail::Notice;
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, AttemptKey, OneTimeCode, RecoveryCode, TokenHash, Totp, User, UserId};

use crate::caller::Who;
use crate::transaction::settle;
use crate::{Application, Caller, Error};

/// What somebody proves their second factor with.
#[derive(Clone, Debug)]
pub enum FactorProof {
    /// A code of the app.
    Code(OneTimeCode),
    /// A recovery code; none when what was presented can be none.
    Recovery(Option<RecoveryCode>),
}

/// A secret that was stored is none.
#[derive(Debug, thiserror::Error)]
#[error("a stored secret of an authenticator app has the wrong length")]
struct UnfitSecret;

impl Application {
    /// Encrypts the secret of an app for storing it.
    ///
    /// # Errors
    ///
    /// An error of the cipher.
    pub(crate) fn seal_secret(&self, user: UserId, secret: &TotpSecret) -> Result<Vec<u8>, Error> {
        Ok(self.ports.cipher.seal(&context(user), secret.expose())?)
    }

    /// The step of `code`, when it is a code of `totp` that may still be accepted.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] when the secret cannot be decrypted.
    pub(crate) fn acceptable_step(&self, totp: &Totp, code: &OneTimeCode) -> Result<Option<u64>, Error> {
        let plain: SecretSlice<u8> = self.ports.cipher.open(&context(totp.user_id), &totp.sealed_secret)?;
        let secret = TotpSecret::from_bytes(plain).ok_or_else(|| Error::Internal(UnfitSecret.into()))?;
        let (now, skew) = (self.ports.clock.now(), self.policies.factor.skew_steps);
        let step = self.ports.codes.matching_step(&secret, code, now, skew);
        Ok(step.filter(|step| totp.accepts(*step)))
    }

    /// The caller proves their second factor. Wrong codes count toward the lockout of the account and lock the factor.
    /// On success the transaction that knows of it goes on, with the user held and the proof used up.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidMfaCode`], recorded; [`Error::AccountLocked`]; [`Error::Conflict`] when there is no factor.
    pub(crate) async fn prove_factor(
        &self,
        caller: &Caller,
        proof: &FactorProof,
    ) -> Result<(Box<dyn UnitOfWork>, User), Error> {
        let key = self.ports.token_hasher.proof_key(caller.user_id());
        let who = caller.on_self();
        let mut uow = self.ports.store.begin().await?;
        let before = uow.attempts().lock(key, self.ports.clock.now()).await?;
        if let Some(until) = before.locked(self.ports.clock.now()) {
            return Err(self.refuse_locked(uow, until, who).await);
        }
        let Some(account) = uow.users().lock(caller.user_id()).await? else {
            return settle(uow, Err(Error::Unauthenticated)).await;
        };
        let uow = self.use_proof(uow, &account.user, proof, None, key, before, who).await?;
        Ok((uow, account.user))
    }

    /// Uses `proof` up when it is right; when it is wrong, counts that at the factor, at `challenge` and at the account,
    /// durably. The counter `key`, which stands at `before`, and the user are held.
    ///
    /// # Errors
    ///
    /// As [`Application::prove_factor`].
    #[expect(clippy::too_many_arguments, reason = "all of them are held by the transaction that goes on")]
    pub(crate) async fn use_proof(
        &self,
        mut uow: Box<dyn UnitOfWork>,
        user: &User,
        proof: &FactorProof,
        challenge: Option<TokenHash>,
        key: AttemptKey,
        before: Attempts,
        who: Who<'_>,
    ) -> Result<Box<dyn UnitOfWork>, Error> {
        let Some(totp) = uow.factors().lock(user.id).await?.filter(Totp::is_on) else {
            return settle(uow, Err(voxgate_domain::ports::Conflict::MfaOff.into())).await;
        };
        if let Some(until) = totp.attempts.locked(self.ports.clock.now()) {
            return Err(self.refuse_locked(uow, until, who).await);
        }
        if !self.is_right(&mut *uow, &totp, proof).await? {
            return Err(self.count_wrong_code(uow, user, &totp, challenge, key, who).await?);
        }
        if totp.attempts != Attempts::default() {
            uow.factors().save_attempts(user.id, Attempts::default()).await?;
        }
        self.clear_failures(&mut *uow, key, before).await?;
        if matches!(proof, FactorProof::Recovery(_)) {
            uow.audit().record(&self.event(Act::MfaRecoveryCodeUsed, who)).await?;
            self.queue_notice(&mut *uow, user, Notice::RecoveryCodeUsed).await?;
        }
        Ok(uow)
    }

    /// Whether `proof` is right and was not used before; uses it up. The database decides, by one conditional statement.
    async fn is_right(&self, uow: &mut dyn UnitOfWork, totp: &Totp, proof: &FactorProof) -> Result<bool, Error> {
        match proof {
            FactorProof::Code(code) => match self.acceptable_step(totp, code)? {
                Some(step) => Ok(uow.factors().accept_step(totp.user_id, step).await?),
                None => Ok(false),
            },
            FactorProof::Recovery(code) => {
                let Some(token) = code.as_ref().and_then(RecoveryCode::as_token) else { return Ok(false) };
                let hash = self.ports.token_hasher.token(&token);
                Ok(uow.factors().consume_recovery_code(totp.user_id, hash, self.ports.clock.now()).await?)
            }
        }
    }

    /// Counts a wrong code wherever it counts, and commits that; the error to answer.
    ///
    /// # Errors
    ///
    /// An error of the store, when it could not be counted.
    pub(crate) async fn count_wrong_code(
        &self,
        mut uow: Box<dyn UnitOfWork>,
        user: &User,
        totp: &Totp,
        challenge: Option<TokenHash>,
        key: AttemptKey,
        who: Who<'_>,
    ) -> Result<Error, Error> {
        let now = self.ports.clock.now();
        let attempts = self.policies.factor.after_failure(totp.attempts, now);
        uow.factors().save_attempts(user.id, attempts).await?;
        if let Some(hash) = challenge {
            uow.challenges().count_failure(hash).await?;
        }
        if let Some(until) = attempts.locked(now) {
            uow.audit().record(&self.event(Act::MfaLocked { until }, who)).await?;
        }
        Ok(match self.count_failure(uow, key, Some(user), Act::MfaFailed, who).await? {
            Error::InvalidCredentials => Error::InvalidMfaCode,
            other => other,
        })
    }

    /// Records that a code is missing, or came for a login that is no longer; nobody guessed anything, so nothing is
    /// counted. The error to answer.
    ///
    /// # Errors
    ///
    /// An error of the store, when it could not be recorded.
    pub(crate) async fn refuse_code(&self, mut uow: Box<dyn UnitOfWork>, who: Who<'_>) -> Result<Error, Error> {
        uow.audit().record(&self.event(Act::MfaFailed, who)).await?;
        uow.commit().await?;
        Ok(Error::InvalidMfaCode)
    }

    /// Gives the user new recovery codes in the place of all former ones; the codes, which are stored as hashes alone.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub(crate) async fn new_recovery_codes(
        &self,
        uow: &mut dyn UnitOfWork,
        user: UserId,
    ) -> Result<Vec<RecoveryCode>, Error> {
        let number = self.policies.factor.recovery_codes;
        let codes: Vec<_> = (0..number).map(|_| RecoveryCode::generate(&*self.ports.entropy)).collect();
        let tokens = codes.iter().filter_map(RecoveryCode::as_token);
        let hashes: Vec<TokenHash> = tokens.map(|token| self.ports.token_hasher.token(&token)).collect();
        uow.factors().replace_recovery_codes(user, &hashes, self.ports.clock.now()).await?;
        Ok(codes)
    }
}

/// Binds a secret to its user, so that it cannot be moved to another.
pub(crate) fn context(user: UserId) -> String {
    format!("totp_factors/{user}")
}

#[cfg(test)]
#[path = "second_factor_tests.rs"]
mod tests;
