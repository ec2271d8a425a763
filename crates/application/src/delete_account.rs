//! Delete the account.

use voxgate_domain::mail::Notice;
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, Purpose, SessionEnd};

use crate::{Application, Caller, Error};

impl Application {
    /// Closes the caller's account: sessions end, links die, and the address is as unknown.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; an error of the store.
    pub async fn delete_account(&self, caller: &Caller) -> Result<(), Error> {
        self.require_recent_authentication(caller)?;
        let mut uow = self.ports.store.begin().await?;
        let now = self.ports.clock.now();
        let user = uow.users().lock(caller.user_id()).await?.ok_or(Error::Unauthenticated)?.user;
        let user = user.delete(now).map_err(|_| Error::Unauthenticated)?;
        uow.users().save(&user).await?;
        uow.tokens().void(user.id, Purpose::ALL, now).await?;
        uow.audit().record(&self.event(Act::AccountDeleted, caller.on_self())).await?;
        let end = SessionEnd { at: now, why: EndReason::AccountDeleted };
        self.end_sessions(&mut *uow, user.id, None, end, caller.on_self()).await?;
        self.queue_notice(&mut *uow, &user, Notice::AccountDeleted).await?;
        uow.commit().await?;
        self.mail_was_queued();
        Ok(())
    }
}
