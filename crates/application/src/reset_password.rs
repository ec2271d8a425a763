//! Set a password through a link: after forgetting it, or for the first time.

use voxgate_domain::mail::Notice;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::session::EndReason;
use voxgate_domain::{
    Act, ClientContext, Password, PasswordHash, Purpose, SecretToken, SessionEnd, TokenHash, User, UserStatus,
};

use crate::caller::Who;
use crate::transaction::settle;
use crate::{Application, Error};

impl Application {
    /// Uses up a reset or invitation token and sets the password. Every session of the user ends, a lock is lifted, and
    /// an address that was not proven yet is now.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOneTimeToken`] when the token is unknown, used, void or expired, or was sent to an address that
    /// the account no longer has; [`Error::PasswordRejected`] with every fault, and then the token stays good.
    pub async fn reset_password(
        &self,
        token: &SecretToken,
        password: Password,
        client: &ClientContext,
    ) -> Result<(), Error> {
        let hash = self.ports.token_hasher.token(token);
        let user = self.peek(hash).await?;
        let password = match self.hash_new_password(&user, password).await {
            Err(Error::PasswordRejected(faults)) => {
                // Another use may have come first. Then the link is spent, and "used before" tells what that use set.
                self.peek(hash).await?;
                return Err(Error::PasswordRejected(faults));
            }
            hashed => hashed?,
        };
        let mut uow = self.ports.store.begin().await?;
        let reset = self.redeem_and_set(&mut *uow, hash, &user, &password, client).await;
        settle(uow, reset).await?;
        self.mail_was_queued();
        Ok(())
    }

    /// Whose token it is: a use that is undone. So nothing is hashed for a token that is not good, and a password that
    /// is refused does not use the token up.
    async fn peek(&self, hash: TokenHash) -> Result<User, Error> {
        let mut uow = self.ports.store.begin().await?;
        let user = self.redeem(&mut *uow, hash).await;
        uow.rollback().await?;
        user
    }

    async fn redeem_and_set(
        &self,
        uow: &mut dyn UnitOfWork,
        hash: TokenHash,
        seen: &User,
        password: &PasswordHash,
        client: &ClientContext,
    ) -> Result<(), Error> {
        let now = self.ports.clock.now();
        // The counters before the user, as at login: two transactions that lock in the same order cannot block each other.
        let logins = self.ports.token_hasher.attempt_key(&seen.email);
        let failed_logins = uow.attempts().lock(logins, now).await?;
        let proofs = self.ports.token_hasher.proof_key(seen.id);
        let failed_proofs = uow.attempts().lock(proofs, now).await?;
        let user = self.redeem(uow, hash).await?;
        let who = Who::proven(client, user.id);
        if user.email_verified_at.is_none() {
            uow.audit().record(&self.event(Act::EmailVerified, who)).await?;
        }
        let user = user.verify_email(now)?;
        uow.users().save(&user).await?;
        uow.users().set_password(user.id, Some(password), now).await?;
        uow.tokens().void(user.id, Purpose::ALL, now).await?;
        // Logins that wait for a code had the former password right. The factor itself stays.
        uow.challenges().forget(user.id).await?;
        self.clear_failures(uow, logins, failed_logins).await?;
        // Whoever forgot it mistyped it in an open session too.
        self.clear_failures(uow, proofs, failed_proofs).await?;
        // Whoever knew the former password may have made a device known; the locks of devices go with them.
        uow.devices().forget(user.id).await?;
        uow.audit().record(&self.event(Act::PasswordReset, who)).await?;
        let end = SessionEnd { at: now, why: EndReason::PasswordReset };
        self.end_sessions(uow, user.id, None, end, who).await?;
        self.queue_notice(uow, &user, Notice::PasswordChanged).await
    }

