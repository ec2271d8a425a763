//! Ask for a link by mail: to verify the address, or to reset a forgotten password.

use voxgate_domain::mail::{LinkPurpose, OutboxEntry};
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::user::Account;
use voxgate_domain::{Act, ClientContext, EmailAddress, UserStatus};

use crate::caller::Who;
use crate::outbox::{Errand, Recipient};
use crate::{Application, Error};

impl Application {
    /// Asks for another link that verifies the address given at registration.
    ///
    /// # Errors
    ///
    /// An error of the store; never whether there is an account.
    pub async fn resend_verification(&self, email: &EmailAddress, client: &ClientContext) -> Result<(), Error> {
        self.request_link(email, LinkPurpose::VerifyAddress, client).await
    }

    /// Asks for a link that lets the owner of the address set a new password.
    ///
    /// # Errors
    ///
    /// An error of the store; never whether there is an account.
    pub async fn forgot_password(&self, email: &EmailAddress, client: &ClientContext) -> Result<(), Error> {
        self.request_link(email, LinkPurpose::ResetPassword, client).await
    }

    /// Notes the wish without looking whether the address has an account: so neither answer nor time can tell.
    async fn request_link(&self, email: &EmailAddress, link: LinkPurpose, client: &ClientContext) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        uow.audit().record(&self.event(Act::LinkRequested(link), Who::anonymous(client))).await?;
        let to = Recipient { user: None, address: email, locale: None };
        self.queue(&mut *uow, to, &Errand::MakeLink(link)).await?;
        uow.commit().await?;
        self.mail_was_queued();
        Ok(())
    }

    /// Works off such a wish: sends the link when the address has an account that it is for.
    ///
    /// # Errors
    ///
    /// An error of the store or the cipher.
    pub(crate) async fn make_requested_link(
        &self,
        uow: &mut dyn UnitOfWork,
        entry: &OutboxEntry,
        wanted: LinkPurpose,
    ) -> Result<(), Error> {
        let Some(account) = uow.users().lock_by_email(&entry.recipient).await? else { return Ok(()) };
        let Some(link) = link_for(&account, wanted) else { return Ok(()) };
        self.send_link(uow, &account.user, &account.user.email, link, Who::default()).await
    }
}

/// The link that an account gets when `wanted` was asked for, if any.
fn link_for(account: &Account, wanted: LinkPurpose) -> Option<LinkPurpose> {
    let has_password = account.password.is_some();
    match (account.user.status, wanted) {
        (UserStatus::Active, LinkPurpose::ResetPassword) => Some(LinkPurpose::ResetPassword),
        (UserStatus::Pending, LinkPurpose::VerifyAddress) if has_password => Some(LinkPurpose::VerifyAddress),
        // No password, or a forgotten one, and the address not proven: one link does both.
        (UserStatus::Pending, _) => Some(LinkPurpose::FinishRegistration),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{account, active, pending};

    #[test]
    fn an_account_gets_the_link_that_it_can_use() {
        use LinkPurpose::{FinishRegistration, ResetPassword, VerifyAddress};
        let invited = || Account { password: None, ..account(pending()) };
        assert_eq!(link_for(&account(active()), ResetPassword), Some(ResetPassword));
        assert_eq!(link_for(&account(active()), VerifyAddress), None);
        assert_eq!(link_for(&account(pending()), VerifyAddress), Some(VerifyAddress));
        assert_eq!(link_for(&account(pending()), ResetPassword), Some(FinishRegistration));
        assert_eq!(link_for(&invited(), VerifyAddress), Some(FinishRegistration));
    }
}
