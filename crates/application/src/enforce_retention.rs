//! Purge what is not needed any more, and suspend that for some.

use voxgate_domain::policy::RetentionCounts;
use voxgate_domain::ports::UnitOfWork;
use voxgate_domain::{Act, AuditEvent, UserId};

use crate::caller::Who;
use crate::transaction::settle;
use crate::{Application, Error};

impl Application {
    /// The most rows of a kind that one transaction purges: so that no request waits long for it. A session can
    /// have a thousand refresh tokens, which go with it.
    pub const RETENTION_BATCH: u32 = 50;

    /// How much would be purged now.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn preview_retention(&self) -> Result<RetentionCounts, Error> {
        let cutoffs = self.policies.retention.cutoffs(self.ports.clock.now());
        let mut uow = self.ports.store.begin().await?;
        let due = uow.retention().due(&cutoffs).await?;
        uow.rollback().await?;
        Ok(due)
    }

    /// Purges all that is due, batch by batch, and tells `progress` the sum after each. Each batch is a transaction with
    /// its events, so that a crash in between leaves nothing half-purged and the next run goes on.
    ///
    /// # Errors
    ///
    /// An error of the store.
    pub async fn enforce_retention(
        &self,
        progress: impl Fn(&RetentionCounts) + Send + Sync,
    ) -> Result<RetentionCounts, Error> {
        let mut sum = RetentionCounts::default();
        loop {
            let mut uow = self.ports.store.begin().await?;
            let purged = self.purge_batch(&mut *uow).await;
            let purged = settle(uow, purged).await?;
            if purged.is_nothing() {
                return Ok(sum);
            }
            sum = sum.plus(&purged);
            progress(&sum);
        }
    }

    async fn purge_batch(&self, uow: &mut dyn UnitOfWork) -> Result<RetentionCounts, Error> {
        let now = self.ports.clock.now();
        let cutoffs = self.policies.retention.cutoffs(now);
        let users = uow.retention().purge_users(cutoffs.deleted_users, now, Self::RETENTION_BATCH).await?;
        for user in &users {
            uow.audit().record(&self.event(Act::UserPurged, Who::default().about(Some(*user)))).await?;
        }
        let records = uow.retention().purge_records(&cutoffs, Self::RETENTION_BATCH).await?;
        let users = u64::try_from(users.len()).unwrap_or(u64::MAX);
        let purged = RetentionCounts { users, ..records };
        if !purged.is_nothing() {
            uow.audit().record(&self.event(Act::RetentionEnforced(purged), Who::default())).await?;
        }
        Ok(purged)
    }

    /// Suspends purging of a user, for `reason`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there is no such user, or they are purged already.
    pub async fn hold_user(&self, user: UserId, reason: &str) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let held = uow.retention().hold(user, reason, self.ports.clock.now()).await?;
        let event = AuditEvent { reason: Some(reason.to_owned()), ..self.hold_event(Act::LegalHoldSet, user) };
        self.record_when(uow, held, event).await
    }

    /// Lifts such a suspension, for `reason`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] when there was none.
    pub async fn release_user(&self, user: UserId, reason: &str) -> Result<(), Error> {
        let mut uow = self.ports.store.begin().await?;
        let released = uow.retention().release(user).await?;
        let event = AuditEvent { reason: Some(reason.to_owned()), ..self.hold_event(Act::LegalHoldReleased, user) };
        self.record_when(uow, released, event).await
    }

    fn hold_event(&self, act: Act, user: UserId) -> AuditEvent {
        self.event(act, Who::default().about(Some(user)))
    }

    async fn record_when(&self, mut uow: Box<dyn UnitOfWork>, done: bool, event: AuditEvent) -> Result<(), Error> {
        let recorded = match done {
            true => uow.audit().record(&event).await.map_err(Error::from),
            false => Err(Error::NotFound),
        };
        settle(uow, recorded).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::test_support::{Doubles, Journal, Unit, active};

    #[tokio::test]
    async fn batches_follow_each_other_until_nothing_is_due() {
        let journal = Journal::default();
        let mut full = Unit::new(&journal);
        full.retention.expect_purge_users().returning(|_, _, _| Ok(vec![active().id]));
        full.retention
            .expect_purge_records()
            .returning(|_, _| Ok(RetentionCounts { sessions: 3, ..RetentionCounts::default() }));
        let mut empty = Unit::new(&journal);
        empty.retention.expect_purge_users().returning(|_, _, _| Ok(Vec::new()));
        empty.retention.expect_purge_records().returning(|_, _| Ok(RetentionCounts::default()));
        let app = Doubles::new().with_unit(full).with_unit(empty).application();

        let purged = app.enforce_retention(|_| ()).await.unwrap();

        assert_eq!(purged, RetentionCounts { users: 1, sessions: 3, ..RetentionCounts::default() });
        assert_eq!(journal.lines(), ["audit user.purged", "audit retention.enforced", "commit", "commit"]);
    }

    #[tokio::test]
    async fn a_hold_on_nobody_is_not_recorded() {
        let journal = Journal::default();
        let mut unit = Unit::new(&journal);
        unit.retention.expect_hold().returning(|_, _, _| Ok(false));
        let app = Doubles::new().with_unit(unit).application();

        assert!(matches!(app.hold_user(active().id, "subpoena").await, Err(Error::NotFound)));
        assert_eq!(journal.lines(), ["rollback"]);
    }
}
