//! Log in with a password.

use std::time::Duration;

use voxgate_domain::audit::LoginFailure;
use voxgate_domain::ports::{UnitOfWork, Verification};
use voxgate_domain::session::{AuthMethods, Device};
use voxgate_domain::user::Account;
use voxgate_domain::{
    Act, AttemptKey, ClientContext, DeviceName, EmailAddress, Password, PasswordHash, RoleName, SecretToken, Session,
    TokenDelivery, UserStatus,
};

use crate::caller::Who;
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
    Session { session: Box<Session>, secret: SecretToken, roles: Vec<RoleName> },
    MfaRequired(PendingLogIn),
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
        let key = self.ports.token_hasher.attempt_key(&input.email);
        let account = self.ports.store.account_by_email(&input.email).await?;
        let who = Who::anonymous(client).about(account.as_ref().map(|account| account.user.id));
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
                    name: input.device_name,
                    user_agent: client.user_agent.clone(),
                    ip_address: client.ip_address,
                };
                match self.admit(uow, key, account, renewed, (device, input.delivery), who).await? {
                    Admitted::Session { session, secret, roles } => {
                        Ok(LoggedIn::Session(self.pair(&session, roles, secret)?))
                    }
                    Admitted::MfaRequired(pending) => Ok(LoggedIn::MfaRequired(pending)),
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
        (device, delivery): (Device, TokenDelivery),
        who: Who<'_>,
    ) -> Result<Admitted, Error> {
        let now = self.ports.clock.now();
        let before = uow.attempts().lock(key, now).await?;
        if let Some(until) = before.locked(now) {
            return Err(self.refuse_locked(uow, until, who).await);
        }
        let held = uow.users().lock(seen.user.id).await?;
        // Changed between looking and holding: the password that was right is not the password any more.
        let Some(user) = held.filter(|held| held.password == seen.password).map(|held| held.user) else {
            let failed = Act::LoginFailed(LoginFailure::WrongPassword);
            return Err(self.count_failure(uow, key, None, failed, who).await?);
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
        let (session, secret) = self.open_session(&mut *uow, user, device, AuthMethods::Password, who).await?;
        let roles = uow.roles().of(session.user_id).await?.into_iter().map(|role| role.name).collect();
        uow.commit().await?;
        Ok(Admitted::Session { session: Box::new(session), secret, roles })
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
