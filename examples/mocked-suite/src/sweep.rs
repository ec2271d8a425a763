//! Ends the sessions of a person that nobody may use any more, so that lists show none that is over.

use voxgate_domain::policy::SessionPolicy;
use voxgate_domain::ports::{Clock, Entropy, Store, StoreError};
use voxgate_domain::session::{EndReason, SessionEnd};
use voxgate_domain::{Act, AuditEvent, AuditEventId, UserId};

/// No person is looked at beyond so many sessions at once.
const BATCH: u32 = 100;

/// Ends sessions that have gone unused for too long.
pub struct Sweeper<'a> {
    /// Keeps sessions and the trail.
    pub store: &'a dyn Store,
    /// Tells the time.
    pub clock: &'a dyn Clock,
    /// Makes the identifiers of events.
    pub entropy: &'a dyn Entropy,
    /// How long sessions are good.
    pub policy: SessionPolicy,
}

impl Sweeper<'_> {
    /// Ends those sessions of `user` that nobody may use any more, each with its event; how many.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer; nothing is changed then.
    pub async fn sweep(&self, user: UserId) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let sessions = self.store.sessions_of(user, now, BATCH).await?;
        let stale: Vec<_> = sessions.iter().filter(|session| !self.policy.is_open(session, now)).collect();
        if stale.is_empty() {
            return Ok(0);
        }
        let why = EndReason::Administration;
        let mut unit = self.store.begin().await?;
        let mut ended = 0;
        for session in stale {
            // Somebody may have ended it since it was read: what was not done is not recorded.
            if unit.sessions().end(user, session.id, SessionEnd { at: now, why }).await? {
                let event = AuditEvent {
                    id: AuditEventId::generate(now, self.entropy),
                    occurred_at: now,
                    act: Act::SessionEnded { session: session.id, why },
                    actor: None,
                    subject: Some(user),
                    session: None,
                    client: None,
                    reason: None,
                    emergency: None,
                    service: None,
                };
                unit.audit().record(&event).await?;
                ended += 1;
            }
        }
        unit.commit().await?;
        Ok(ended)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use voxgate_domain::fixtures::{self, FixedClock, SeededEntropy};
    use voxgate_domain::ports::{MockAuditLog, MockSessions, MockStore, MockUnitOfWork};
    use voxgate_domain::{Session, SessionId};

    use super::*;
    use crate::run;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn ada() -> UserId {
        fixtures::user().build().id
    }

    /// Sweeps the sessions of Ada, which go idle after an hour.
    fn sweep(store: &MockStore) -> Result<u64, StoreError> {
        let policy = SessionPolicy { idle_timeout: HOUR, ..SessionPolicy::default() };
        let (clock, entropy) = (FixedClock::default(), SeededEntropy::default());
        run(Sweeper { store, clock: &clock, entropy: &entropy, policy }.sweep(ada()))
    }

    fn store_with(sessions: Vec<Session>) -> MockStore {
        let mut store = MockStore::new();
        store.expect_sessions_of().withf(|user, _, _| *user == ada()).return_once(|_, _, _| Ok(sessions));
        store
    }

    /// The one transaction of a test: the sessions of `there` can be ended, and each of them is recorded once.
    fn unit_ending(there: Vec<SessionId>) -> MockUnitOfWork {
        let mut audit = MockAuditLog::new();
        let expected = there.clone();
        audit
            .expect_record()
            .withf(move |event| matches!(event.act, Act::SessionEnded { session, .. } if expected.contains(&session)))
            .times(there.len())
            .returning(|_| Ok(()));
        let mut sessions = MockSessions::new();
        sessions.expect_end().returning(move |_, session, _| Ok(there.contains(&session)));
        let mut unit = MockUnitOfWork::new();
        unit.expect_sessions().return_var(Box::new(sessions));
        unit.expect_audit().return_var(Box::new(audit));
        unit
    }

    #[test]
    fn a_session_that_went_idle_is_ended_and_recorded_and_one_in_use_stays() {
        let idle = fixtures::session(ada()).named("idle").begun_at(fixtures::now().minus(2 * HOUR)).build();
        let used = fixtures::session(ada()).named("used").build();
        let mut unit = unit_ending(vec![idle.id]);
        unit.expect_commit().times(1).returning(|| Ok(()));
        let mut store = store_with(vec![used, idle]);
        store.expect_begin().times(1).return_once(|| Ok(Box::new(unit)));
        assert_eq!(sweep(&store).unwrap(), 1);
    }

    #[test]
    fn a_session_that_somebody_else_ended_meanwhile_is_not_recorded_again() {
        let idle = fixtures::session(ada()).begun_at(fixtures::now().minus(2 * HOUR)).build();
        let mut unit = unit_ending(Vec::new());
        unit.expect_commit().times(1).returning(|| Ok(()));
        let mut store = store_with(vec![idle]);
        store.expect_begin().times(1).return_once(|| Ok(Box::new(unit)));
        assert_eq!(sweep(&store).unwrap(), 0);
    }

    #[test]
    fn nothing_to_end_takes_no_transaction() {
        let refreshed = fixtures::session(ada())
            .begun_at(fixtures::now().minus(2 * HOUR))
            .refreshed_at(fixtures::now().minus(Duration::from_secs(60)))
            .build();
        assert_eq!(sweep(&store_with(vec![refreshed])).unwrap(), 0);
    }

    #[test]
    fn what_the_store_did_not_confirm_was_not_done() {
        let idle = fixtures::session(ada()).begun_at(fixtures::now().minus(2 * HOUR)).build();
        let mut unit = unit_ending(vec![idle.id]);
        unit.expect_commit().times(1).returning(|| Err(StoreError::Unavailable("lost".into())));
        let mut store = store_with(vec![idle]);
        store.expect_begin().times(1).return_once(|| Ok(Box::new(unit)));
        assert!(matches!(sweep(&store), Err(StoreError::Unavailable(_))));
    }
}