    /// Uses the token up; the user whose it is, held, when it proves the address that they have.
    async fn redeem(&self, uow: &mut dyn UnitOfWork, hash: TokenHash) -> Result<User, Error> {
        let purposes = [Purpose::PasswordReset, Purpose::Invitation];
        let token = uow.tokens().consume(hash, &purposes, self.ports.clock.now()).await?;
        let token = token.ok_or(Error::InvalidOneTimeToken)?;
        let account = uow.users().lock(token.user_id).await?.ok_or(Error::InvalidOneTimeToken)?;
        let usable = matches!(account.user.status, UserStatus::Pending | UserStatus::Active);
        if usable && account.user.email == token.address { Ok(account.user) } else { Err(Error::InvalidOneTimeToken) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use voxgate_domain::policy::{Attempts, PasswordFault};
    use voxgate_domain::ports::{MockLoginAttempts, Verification};
    use voxgate_domain::{OneTimeToken, OneTimeTokenId};

    use crate::test_support::{
        Counter, Doubles, Journal, Unit, account, active, client, email, hash, now, password, token,
    };

    fn finding(journal: &Journal, user: User) -> Unit {
        let mut unit = Unit::new(journal);
        let id = OneTimeTokenId::generate(now(), &Counter::default());
        let issued = OneTimeToken::issue(id, user.id, Purpose::PasswordReset, email(), now());
        unit.tokens.expect_consume().returning(move |_, _, _| Ok(Some(issued.clone())));
        unit.users.expect_lock().returning(move |_| Ok(Some(account(user.clone()))));
        unit
    }

    #[tokio::test]
    async fn a_reset_sets_the_password_ends_every_session_and_voids_every_link() {
        let journal = Journal::default();
        let mut unit = finding(&journal, active());
        // Of logins, and of proofs in open sessions.
        let failed = Attempts { failures: 1, last_failure_at: Some(now()), locked_until: None };
        unit.attempts = MockLoginAttempts::new();
        unit.attempts.expect_lock().times(2).returning(move |_, _| Ok(failed));
        let forgotten = |_: &_, attempts: &Attempts, _: &_| *attempts == Attempts::default();
        unit.attempts.expect_save().withf(forgotten).times(2).returning(|_, _, _| Ok(()));
        unit.users.expect_save().returning(|_| Ok(()));
        unit.users.expect_set_password().withf(|_, hash, _| hash.is_some()).times(1).returning(|_, _, _| Ok(()));
        unit.tokens.expect_void().times(1).returning(|_, _, _| Ok(()));
        unit.challenges.expect_forget().times(1).returning(|_| Ok(()));
        unit.devices.expect_forget().times(1).returning(|_| Ok(()));
        unit.sessions.expect_end_all().withf(|_, except, _| except.is_none()).times(1).returning(|_, _, _| Ok(2));
        let mut doubles = Doubles::new().with_hashing();
        doubles.store.expect_password_history().returning(|_, _| Ok(Vec::new()));
        let app = doubles.with_unit(finding(&journal, active())).with_unit(unit).application();

        app.reset_password(&token("good"), password(), &client()).await.unwrap();

        let done = ["rollback", "audit password.reset", "audit session.revoked", "mail password_changed", "commit"];
        assert_eq!(journal.lines(), done);
    }

    #[tokio::test]
    async fn a_token_that_is_not_good_costs_no_hash() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.tokens.expect_consume().returning(|_, _, _| Ok(None));

        let refused =
            Doubles::new().with_unit(unit).application().reset_password(&token("bad"), password(), &client()).await;

        assert!(matches!(refused, Err(Error::InvalidOneTimeToken)));
    }

    #[tokio::test]
    async fn a_former_password_is_refused_and_leaves_the_token_good() {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_verification(Verification::Match { outdated: false });
        doubles.store.expect_password_history().returning(|_, _| Ok(vec![hash()]));
        let (first, again) = (finding(&journal, active()), finding(&journal, active()));
        let app = doubles.with_unit(first).with_unit(again).application();

        let refused = app.reset_password(&token("good"), password(), &client()).await;

        assert!(matches!(refused, Err(Error::PasswordRejected(faults)) if faults == [PasswordFault::Reused]));
        assert_eq!(journal.lines(), ["rollback", "rollback"]);
    }

    #[tokio::test]
    async fn whose_link_was_spent_meanwhile_is_not_told_what_password_it_set() {
        let journal = Journal::default();
        let mut doubles = Doubles::new().with_verification(Verification::Match { outdated: false });
        doubles.store.expect_password_history().returning(|_, _| Ok(vec![hash()]));
        let mut spent = Unit::new(&journal);
        spent.tokens.expect_consume().returning(|_, _, _| Ok(None));
        let app = doubles.with_unit(finding(&journal, active())).with_unit(spent).application();

        let refused = app.reset_password(&token("good"), password(), &client()).await;

        assert!(matches!(refused, Err(Error::InvalidOneTimeToken)));
    }

    #[tokio::test]
    async fn a_deleted_account_is_not_opened_by_its_last_link() {
        let journal = Journal::default();
        let unit = finding(&journal, active().delete(now()).unwrap());
        let app = Doubles::new().with_unit(unit).application();

        let refused = app.reset_password(&token("late"), password(), &client()).await;

        assert!(matches!(refused, Err(Error::InvalidOneTimeToken)));
    }
}
