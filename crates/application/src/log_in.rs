//! Log in with a password.

use std::time::Duration;

use voxgate_domain::audit::LoginFailure;
use voxgate_domain::known_device::DeviceStanding;
use voxgate_domain::ports::{UnitOfWork, Verification};
use voxgate_domain::session::{AuthMethods, Device};
use voxgate_domain::user::Account;
use voxgate_domain::{
    Act, AttemptKey, ClientContext, DeviceName, EmailAddress, KnownDevice, Password, PasswordHash, SecretToken,
    TokenDelivery, UserStatus,
};

use crate::caller::Who;
use crate::transaction::commit_and;
use crate::{Application, Error, TokenPair};

/// What somebody logs in with.
#[derive(Debug)]
pub struct LogIn {
    /// The address.
    pub email: EmailAddress,
    /// The password.
    pub password: Password,
    /// What they call the device.
    pub device_name: Option<DeviceName>,
    /// Where the refresh token shall go.
    pub delivery: TokenDelivery,
    /// What the device keeps since an earlier login, if it was there before.
    pub device_token: Option<SecretToken>,
}

/// What a right password comes to.
#[derive(Debug)]
pub enum LoggedIn {
    /// A session has begun.
    Session(TokenPair),
    /// A code is owed; there is no session yet.
    MfaRequired(PendingLogIn),
}

/// A login that owes a code.
#[derive(Debug)]
pub struct PendingLogIn {
    /// What the code comes with.
    pub mfa_token: SecretToken,
    /// For how long it is waited for.
    pub expires_in: Duration,
}

/// What the transaction of a right password did.
enum Admitted {
    Session {
        pair: Box<TokenPair>,
        on: DeviceStanding,
    },
    MfaRequired(PendingLogIn),
    /// Nothing: the password was compared with a hash that is not the present one any more.
    Outdated,
}

impl Application {
    /// Begins a session, or a login that owes a code where the user has a second factor.
    ///
    /// An unknown address costs the same hash and the same statements as a known one, and its failures lock it alike.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`]; [`Error::AccountLocked`]; to whoever gave the right password
    /// [`Error::EmailNotVerified`] and [`Error::AccountInactive`]; [`Error::Overloaded`]; an error of the store.
    pub async fn log_in(&self, input: LogIn, client: &ClientContext) -> Result<LoggedIn, Error> {
        match self.log_in_once(&input, client).await? {
            Some(logged_in) => Ok(logged_in),
            // Another login renewed the hash meanwhile, or the password was changed: what is held now decides.
            None => self.log_in_once(&input, client).await?.ok_or(Error::InvalidCredentials),
        }
    }

    /// Nothing when the hash that the password was compared with is not the present one any more.
    async fn log_in_once(&self, input: &LogIn, client: &ClientContext) -> Result<Option<LoggedIn>, Error> {
        let account = self.ports.store.account_by_email(&input.email).await?;
        let subject = account.as_ref().map(|account| account.user.id);
        let who = Who::anonymous(client).about(subject);
        let known = self.recognize(subject, input.device_token.as_ref()).await?;
        let key = self.login_counter(&input.email, known.as_ref());
        self.refuse_if_locked(key, who).await?;

        let stored = account.as_ref().and_then(|account| account.password.as_ref());
        let verification = self.ports.passwords.verify(&input.password, stored).await?;
        let renewed = match verification {
            Verification::Match { outdated: true } => Some(self.ports.passwords.rehash(&input.password).await?),
            Verification::Match { outdated: false } | Verification::Mismatch => None,
        };

        let uow = self.ports.store.begin().await?;
        match (account, verification) {
            (Some(account), Verification::Match { .. }) => {
                let device = Device {
                    name: input.device_name.clone(),
                    user_agent: client.user_agent.clone(),
                    ip_address: client.ip_address,
                };
                match self.admit(uow, key, account, renewed, (device, known, input.delivery), who).await? {
                    Admitted::Session { pair, on } => {
                        if on == DeviceStanding::New {
                            self.mail_was_queued();
                        }
                        Ok(Some(LoggedIn::Session(*pair)))
                    }
                    Admitted::MfaRequired(pending) => Ok(Some(LoggedIn::MfaRequired(pending))),
                    Admitted::Outdated => Ok(None),
                }
            }
            (Some(account), Verification::Mismatch) => {
                let failed = Act::LoginFailed(LoginFailure::WrongPassword);
                Err(self.count_failure(uow, key, Some(&account.user), failed, who).await?)
            }
            (None, _) => {
                let failed = Act::LoginFailed(LoginFailure::UnknownAddress);
                Err(self.count_failure(uow, key, None, failed, who).await?)
            }
        }
    }

    /// The password was right: begins the session, unless the account may not have one.
    async fn admit(
        &self,
        mut uow: Box<dyn UnitOfWork>,
        key: AttemptKey,
        seen: Account,
        renewed: Option<PasswordHash>,
        (device, known, delivery): (Device, Option<KnownDevice>, TokenDelivery),
        who: Who<'_>,
    ) -> Result<Admitted, Error> {
        let now = self.ports.clock.now();
        let before = uow.attempts().lock(key, now).await?;
        if let Some(until) = before.locked(now) {
            return Err(self.refuse_locked(uow, until, who).await);
        }
        let held = uow.users().lock(seen.user.id).await?;
        let Some(user) = held.filter(|held| held.password == seen.password).map(|held| held.user) else {
            uow.rollback().await?;
            return Ok(Admitted::Outdated);
        };
        match user.status {
            UserStatus::Active => {}
            UserStatus::Pending => {
                return Err(self.turn_away(uow, LoginFailure::EmailNotVerified, Error::EmailNotVerified, who).await?);
            }
            UserStatus::Inactive => {
                return Err(self.turn_away(uow, LoginFailure::Inactive, Error::AccountInactive, who).await?);
            }
            UserStatus::Deleted { .. } => {
                let failed = Act::LoginFailed(LoginFailure::UnknownAddress);
                return Err(self.count_failure(uow, key, None, failed, who).await?);
            }
        }
        if let (Some(renewed), Some(old)) = (renewed, &seen.password) {
            uow.users().renew_hash(user.id, old, &renewed).await?;
            uow.audit().record(&self.event(Act::PasswordRehashed, who)).await?;
        }
        if user.mfa_enabled {
            // The run of failures goes on until the code is right too: else the password alone would reset it.
            let pending = self.challenge(&mut *uow, &user, device, delivery, who).await?;
            uow.commit().await?;
            return Ok(Admitted::MfaRequired(pending));
        }
        self.clear_failures(&mut *uow, key, before).await?;
        let begun = self.open_session(&mut *uow, user, (device, known), AuthMethods::Password, who).await?;
        let on = begun.on;
        let pair = commit_and(uow, self.pair_of(begun)).await?;
        Ok(Admitted::Session { pair: Box::new(pair), on })
    }

    /// Records why somebody with the right password does not get in; the error to answer.
    async fn turn_away(
        &self,
        mut uow: Box<dyn UnitOfWork>,
        why: LoginFailure,
        error: Error,
        who: Who<'_>,
    ) -> Result<Error, Error> {
        uow.audit().record(&self.event(Act::LoginFailed(why), who)).await?;
        uow.commit().await?;
        Ok(error)
    }
}

#[cfg(test)]
#[path = "log_in_tests.rs"]
mod tests;
