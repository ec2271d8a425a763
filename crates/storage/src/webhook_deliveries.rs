//! Events on their way to endpoints.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{StoreError, Waiting};
use voxgate_domain::webhook::{DeliveryStatus, WebhookDelivery};
use voxgate_domain::{Timestamp, WebhookId};

use crate::connection::{Connection, maybe, on};
use crate::error::at_most_one;
use crate::rows::{DeliveryRow, UserEventRow};
use crate::schema::{user_events, webhook_deliveries, webhook_endpoints};
use crate::sql_types::{At, Id};

/// The most characters of an error that are kept.
const ERROR_CHARS: usize = 500;

/// At most `limit` deliveries to the endpoint, latest event first, before the one of the sequence `before`.
pub(crate) async fn deliveries(
    connection: &mut Connection,
    endpoint: WebhookId,
    status: Option<DeliveryStatus>,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<WebhookDelivery>, StoreError> {
    let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
    let query = webhook_deliveries::table
        .inner_join(user_events::table)
        .filter(webhook_deliveries::endpoint_id.eq(Id::from(endpoint)))
        .filter(webhook_deliveries::sequence.lt(before))
        .order(webhook_deliveries::sequence.desc())
        .limit(limit.into());
    let rows: Vec<(DeliveryRow, UserEventRow)> = match status {
        Some(status) => {
            let query = query.filter(webhook_deliveries::status.eq(status.as_str()));
            on!(connection, c => query.select((DeliveryRow::as_select(), UserEventRow::as_select())).load(c))?
        }
        None => on!(connection, c => query.select((DeliveryRow::as_select(), UserEventRow::as_select())).load(c))?,
    };
    rows.into_iter().map(|(delivery, event)| delivery.of(event)).collect()
}

/// How many deliveries are looked at beyond those that are asked for, since others may be claiming the same ones.
const SPARE: u32 = 8;

/// Claims the first delivery of each user that is due. Whether it is still so is decided by the update: of two who saw the
/// same delivery the second finds its attempt counted, and takes another.
pub(crate) async fn claim(
    connection: &mut Connection,
    endpoint: WebhookId,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<WebhookDelivery>, StoreError> {
    let mut claimed = Vec::new();
    for (row, event) in first_due(connection, endpoint, now, limit.saturating_add(SPARE)).await? {
        if u32::try_from(claimed.len()).is_ok_and(|claimed| claimed >= limit) {
            break;
        }
        let seen = webhook_deliveries::table
            .find((row.endpoint_id, row.sequence))
            .filter(webhook_deliveries::finished_at.is_null())
            .filter(webhook_deliveries::next_attempt_at.le(At(now)))
            .filter(webhook_deliveries::attempts.eq(row.attempts));
        let change = (
            webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
            webhook_deliveries::next_attempt_at.eq(At(until)),
        );
        let taken = on!(connection, c => diesel::update(seen).set(change).execute(c))?;
        if at_most_one(taken)? {
            let delivery = row.of(event)?;
            let attempts = delivery.attempts.saturating_add(1);
            claimed.push(WebhookDelivery { attempts, next_attempt_at: until, ..delivery });
        }
    }
    Ok(claimed)
}

async fn first_due(
    connection: &mut Connection,
    endpoint: WebhookId,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(DeliveryRow, UserEventRow)>, StoreError> {
    let earlier = diesel::alias!(webhook_deliveries as earlier);
    let waits_before = earlier
        .filter(earlier.field(webhook_deliveries::endpoint_id).eq(webhook_deliveries::endpoint_id))
        .filter(earlier.field(webhook_deliveries::user_id).eq(webhook_deliveries::user_id))
        .filter(earlier.field(webhook_deliveries::finished_at).is_null())
        .filter(earlier.field(webhook_deliveries::sequence).lt(webhook_deliveries::sequence));
    let query = webhook_deliveries::table
        .inner_join(user_events::table)
        .filter(webhook_deliveries::endpoint_id.eq(Id::from(endpoint)))
        .filter(webhook_deliveries::finished_at.is_null())
        .filter(webhook_deliveries::next_attempt_at.le(At(now)))
        .filter(diesel::dsl::not(exists(waits_before)))
        .order((webhook_deliveries::next_attempt_at, webhook_deliveries::sequence))
        .limit(limit.into());
    on!(connection, c => query.select((DeliveryRow::as_select(), UserEventRow::as_select())).load(c))
}

/// How a try ended, unless the delivery was replayed or claimed anew since. What waits behind it is due with it when it is
/// tried again, so that nobody looks at that in vain, and else at once.
pub(crate) async fn settle(
    connection: &mut Connection,
    delivery: &WebhookDelivery,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (endpoint, sequence) = (Id::from(delivery.endpoint), stored(delivery.sequence));
    let claimed = webhook_deliveries::table
        .find((endpoint, sequence))
        .filter(webhook_deliveries::finished_at.is_null())
        .filter(webhook_deliveries::attempts.eq(i32::try_from(delivery.attempts).unwrap_or(i32::MAX)));
    let error: Option<String> =
        delivery.last_error.as_ref().map(|error| error.chars().take(ERROR_CHARS).collect::<String>());
    let change = (
        webhook_deliveries::status.eq(delivery.status.as_str()),
        webhook_deliveries::finished_at.eq(delivery.finished_at.map(At)),
        webhook_deliveries::next_attempt_at.eq(At(delivery.next_attempt_at)),
        webhook_deliveries::last_error.eq(error),
    );
    let settled = on!(connection, c => diesel::update(claimed).set(change).execute(c))?;
    if !at_most_one(settled)? {
        return Ok(false);
    }
    let Some(user) = delivery.event.user.map(Id::from) else { return Ok(true) };
    let behind = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(endpoint))
        .filter(webhook_deliveries::user_id.eq(user))
        .filter(webhook_deliveries::finished_at.is_null())
        .filter(webhook_deliveries::sequence.gt(sequence));
    let due = if delivery.status == DeliveryStatus::Pending { delivery.next_attempt_at } else { now };
    let change = webhook_deliveries::next_attempt_at.eq(At(due));
    on!(connection, c => diesel::update(behind).set(change).execute(c))?;
    Ok(true)
}

/// What endpoints that are switched on have not got yet.
pub(crate) async fn undelivered(connection: &mut Connection) -> Result<Waiting, StoreError> {
    let count = webhook_deliveries::table
        .inner_join(webhook_endpoints::table)
        .filter(webhook_endpoints::disabled.is_null())
        .filter(webhook_deliveries::finished_at.is_null())
        .count();
    let count: i64 = on!(connection, c => count.get_result(c))?;
    let first = webhook_deliveries::table
        .inner_join(webhook_endpoints::table)
        .filter(webhook_endpoints::disabled.is_null())
        .filter(webhook_deliveries::finished_at.is_null())
        .select(webhook_deliveries::queued_at)
        .order(webhook_deliveries::queued_at);
    let oldest: Option<At> = on!(connection, c => maybe(first.first(c)))?;
    Ok(Waiting { count: count.unsigned_abs(), oldest: oldest.map(Into::into) })
}

/// A sequence as the column holds it.
pub(crate) fn stored(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
