//! One transaction over every repository.

use std::sync::Arc;

use async_trait::async_trait;
use voxgate_domain::AuditEvent;
use voxgate_domain::ports::{
    AuditLog, EmergencyAccesses, Factors, KnownDevices, LoginAttempts, MfaChallenges, Notifications, OneTimeTokens,
    Outbox, Retention, Roles, ServiceAccounts, Sessions, StoreError, UnitOfWork, Users, Webhooks,
};

use crate::connection::Connection;
use crate::rows::EventRow;

/// Is told of each audit event that was committed, by name and outcome: for counting.
pub type EventObserver = Arc<dyn Fn(&'static str, &'static str) + Send + Sync>;

/// A connection with a transaction open on it. It implements every repository; dropped, it closes the connection.
pub(crate) struct Transaction {
    connection: Connection,
    observer: Option<EventObserver>,
    recorded: Vec<(&'static str, &'static str)>,
    /// Audit events, which are added when the transaction is committed: nothing in it reads them.
    events: Vec<EventRow>,
}

impl Transaction {
    /// Begins a transaction on `connection`.
    pub(crate) async fn begin(mut connection: Connection, observer: Option<EventObserver>) -> Result<Self, StoreError> {
        connection.begin().await?;
        Ok(Self { connection, observer, recorded: Vec::new(), events: Vec::new() })
    }

    /// The connection that the repositories use.
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Takes note of an event, for when the transaction is committed.
    pub(crate) fn note(&mut self, event: &AuditEvent) {
        self.events.push(event.into());
        if self.observer.is_some() {
            self.recorded.push((event.act.name(), event.act.outcome().as_str()));
        }
    }
}

#[async_trait]
impl UnitOfWork for Transaction {
    fn users(&mut self) -> &mut dyn Users {
        self
    }

    fn sessions(&mut self) -> &mut dyn Sessions {
        self
    }

    fn tokens(&mut self) -> &mut dyn OneTimeTokens {
        self
    }

    fn factors(&mut self) -> &mut dyn Factors {
        self
    }

    fn challenges(&mut self) -> &mut dyn MfaChallenges {
        self
    }

    fn attempts(&mut self) -> &mut dyn LoginAttempts {
        self
    }

    fn roles(&mut self) -> &mut dyn Roles {
        self
    }

    fn audit(&mut self) -> &mut dyn AuditLog {
        self
    }

    fn outbox(&mut self) -> &mut dyn Outbox {
        self
    }

    fn devices(&mut self) -> &mut dyn KnownDevices {
        self
    }

    fn notifications(&mut self) -> &mut dyn Notifications {
        self
    }

    fn emergencies(&mut self) -> &mut dyn EmergencyAccesses {
        self
    }

    fn service_accounts(&mut self) -> &mut dyn ServiceAccounts {
        self
    }

    fn retention(&mut self) -> &mut dyn Retention {
        self
    }

    fn webhooks(&mut self) -> &mut dyn Webhooks {
        self
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { connection, observer, recorded, events } = *self;
        connection.commit(events).await?;
        if let Some(observer) = observer {
            recorded.into_iter().for_each(|(event, outcome)| observer(event, outcome));
        }
        Ok(())
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.connection.rollback().await
    }
}
