//! Change the address.

use voxgate_domain::mail::{LinkPurpose, Message, Notice};
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, EmailAddress, Purpose};

use crate::outbox::{Errand, Recipient};
use crate::transaction::settle;
use crate::{Application, Caller, Error};

impl Application {
    /// Asks for another address: a link goes to it, and the address changes when that is followed. The present one is
    /// told. Whether the new one has an account already is told to its owner alone.
    ///
    /// # Errors
    ///
    /// [`Error::ReauthenticationRequired`]; [`Error::AddressUnchanged`] when it is the present one.
    pub async fn change_email(&self, caller: &Caller, new: &EmailAddress) -> Result<(), Error> {
        self.require_recent_authentication(caller)?;
        let taken = self.ports.store.account_by_email(new).await?.is_some();
        let mut uow = self.ports.store.begin().await?;
        let asked = self.ask_for_address(&mut *uow, caller, new, taken).await;
        settle(uow, asked).await?;
        self.mail_was_queued();
        Ok(())
    }

    async fn ask_for_address(
        &self,
        uow: &mut dyn UnitOfWork,
        caller: &Caller,
        new: &EmailAddress,
        taken: bool,
    ) -> Result<(), Error> {
        let user = uow.users().lock(caller.user_id()).await?.ok_or(Error::Unauthenticated)?.user;
        if user.email == *new {
            return Err(Error::AddressUnchanged);
        }
        uow.audit().record(&self.event(Act::EmailChangeRequested, caller.on_self())).await?;
        if taken {
            // The caller must not learn it from what is left behind: not from their trail, nor from an older link.
            uow.tokens().void(user.id, &[Purpose::EmailChange], self.ports.clock.now()).await?;
            let issued = Act::LinkIssued(LinkPurpose::ConfirmNewAddress);
            uow.audit().record(&self.event(issued, caller.on_self())).await?;
            let notice = Errand::Send(Message::Notice(Notice::AlreadyRegistered));
            self.queue(uow, Recipient { user: None, address: new, locale: None }, &notice).await?;
        } else {
            self.send_link(uow, &user, new, LinkPurpose::ConfirmNewAddress, caller.on_self()).await?;
        }
        self.queue_notice(uow, &user, Notice::AddressChangeRequested).await
    }
}
