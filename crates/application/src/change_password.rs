//! Change the password.

use voxgate_domain::mail::Notice;
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, Password, Purpose, SessionEnd};

use crate::{Application, Caller, Error};

impl Application {
    /// Sets a new password in the place of the present one, and ends every other session of the caller.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`] when `current` is wrong, [`Error::AccountLocked`] as at login;
    /// [`Error::PasswordRejected`] with every fault of `new`.
    pub async fn change_password(&self, caller: &Caller, current: &Password, new: Password) -> Result<(), Error> {
        let (uow, account) = self.prove_password(caller, current, Act::PasswordChangeFailed).await?;
        uow.commit().await?;
        let hash = self.hash_new_password(&account.user, new).await?;

        let mut uow = self.ports.store.begin().await?;
        let now = self.ports.clock.now();
        let held = uow.users().lock(caller.user_id()).await?.ok_or(Error::Unauthenticated)?;
        if held.password != account.password {
            return Err(Error::InvalidCredentials);
        }
        uow.users().set_password(held.user.id, Some(&hash), now).await?;
        uow.tokens().void(held.user.id, &[Purpose::PasswordReset], now).await?;
        uow.audit().record(&self.event(Act::PasswordChanged, caller.on_self())).await?;
        let end = SessionEnd { at: now, why: EndReason::PasswordChanged };
        self.end_sessions(&mut *uow, held.user.id, Some(caller.session_id()), end, caller.on_self()).await?;
        self.queue_notice(&mut *uow, &held.user, Notice::PasswordChanged).await?;
        uow.commit().await?;
        self.mail_was_queued();
        Ok(())
    }
}
