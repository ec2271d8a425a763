//! Verify an address, at registration or to change it.

use voxgate_domain::mail::{Message, Notice};
use voxgate_domain::ports::{Conflict, StoreError, UnitOfWork};
use voxgate_domain::{Act, ClientContext, OneTimeToken, Purpose, SecretToken, User};

use crate::caller::Who;
use crate::outbox::{Errand, Recipient};
use crate::transaction::settle;
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
        let proven = self.prove_address(&mut *uow, token, client).await;
        settle(uow, proven).await?;
        self.mail_was_queued();
        Ok(())
    }

    async fn prove_address(
        &self,
        uow: &mut dyn UnitOfWork,
        token: &SecretToken,
        client: &ClientContext,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        let hash = self.ports.token_hasher.token(token);
        let purposes = [Purpose::EmailVerification, Purpose::EmailChange];
        let token = uow.tokens().consume(hash, &purposes, now).await?.ok_or(Error::InvalidOneTimeToken)?;
        let account = uow.users().lock(token.user_id).await?.ok_or(Error::InvalidOneTimeToken)?;
        let who = Who::proven(client, account.user.id);
        match token.purpose {
            Purpose::EmailChange => self.take_new_address(uow, account.user, token, who).await,
            _ => self.take_first_address(uow, account.user, &token, who).await,
        }
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
        // A link that sets the first password is not one that sets another.
        uow.tokens().void(user.id, &[Purpose::Invitation], self.ports.clock.now()).await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::user::Account;
    use voxgate_domain::{EmailAddress, OneTimeTokenId};

    use crate::test_support::{Counter, Doubles, Journal, Unit, account, active, client, email, now, pending, token};

    fn new_address() -> EmailAddress {
        EmailAddress::parse("lovelace@example.org").unwrap()
    }

    /// A unit whose token is good for `purpose`, was sent to `address` and is `held`'s.
    fn finding(journal: &Journal, purpose: Purpose, address: EmailAddress, held: Account) -> Unit {
        let mut unit = Unit::new(journal);
        let id = OneTimeTokenId::generate(now(), &Counter::default());
        let issued = OneTimeToken::issue(id, held.user.id, purpose, address, now());
        unit.tokens.expect_consume().times(1).returning(move |_, _, _| Ok(Some(issued.clone())));
        unit.users.expect_lock().returning(move |_| Ok(Some(held.clone())));
        unit
    }

    #[tokio::test]
    async fn a_good_token_activates_the_account() {
        let journal = Journal::default();
        let mut unit = finding(&journal, Purpose::EmailVerification, email(), account(pending()));
        unit.users.expect_save().withf(User::is_active).times(1).returning(|_| Ok(()));
        unit.tokens.expect_void().times(1).returning(|_, _, _| Ok(()));

        Doubles::new().with_unit(unit).application().verify_email(&token("good"), &client()).await.unwrap();

        assert_eq!(journal.lines(), ["audit user.verified", "commit"]);
    }

    #[tokio::test]
    async fn a_token_sent_to_an_address_that_was_changed_since_proves_nothing() {
        let journal = Journal::default();
        let unit = finding(&journal, Purpose::EmailVerification, new_address(), account(pending()));

        let refused = Doubles::new().with_unit(unit).application().verify_email(&token("old"), &client()).await;

        assert!(matches!(refused, Err(Error::InvalidOneTimeToken)));
        assert_eq!(journal.lines(), ["rollback"]);
    }

    #[tokio::test]
    async fn a_new_address_takes_over_voids_every_link_and_tells_the_old_one() {
        let journal = Journal::default();
        let mut unit = finding(&journal, Purpose::EmailChange, new_address(), account(active()));
        unit.users.expect_save().withf(|user| user.email == new_address()).times(1).returning(|_| Ok(()));
        unit.tokens.expect_void().withf(|_, purposes, _| purposes == Purpose::ALL).times(1).returning(|_, _, _| Ok(()));
        unit.outbox = voxgate_domain::ports::MockOutbox::new();
        unit.outbox.expect_push().withf(|entry| entry.recipient == email()).times(1).returning(|_| Ok(()));

        Doubles::new().with_unit(unit).application().verify_email(&token("good"), &client()).await.unwrap();

        assert_eq!(journal.lines(), ["audit email.changed", "commit"]);
    }

    #[tokio::test]
    async fn an_address_that_was_registered_meanwhile_is_not_taken() {
        let journal = Journal::default();
        let mut unit = finding(&journal, Purpose::EmailChange, new_address(), account(active()));
        unit.users.expect_save().returning(|_| Err(StoreError::Conflict(Conflict::EmailTaken)));

        let refused = Doubles::new().with_unit(unit).application().verify_email(&token("late"), &client()).await;

        assert!(matches!(refused, Err(Error::InvalidOneTimeToken)));
        assert_eq!(journal.lines(), ["rollback"]);
    }
}
