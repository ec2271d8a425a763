//! Events for subscribers: recorded with the audit event that tells them, and queued to every endpoint that asks for them.

use diesel_async::RunQueryDsl;
use voxgate_domain::WebhookId;
use voxgate_domain::ports::StoreError;
use voxgate_domain::webhook::{DeliveryStatus, UserEvent};

use crate::cached::CachedDsl as _;
use crate::connection::{Connection, on};
use crate::dialect;
use crate::error::exactly_one;
use crate::rows::{DeliveryRow, UserEventRow};
use crate::schema::{user_events, webhook_deliveries};
use crate::sql_types::At;

/// Records what happened to an account, and queues it.
pub(crate) async fn tell(connection: &mut Connection, event: &UserEvent) -> Result<(), StoreError> {
    let sequence = add(connection, event).await?;
    dialect::queue_to_endpoints(connection, sequence, event).await
}

/// Records a test, and queues it to one endpoint.
pub(crate) async fn queue_test(
    connection: &mut Connection,
    endpoint: WebhookId,
    test: &UserEvent,
) -> Result<(), StoreError> {
    let sequence = add(connection, test).await?;
    let row = DeliveryRow {
        endpoint_id: endpoint.into(),
        sequence,
        user_id: None,
        status: DeliveryStatus::Pending.as_str().to_owned(),
        attempts: 0,
        queued_at: At(test.occurred_at),
        next_attempt_at: At(test.occurred_at),
        finished_at: None,
        last_error: None,
    };
    exactly_one(on!(connection, c => diesel::insert_into(webhook_deliveries::table).values(&row).cached().execute(c))?)
}

async fn add(connection: &mut Connection, event: &UserEvent) -> Result<i64, StoreError> {
    let row = UserEventRow::from(event);
    on!(connection, c => diesel::insert_into(user_events::table)
        .values(&row)
        .returning(user_events::sequence)
        .cached()
        .get_result::<i64>(c))
}
