//! Queuing events again.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::StoreError;
use voxgate_domain::webhook::{EventType, Replay, WebhookEndpoint};
use voxgate_domain::{AuditEventId, Timestamp};

use crate::connection::{Connection, on};
use crate::schema::{user_events, webhook_deliveries};
use crate::sql_types::{At, Id, Instant, Uid};

/// Queues again what `replay` says; how much that is. What is pending and not under way, which ends by `under_way_until`,
/// is due at once.
pub(crate) async fn replay(
    connection: &mut Connection,
    endpoint: &WebhookEndpoint,
    replay: &Replay,
    now: Timestamp,
    under_way_until: Timestamp,
) -> Result<u64, StoreError> {
    let waiting = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(Id::from(endpoint.id)))
        .filter(webhook_deliveries::finished_at.is_null())
        .filter(webhook_deliveries::next_attempt_at.gt(At(under_way_until)));
    let change = webhook_deliveries::next_attempt_at.eq(At(now));
    on!(connection, c => diesel::update(waiting).set(change).execute(c))?;
    let (from, which) = match replay {
        Replay::Dead => (Timestamp::EPOCH, DEAD.to_owned()),
        Replay::Since(from) => (*from, format!("event.kind IN ({})", wanted(endpoint))),
        Replay::Events(ids) => {
            let sequences = sequences(connection, endpoint, ids).await?;
            if sequences.is_empty() {
                return Ok(0);
            }
            (Timestamp::EPOCH, format!("event.sequence IN ({})", sequences.join(",")))
        }
    };
    queue(connection, endpoint, now, from, &which).await
}

const DEAD: &str = "EXISTS (SELECT 1 FROM webhook_deliveries AS former WHERE former.endpoint_id = $1 \
                    AND former.sequence = event.sequence AND former.status = 'dead')";

/// Queues the events that meet `which`, a condition without any text from outside. The parameters come in the order of
/// their numbers, and so SQLite, to which `$1` is a name, numbers them alike.
async fn queue(
    connection: &mut Connection,
    endpoint: &WebhookEndpoint,
    now: Timestamp,
    from: Timestamp,
    which: &str,
) -> Result<u64, StoreError> {
    let statement = format!(
        "INSERT INTO webhook_deliveries \
         (endpoint_id, sequence, user_id, status, attempts, queued_at, next_attempt_at) \
         SELECT $1, event.sequence, event.user_id, 'pending', 0, $2, $2 FROM user_events AS event \
         WHERE event.occurred_at >= $3 AND {which} ORDER BY event.sequence LIMIT {most} \
         ON CONFLICT (endpoint_id, sequence) DO UPDATE SET status = 'pending', attempts = 0, finished_at = NULL, \
         queued_at = excluded.queued_at, next_attempt_at = excluded.next_attempt_at \
         WHERE webhook_deliveries.status <> 'pending'",
        most = Replay::MOST
    );
    let queued = on!(connection, c => diesel::sql_query(statement.as_str())
        .bind::<Uid, _>(Id::from(endpoint.id))
        .bind::<Instant, _>(At(now))
        .bind::<Instant, _>(At(from))
        .execute(c))?;
    Ok(u64::try_from(queued).unwrap_or(u64::MAX))
}

/// The names of the events that the endpoint is told of, as a list of SQL.
fn wanted(endpoint: &WebhookEndpoint) -> String {
    let kinds = EventType::ALL.iter().filter(|kind| **kind != EventType::Test && endpoint.wants(**kind));
    kinds.map(|kind| format!("'{}'", kind.as_str())).collect::<Vec<_>>().join(",")
}

/// The sequences of those of the events that the endpoint was told of before, or asks for.
async fn sequences(
    connection: &mut Connection,
    endpoint: &WebhookEndpoint,
    ids: &[AuditEventId],
) -> Result<Vec<String>, StoreError> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::from).collect();
    let told = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(Id::from(endpoint.id)))
        .select(webhook_deliveries::sequence);
    let kinds = EventType::ALL.iter().filter(|kind| **kind != EventType::Test && endpoint.wants(**kind));
    let kinds: Vec<&str> = kinds.map(|kind| kind.as_str()).collect();
    let query = user_events::table
        .filter(user_events::id.eq_any(ids))
        .filter(user_events::kind.eq_any(kinds).or(user_events::sequence.eq_any(told)))
        .select(user_events::sequence);
    let found: Vec<i64> = on!(connection, c => query.clone().load(c))?;
    Ok(found.iter().map(ToString::to_string).collect())
}
