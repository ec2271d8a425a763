//! An endpoint of webhooks, and what is on its way to it.

use std::collections::BTreeSet;

use voxgate_domain::webhook::{
    DeliveryStatus, EventType, UserEvent, WebhookChange, WebhookDelivery, WebhookEndpoint, WebhookUrl,
};
use voxgate_domain::{AuditEventId, WebhookId};

use super::{Counter, active, now};

/// What an administrator says of [`webhook`].
pub(crate) fn webhook_wanted() -> WebhookChange {
    let url = WebhookUrl::parse("https://recordings.example.org/in").unwrap();
    WebhookChange { url, description: None, events: BTreeSet::new(), enabled: true }
}

/// An endpoint that is switched on.
pub(crate) fn webhook() -> WebhookEndpoint {
    let id = WebhookId::generate(now(), &Counter::default());
    WebhookEndpoint::create(id, webhook_wanted(), vec![7; 32], now())
}

/// An event of the active user on its way to [`webhook`], whose first attempt has begun.
pub(crate) fn webhook_delivery() -> WebhookDelivery {
    let event = UserEvent {
        id: AuditEventId::generate(now(), &Counter::default()),
        kind: EventType::UserDeactivated,
        user: Some(active().id),
        roles: None,
        occurred_at: now(),
    };
    WebhookDelivery {
        endpoint: webhook().id,
        sequence: 7,
        event,
        status: DeliveryStatus::Pending,
        attempts: 1,
        queued_at: now(),
        next_attempt_at: now(),
        finished_at: None,
        last_error: None,
    }
}
