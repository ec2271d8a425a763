//! Set a password through a link: after forgetting it, or for the first time.

use voxgate_domain::mail::Notice;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, ClientContext, Password, Purpose, SecretToken, SessionEnd, TokenHash, User, UserStatus};

use crate::caller::Who;
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
        // First a look that is undone: nothing is hashed for a token that is not good, and a password that is refused
        // does not use the token up.
        let mut uow = self.ports.store.begin().await?;
        let user = self.redeem(&mut *uow, hash).await?;
        uow.rollback().await?;
        let password = self.hash_new_password(&user, password).await?;

        let mut uow = self.ports.store.begin().await?;
        let now = self.ports.clock.now();
        let key = self.ports.token_hasher.attempt_key(&user.email);
        let before = uow.attempts().lock(key, now).await?;
        let user = self.redeem(&mut *uow, hash).await?;
        let who = Who::proven(client, user.id);
        if user.status == UserStatus::Pending {
            uow.audit().record(&self.event(Act::EmailVerified, who)).await?;
        }
        let user = user.verify_email(now)?;
        uow.users().save(&user).await?;
        uow.users().set_password(user.id, Some(&password), now).await?;
        uow.tokens().void(user.id, Purpose::ALL, now).await?;
        self.clear_failures(&mut *uow, key, before).await?;
        uow.audit().record(&self.event(Act::PasswordReset, who)).await?;
        let end = SessionEnd { at: now, why: EndReason::PasswordReset };
        self.end_sessions(&mut *uow, user.id, None, end, who).await?;
        self.queue_notice(&mut *uow, &user, Notice::PasswordChanged).await?;
        uow.commit().await?;
        self.mail_was_queued();
        Ok(())
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
