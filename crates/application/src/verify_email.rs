//! Verify an address, at registration or to change it.

use voxgate_domain::mail::{Message, Notice};
use voxgate_domain::ports::{Conflict, StoreError, UnitOfWork};
use voxgate_domain::{Act, ClientContext, OneTimeToken, Purpose, SecretToken, User};

use crate::caller::Who;
use crate::outbox::{Errand, Recipient};
use crate::{Application, Error};

impl Application {
    /// Uses up a token that proves an address.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOneTimeToken`] when it is unknown, used, void or expired, was sent to an address that the
    /// account no longer has, or proves a new address that another account has meanwhile.
    pub async fn verify_email(&self, token: &SecretToken, client: &ClientContext) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let now = self.ports.clock.now();
        let hash = self.ports.token_hasher.token(token);
        let purposes = [Purpose::EmailVerification, Purpose::EmailChange];
        let token = uow.tokens().consume(hash, &purposes, now).await?.ok_or(Error::InvalidOneTimeToken)?;
        let account = uow.users().lock(token.user_id).await?.ok_or(Error::InvalidOneTimeToken)?;
        let who = Who::proven(client, account.user.id);
        match token.purpose {
            Purpose::EmailChange => self.take_new_address(&mut *uow, account.user, token, who).await?,
            _ => self.take_first_address(&mut *uow, account.user, &token, who).await?,
        }
        uow.commit().await?;
        self.mail_was_queued();
        Ok(())
    }

    async fn take_first_address(
        &self,
        uow: &mut dyn UnitOfWork,
        user: User,
        token: &OneTimeToken,
        who: Who<'_>,
    ) -> Result<(), Error> {
        if user.email != token.address {
            return Err(Error::InvalidOneTimeToken);
        }
        let user = user.verify_email(self.ports.clock.now()).map_err(|_| Error::InvalidOneTimeToken)?;
        uow.users().save(&user).await?;
        uow.audit().record(&self.event(Act::EmailVerified, who)).await?;
        Ok(())
    }

    async fn take_new_address(
        &self,
        uow: &mut dyn UnitOfWork,
        user: User,
        token: OneTimeToken,
        who: Who<'_>,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        let former = user.email.clone();
        let user = user.change_email(token.address, now).map_err(|_| Error::InvalidOneTimeToken)?;
        match uow.users().save(&user).await {
            Err(StoreError::Conflict(Conflict::EmailTaken)) => return Err(Error::InvalidOneTimeToken),
            done => done?,
        }
        // What was sent to the former mailbox must not open the account any more.
        uow.tokens().void(user.id, Purpose::ALL, now).await?;
        uow.audit().record(&self.event(Act::EmailChanged, who)).await?;
        let notice = Errand::Send(Message::Notice(Notice::AddressChanged));
        self.queue(uow, Recipient::owner(&user).at(&former), &notice).await
    }
}
