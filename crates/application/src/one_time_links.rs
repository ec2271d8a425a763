//! Making one-time tokens and sending them to their owners.

use voxgate_domain::mail::{LinkPurpose, Message};
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, EmailAddress, OneTimeToken, OneTimeTokenId, Purpose, SecretToken, User};

use crate::caller::Who;
use crate::outbox::{Errand, Recipient};
use crate::{Application, Error};

/// What the token in a link is good for.
const fn token_purpose(link: LinkPurpose) -> Purpose {
    match link {
        LinkPurpose::VerifyAddress => Purpose::EmailVerification,
        LinkPurpose::ConfirmNewAddress => Purpose::EmailChange,
        LinkPurpose::ResetPassword => Purpose::PasswordReset,
        LinkPurpose::FinishRegistration | LinkPurpose::AcceptInvitation => Purpose::Invitation,
    }
}

impl Application {
    /// Makes a token for `user`, voids the older ones of its purpose, and queues the link to `address`.
    ///
    /// # Errors
    ///
    /// An error of the store or the cipher.
    pub(crate) async fn send_link(
        &self,
        uow: &mut dyn UnitOfWork,
        user: &User,
        address: &EmailAddress,
        link: LinkPurpose,
        who: Who<'_>,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        let secret = SecretToken::generate(&*self.ports.entropy);
        let id = OneTimeTokenId::generate(now, &*self.ports.entropy);
        let token = OneTimeToken::issue(id, user.id, token_purpose(link), address.clone(), now);
        uow.tokens().replace(&token, self.ports.token_hasher.token(&secret)).await?;
        let who = who.about(Some(user.id));
        uow.audit().record(&self.event(Act::LinkIssued(link), who)).await?;
        let message = Message::Link { purpose: link, token: secret, expires_at: token.expires_at };
        self.queue(uow, Recipient::owner(user).at(address), &Errand::Send(message)).await
    }
}
