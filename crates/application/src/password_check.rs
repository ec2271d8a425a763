//! Passwords: whether a new one may be set, and whether a presented one is right.

use voxgate_domain::policy::{Attempts, NewPassword, PasswordFault, PersonalFacts};
use voxgate_domain::ports::{UnitOfWork, Verification};
use voxgate_domain::user::Account;
use voxgate_domain::{Act, Password, PasswordHash, User};

use crate::caller::Caller;
use crate::{Application, Error};

impl Application {
    /// Accepts a new password by the policy.
    ///
    /// # Errors
    ///
    /// [`Error::PasswordRejected`] with every fault.
    pub(crate) fn accept_password(&self, password: Password, about: PersonalFacts<'_>) -> Result<NewPassword, Error> {
        self.policies.password.accept(password, about, &*self.ports.strength).map_err(Error::PasswordRejected)
    }

    /// Accepts a new password for `user` and hashes it, unless it is one of the last ones. Costs several hashes, so it
    /// comes before the transaction.
    ///
    /// # Errors
    ///
    /// [`Error::PasswordRejected`] with every fault; [`Error::Overloaded`] when too many passwords wait.
    pub(crate) async fn hash_new_password(&self, user: &User, password: Password) -> Result<PasswordHash, Error> {
        let about = PersonalFacts { email: &user.email, profile: &user.profile };
        let accepted = self.accept_password(password, about)?;
        let former = self.ports.store.password_history(user.id, self.policies.password.history).await?;
        for hash in &former {
            let verification = self.ports.passwords.verify(accepted.password(), Some(hash)).await?;
            if matches!(verification, Verification::Match { .. }) {
                return Err(Error::PasswordRejected(vec![PasswordFault::Reused]));
            }
        }
        Ok(self.ports.passwords.hash(&accepted).await?)
    }

    /// The caller proves again who they are, by password. Failures count as failed logins do. On success the
    /// transaction that knows of it goes on, with the account held.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`], recorded as `on_failure`; [`Error::AccountLocked`].
    pub(crate) async fn prove_password(
        &self,
        caller: &Caller,
        password: &Password,
        on_failure: Act,
    ) -> Result<(Box<dyn UnitOfWork>, Account), Error> {
        let (mut uow, held, before) = self.hold_proven(caller, password, on_failure).await?;
        let key = self.ports.token_hasher.proof_key(caller.user_id());
        self.clear_failures(&mut *uow, key, before).await?;
        Ok((uow, held))
    }

    /// The same for who has more to prove: the run of failures, which is held and given back, goes on.
    ///
    /// # Errors
    ///
    /// As [`Application::prove_password`].
    pub(crate) async fn hold_proven(
        &self,
        caller: &Caller,
        password: &Password,
        on_failure: Act,
    ) -> Result<(Box<dyn UnitOfWork>, Account, Attempts), Error> {
        let user = &caller.principal.user;
        let key = self.ports.token_hasher.proof_key(user.id);
        self.refuse_if_locked(key, caller.on_self()).await?;
        let account = self.ports.store.account(user.id).await?.ok_or(Error::Unauthenticated)?;
        let verification = self.ports.passwords.verify(password, account.password.as_ref()).await?;

        let mut uow = self.ports.store.begin().await?;
        if verification == Verification::Mismatch {
            return Err(self.count_failure(uow, key, Some(user), on_failure, caller.on_self()).await?);
        }
        let now = self.ports.clock.now();
        let before = uow.attempts().lock(key, now).await?;
        if let Some(until) = before.locked(now) {
            return Err(self.refuse_locked(uow, until, caller.on_self()).await);
        }
        let held = uow.users().lock(user.id).await?.filter(|held| held.password == account.password);
        let held = held.ok_or(Error::InvalidCredentials)?;
        Ok((uow, held, before))
    }
}
