//! Prove again who one is, before a sensitive act (RFC 9470).

use voxgate_domain::{Act, Password};

use crate::{Application, Caller, Error};

impl Application {
    /// Renews the `auth_time` of the caller's session.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`] and [`Error::AccountLocked`] as at login.
    pub async fn reauthenticate(&self, caller: &Caller, password: &Password) -> Result<(), Error> {
        let (mut uow, _) = self.prove_password(caller, password, Act::ReauthenticationFailed).await?;
        uow.sessions().reauthenticated(caller.session_id(), self.ports.clock.now()).await?;
        uow.audit().record(&self.event(Act::Reauthenticated, caller.on_self())).await?;
        Ok(uow.commit().await?)
    }
}
