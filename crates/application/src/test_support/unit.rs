//! A unit of work over mocked repositories, and what it did.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::*;

/// A unit of work over mocked repositories; what it recorded and queued, and how it ended, goes to its [`Journal`].
pub(crate) struct Unit {
    pub(crate) users: MockUsers,
    pub(crate) sessions: MockSessions,
    pub(crate) tokens: MockOneTimeTokens,
    pub(crate) factors: MockFactors,
    pub(crate) challenges: MockMfaChallenges,
    pub(crate) attempts: MockLoginAttempts,
    pub(crate) roles: MockRoles,
    pub(crate) audit: MockAuditLog,
    pub(crate) outbox: MockOutbox,
    pub(crate) devices: MockKnownDevices,
    pub(crate) notifications: MockNotifications,
    pub(crate) emergencies: MockEmergencyAccesses,
    pub(crate) service_accounts: MockServiceAccounts,
    pub(crate) retention: MockRetention,
    pub(crate) webhooks: MockWebhooks,
    pub(crate) journal: Journal,
    /// Whether its commit succeeds.
    pub(crate) commits: bool,
}

/// What the units of a test did.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    pub(crate) fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Unit {
    /// A unit that takes every event and mail, and counts no failures yet.
    pub(crate) fn new(journal: &Journal) -> Self {
        let mut unit = Self {
            users: MockUsers::new(),
            sessions: MockSessions::new(),
            tokens: MockOneTimeTokens::new(),
            factors: MockFactors::new(),
            challenges: MockMfaChallenges::new(),
            attempts: MockLoginAttempts::new(),
            roles: MockRoles::new(),
            audit: MockAuditLog::new(),
            outbox: MockOutbox::new(),
            devices: MockKnownDevices::new(),
            notifications: MockNotifications::new(),
            emergencies: MockEmergencyAccesses::new(),
            service_accounts: MockServiceAccounts::new(),
            retention: MockRetention::new(),
            webhooks: MockWebhooks::new(),
            journal: journal.clone(),
            commits: true,
        };
        let events = journal.clone();
        unit.audit.expect_record().returning(move |event| {
            events.note(format!("audit {}", event.act.name()));
            Ok(())
        });
        let mails = journal.clone();
        unit.outbox.expect_push().returning(move |entry| {
            mails.note(format!("mail {}", entry.kind));
            Ok(())
        });
        unit.attempts.expect_lock().returning(|_, _| Ok(Attempts::default()));
        unit.notifications.expect_add().returning(|_| Ok(()));
        unit.notifications.expect_sent().returning(|_, _| Ok(()));
        unit.notifications.expect_given_up().returning(|_, _| Ok(()));
        unit.devices.expect_add().returning(|_, _, _| Ok(()));
        unit
    }

    pub(crate) fn boxed(self) -> Box<dyn UnitOfWork> {
        Box::new(self)
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn users(&mut self) -> &mut dyn Users {
        &mut self.users
    }
    fn sessions(&mut self) -> &mut dyn Sessions {
        &mut self.sessions
    }
    fn tokens(&mut self) -> &mut dyn OneTimeTokens {
        &mut self.tokens
    }
    fn factors(&mut self) -> &mut dyn Factors {
        &mut self.factors
    }
    fn challenges(&mut self) -> &mut dyn MfaChallenges {
        &mut self.challenges
    }
    fn attempts(&mut self) -> &mut dyn LoginAttempts {
        &mut self.attempts
    }
    fn roles(&mut self) -> &mut dyn Roles {
        &mut self.roles
    }
    fn audit(&mut self) -> &mut dyn AuditLog {
        &mut self.audit
    }
    fn outbox(&mut self) -> &mut dyn Outbox {
        &mut self.outbox
    }
    fn devices(&mut self) -> &mut dyn KnownDevices {
        &mut self.devices
    }
    fn notifications(&mut self) -> &mut dyn Notifications {
        &mut self.notifications
    }
    fn emergencies(&mut self) -> &mut dyn EmergencyAccesses {
        &mut self.emergencies
    }
    fn service_accounts(&mut self) -> &mut dyn ServiceAccounts {
        &mut self.service_accounts
    }
    fn retention(&mut self) -> &mut dyn Retention {
        &mut self.retention
    }
    fn webhooks(&mut self) -> &mut dyn Webhooks {
        &mut self.webhooks
    }
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.journal.note("commit");
        if self.commits { Ok(()) } else { Err(StoreError::Unavailable("the disk is full".into())) }
    }
    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.journal.note("rollback");
        Ok(())
    }
}
