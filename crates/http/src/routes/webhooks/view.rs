//! Endpoints and deliveries as administrators see them.

use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_domain::webhook::{WebhookDelivery, WebhookEndpoint, WebhookSecret};
use voxgate_domain::{AuditEventId, Page, RoleName, Timestamp, UserId, WebhookDescription, WebhookId};

/// An endpoint of webhooks.
#[derive(Serialize, ToSchema)]
#[schema(title = "Webhook", as = Webhook)]
pub(crate) struct WebhookBody {
    #[schema(value_type = uuid::Uuid)]
    id: WebhookId,
    /// Where events are sent.
    url: String,
    #[schema(value_type = Option<String>, required)]
    description: Option<WebhookDescription>,
    /// What it is told; everything when empty.
    #[schema(value_type = Vec<String>, example = json!(["user.deleted", "user.erased"]))]
    events: Vec<&'static str>,
    /// Whether events are sent to it.
    enabled: bool,
    /// Why not: `administrator`, or `gone` when it answered 410.
    #[schema(value_type = Option<String>, required)]
    disabled_reason: Option<&'static str>,
    /// Until when the former secret signs too.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    previous_secret_until: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<WebhookEndpoint> for WebhookBody {
    fn from(endpoint: WebhookEndpoint) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url.as_str().to_owned(),
            events: endpoint.events.iter().map(|kind| kind.as_str()).collect(),
            enabled: endpoint.is_enabled(),
            disabled_reason: endpoint.disabled.map(|why| why.as_str()),
            previous_secret_until: endpoint.previous.map(|previous| previous.until),
            description: endpoint.description,
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
        }
    }
}

/// An endpoint of webhooks with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(title = "WebhookWithSecret", as = WebhookWithSecret)]
pub(crate) struct WebhookWithSecretBody {
    webhook: WebhookBody,
    /// What signs each message: `whsec_` and base64, as libraries of Standard Webhooks take it.
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=")]
    secret: String,
}

impl WebhookWithSecretBody {
    pub(super) fn of((endpoint, secret): (WebhookEndpoint, WebhookSecret)) -> Self {
        Self { webhook: endpoint.into(), secret: secret.encode().expose_secret().to_owned() }
    }
}

/// Every endpoint of webhooks, oldest first.
#[derive(Serialize, ToSchema)]
#[schema(title = "WebhookList", as = WebhookList)]
pub(crate) struct WebhookListBody {
    items: Vec<WebhookBody>,
    /// Always null: there are few.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<String>,
}

impl From<Vec<WebhookEndpoint>> for WebhookListBody {
    fn from(endpoints: Vec<WebhookEndpoint>) -> Self {
        Self { items: endpoints.into_iter().map(Into::into).collect(), next_cursor: None }
    }
}

/// An event on its way to an endpoint.
#[derive(Serialize, ToSchema)]
#[schema(title = "WebhookDelivery", as = WebhookDelivery)]
pub(crate) struct DeliveryBody {
    /// The id of the event, which the receiver gets as `webhook-id`.
    #[schema(value_type = uuid::Uuid)]
    id: AuditEventId,
    /// Its place in the order of events.
    sequence: u64,
    /// What it tells.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "user.deleted")]
    kind: &'static str,
    /// About whom; null for a test.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    user_id: Option<UserId>,
    /// Their roles, when that is what it tells.
    #[schema(value_type = Option<Vec<String>>, required)]
    roles: Option<Vec<RoleName>>,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    /// `pending`, `delivered` or `dead`.
    #[schema(value_type = String, example = "pending")]
    status: &'static str,
    /// How often it was sent, or tried to, since it was queued.
    attempts: u32,
    /// When it was queued, or replayed.
    #[schema(value_type = String, format = DateTime)]
    queued_at: Timestamp,
    /// When it is sent next, while it is pending.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    next_attempt_at: Option<Timestamp>,
    /// When it was delivered or given up.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    finished_at: Option<Timestamp>,
    /// Why the last try failed.
    #[schema(required)]
    last_error: Option<String>,
}

impl From<WebhookDelivery> for DeliveryBody {
    fn from(delivery: WebhookDelivery) -> Self {
        let pending = delivery.finished_at.is_none();
        Self {
            id: delivery.event.id,
            sequence: delivery.sequence,
            kind: delivery.event.kind.as_str(),
            user_id: delivery.event.user,
            roles: delivery.event.roles,
            occurred_at: delivery.event.occurred_at,
            status: delivery.status.as_str(),
            attempts: delivery.attempts,
            queued_at: delivery.queued_at,
            next_attempt_at: pending.then_some(delivery.next_attempt_at),
            finished_at: delivery.finished_at,
            last_error: delivery.last_error,
        }
    }
}

/// Events on their way to an endpoint, latest first.
#[derive(Serialize, ToSchema)]
#[schema(title = "WebhookDeliveryList", as = WebhookDeliveryList)]
pub(crate) struct DeliveryListBody {
    items: Vec<DeliveryBody>,
    /// Gets the next page; null on the last one.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<String>,
}

impl From<Page<WebhookDelivery>> for DeliveryListBody {
    fn from(page: Page<WebhookDelivery>) -> Self {
        let next_cursor = page.next.map(|cursor| cursor.encode());
        Self { items: page.items.into_iter().map(Into::into).collect(), next_cursor }
    }
}
