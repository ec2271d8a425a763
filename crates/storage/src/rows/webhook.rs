//! Endpoints of webhooks, events for them, and deliveries.

use diesel::prelude::*;
use voxgate_domain::ports::StoreError;
use voxgate_domain::webhook::{
    DeliveryStatus, DisabledWhy, EventType, PreviousSecret, UserEvent, WebhookDelivery, WebhookEndpoint, WebhookUrl,
};
use voxgate_domain::{RoleName, WebhookDescription};

use super::{count, named, parsed};
use crate::error::corrupt;
use crate::schema::{user_events, webhook_deliveries, webhook_endpoints};
use crate::sql_types::{At, Id, Words};

/// An endpoint.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = webhook_endpoints, treat_none_as_null = true)]
pub(crate) struct EndpointRow {
    id: Id,
    url: String,
    description: Option<String>,
    kinds: Words,
    disabled: Option<String>,
    sealed_secret: Vec<u8>,
    previous_secret: Option<Vec<u8>>,
    previous_until: Option<At>,
    created_at: At,
    updated_at: At,
}

impl From<&WebhookEndpoint> for EndpointRow {
    fn from(endpoint: &WebhookEndpoint) -> Self {
        Self {
            id: endpoint.id.into(),
            url: endpoint.url.as_str().to_owned(),
            description: endpoint.description.clone().map(String::from),
            kinds: Words(endpoint.events.iter().map(|kind| kind.as_str().to_owned()).collect()),
            disabled: endpoint.disabled.map(|why| why.as_str().to_owned()),
            sealed_secret: endpoint.sealed_secret.clone(),
            previous_secret: endpoint.previous.as_ref().map(|previous| previous.sealed.clone()),
            previous_until: endpoint.previous.as_ref().map(|previous| At(previous.until)),
            created_at: endpoint.created_at.into(),
            updated_at: endpoint.updated_at.into(),
        }
    }
}

impl TryFrom<EndpointRow> for WebhookEndpoint {
    type Error = StoreError;

    fn try_from(row: EndpointRow) -> Result<Self, StoreError> {
        const TABLE: &str = "webhook_endpoints";
        let events: Result<_, StoreError> =
            row.kinds.0.iter().map(|kind| named(TABLE, "kinds", kind, EventType::parse)).collect();
        let disabled = row.disabled.as_deref().map(|why| named(TABLE, "disabled", why, DisabledWhy::parse));
        let previous = row.previous_secret.zip(row.previous_until);
        Ok(Self {
            id: row.id.into(),
            url: WebhookUrl::parse(&row.url).map_err(|why| corrupt(TABLE, "url", why))?,
            description: parsed(TABLE, "description", row.description.as_deref(), WebhookDescription::parse)?,
            events: events?,
            disabled: disabled.transpose()?,
            sealed_secret: row.sealed_secret,
            previous: previous.map(|(sealed, until)| PreviousSecret { sealed, until: until.into() }),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        })
    }
}

/// An event without its sequence, which the database gives.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = user_events)]
pub(crate) struct UserEventRow {
    id: Id,
    kind: String,
    user_id: Option<Id>,
    roles: Option<Words>,
    occurred_at: At,
}

impl From<&UserEvent> for UserEventRow {
    fn from(event: &UserEvent) -> Self {
        let names = |roles: &Vec<RoleName>| Words(roles.iter().map(ToString::to_string).collect());
        Self {
            id: event.id.into(),
            kind: event.kind.as_str().to_owned(),
            user_id: event.user.map(Id::from),
            roles: event.roles.as_ref().map(names),
            occurred_at: event.occurred_at.into(),
        }
    }
}

impl TryFrom<UserEventRow> for UserEvent {
    type Error = StoreError;

    fn try_from(row: UserEventRow) -> Result<Self, StoreError> {
        const TABLE: &str = "user_events";
        let role = |name: &String| RoleName::parse(name).map_err(|why| corrupt(TABLE, "roles", why));
        Ok(Self {
            id: row.id.into(),
            kind: named(TABLE, "kind", &row.kind, EventType::parse)?,
            user: row.user_id.map(Into::into),
            roles: row.roles.map(|roles| roles.0.iter().map(role).collect()).transpose()?,
            occurred_at: row.occurred_at.into(),
        })
    }
}

/// A delivery.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_deliveries)]
pub(crate) struct DeliveryRow {
    pub(crate) endpoint_id: Id,
    pub(crate) sequence: i64,
    pub(crate) user_id: Option<Id>,
    pub(crate) status: String,
    pub(crate) attempts: i32,
    pub(crate) queued_at: At,
    pub(crate) next_attempt_at: At,
    pub(crate) finished_at: Option<At>,
    pub(crate) last_error: Option<String>,
}

impl DeliveryRow {
    /// The delivery of `event`.
    pub(crate) fn of(self, event: UserEventRow) -> Result<WebhookDelivery, StoreError> {
        const TABLE: &str = "webhook_deliveries";
        Ok(WebhookDelivery {
            endpoint: self.endpoint_id.into(),
            sequence: u64::try_from(self.sequence).map_err(|why| corrupt(TABLE, "sequence", why))?,
            event: event.try_into()?,
            status: named(TABLE, "status", &self.status, DeliveryStatus::parse)?,
            attempts: count(TABLE, "attempts", self.attempts)?,
            queued_at: self.queued_at.into(),
            next_attempt_at: self.next_attempt_at.into(),
            finished_at: self.finished_at.map(Into::into),
            last_error: self.last_error,
        })
    }
}
