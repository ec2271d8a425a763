//! Counting failed proofs of identity, and locking.

use voxgate_domain::audit::LoginFailure;
use voxgate_domain::mail::Notice;
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, AttemptKey, Timestamp, User};

use crate::caller::Who;
use crate::{Application, Error};

impl Application {
    /// Refuses when `key` is locked, and records that.
    ///
    /// # Errors
    ///
    /// [`Error::AccountLocked`] when it is.
    pub(crate) async fn refuse_if_locked(&self, key: AttemptKey, who: Who<'_>) -> Result<(), Error> {
        let attempts = self.ports.store.attempts(key).await?;
        let Some(until) = attempts.locked(self.ports.clock.now()) else { return Ok(()) };
        let uow = self.ports.store.begin().await?;
        Err(self.refuse_locked(uow, until, who).await)
    }

    /// Records that somebody was refused because of a lock; the error to answer.
    pub(crate) async fn refuse_locked(&self, mut uow: Box<dyn UnitOfWork>, until: Timestamp, who: Who<'_>) -> Error {
        let denied = self.event(Act::LoginFailed(LoginFailure::Locked), who);
        if let Err(error) = uow.audit().record(&denied).await {
            return error.into();
        }
        if let Err(error) = uow.commit().await {
            return error.into();
        }
        Error::AccountLocked { retry_after: until.since(self.ports.clock.now()) }
    }

    /// Counts a failed proof of identity and records it as `act`; when it is one too many, locks and tells the owner.
    ///
    /// The row of the counter is held while this is decided, so of many failures at once exactly the threshold is
    /// answered as a failure; the rest finds the lock. Answers the error for the caller.
    ///
    /// # Errors
    ///
    /// A store's error, when the failure could not be counted.
    pub(crate) async fn count_failure(
        &self,
        mut uow: Box<dyn UnitOfWork>,
        key: AttemptKey,
        owner: Option<&User>,
        act: Act,
        who: Who<'_>,
    ) -> Result<Error, Error> {
        let now = self.ports.clock.now();
        let before = uow.attempts().lock(key, now).await?;
        if let Some(until) = before.locked(now) {
            return Ok(self.refuse_locked(uow, until, who).await);
        }
        let after = self.policies.lockout.after_failure(before, now);
        uow.attempts().save(key, after, now).await?;
        uow.audit().record(&self.event(act, who)).await?;
        if let Some(until) = after.locked(now) {
            uow.audit().record(&self.event(Act::AccountLocked { until }, who)).await?;
            if let Some(owner) = owner {
                self.queue_notice(&mut *uow, owner, Notice::AccountLocked { until }).await?;
            }
        }
        uow.commit().await?;
        self.mail_was_queued();
        Ok(Error::InvalidCredentials)
    }

    /// A proof of identity succeeded: the run of failures is over.
    ///
    /// # Errors
    ///
    /// A store's error.
    pub(crate) async fn clear_failures(
        &self,
        uow: &mut dyn UnitOfWork,
        key: AttemptKey,
        before: Attempts,
    ) -> Result<(), Error> {
        if before != Attempts::default() {
            uow.attempts().save(key, Attempts::default(), self.ports.clock.now()).await?;
        }
        Ok(())
    }
}
