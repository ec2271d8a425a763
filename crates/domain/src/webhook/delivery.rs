//! What became of an event at an endpoint.

use super::UserEvent;
use crate::session::named;
use crate::{AuditEventId, Timestamp, WebhookId};

named! {
    /// What became of an event at an endpoint.
    pub enum DeliveryStatus {
        /// It will be sent, or sent again.
        Pending = "pending",
        /// The endpoint took it.
        Delivered = "delivered",
        /// It was given up; it stays until it is replayed or purged.
        Dead = "dead",
    }
}

/// An event on its way to an endpoint. It is known there by the id of its event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// To which endpoint.
    pub endpoint: WebhookId,
    /// Its place in the order of events, which the database gives.
    pub sequence: u64,
    /// What is sent.
    pub event: UserEvent,
    /// What became of it.
    pub status: DeliveryStatus,
    /// How often sending it was begun, since it was queued.
    pub attempts: u32,
    /// When it was queued, or replayed.
    pub queued_at: Timestamp,
    /// When it is due, while it is pending.
    pub next_attempt_at: Timestamp,
    /// When it was delivered or given up.
    pub finished_at: Option<Timestamp>,
    /// Why the last try failed, without personal data.
    pub last_error: Option<String>,
}

impl WebhookDelivery {
    /// The JSON that is signed and sent.
    #[must_use]
    pub fn body(&self) -> String {
        self.event.body(self.sequence)
    }
}

/// What is sent again to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replay {
    /// All that was given up.
    Dead,
    /// Those of these events that the endpoint was told of before, or should have been.
    Events(Vec<AuditEventId>),
    /// Every event from this time on that the endpoint asks for, also from before it was made.
    Since(Timestamp),
}

impl Replay {
    /// The most events that are named at once.
    pub const MOST_NAMED: usize = 500;
    /// The most deliveries of one replay.
    pub const MOST: u32 = 100_000;
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn its_body_tells_the_event_and_its_place() {
        let event = UserEvent::test(AuditEventId::from(Uuid::nil()), Timestamp::EPOCH);
        let delivery = WebhookDelivery {
            endpoint: WebhookId::from(Uuid::nil()),
            sequence: 7,
            event: event.clone(),
            status: DeliveryStatus::Pending,
            attempts: 0,
            queued_at: Timestamp::EPOCH,
            next_attempt_at: Timestamp::EPOCH,
            finished_at: None,
            last_error: None,
        };
        assert_eq!(delivery.body(), event.body(7));
    }
}
