//! Endpoints of webhooks.

use async_trait::async_trait;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{StoreError, WebhookReader, Webhooks};
use voxgate_domain::webhook::{DeliveryStatus, Replay, UserEvent, WebhookDelivery, WebhookEndpoint};
use voxgate_domain::{Timestamp, WebhookId};

use crate::Database;
use crate::connection::{Connection, maybe, on};
use crate::dialect::holding;
use crate::error::{at_most_one, exactly_one};
use crate::rows::EndpointRow;
use crate::schema::{webhook_deliveries, webhook_endpoints};
use crate::sql_types::{At, Id};
use crate::store::read;
use crate::unit_of_work::Transaction;
use crate::{user_events, webhook_deliveries as deliveries, webhook_replay};

#[async_trait]
impl WebhookReader for Database {
    async fn endpoints(&self) -> Result<Vec<WebhookEndpoint>, StoreError> {
        read!(self, c => endpoints(c, None, u32::MAX))
    }

    async fn endpoint(&self, id: WebhookId) -> Result<Option<WebhookEndpoint>, StoreError> {
        read!(self, c => endpoint(c, id))
    }

    async fn deliveries(
        &self,
        endpoint: WebhookId,
        status: Option<DeliveryStatus>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<WebhookDelivery>, StoreError> {
        read!(self, c => deliveries::deliveries(c, endpoint, status, before, limit))
    }

    async fn due_endpoints(&self, now: Timestamp) -> Result<Vec<WebhookId>, StoreError> {
        read!(self, c => due_endpoints(c, now))
    }
}

/// The endpoint, which nobody else changes before the transaction ends.
async fn locked(connection: &mut Connection, id: WebhookId) -> Result<Option<WebhookEndpoint>, StoreError> {
    let query = webhook_endpoints::table.find(Id::from(id));
    holding!(connection, query.select(EndpointRow::as_select()), |held, c| maybe(held.first(c)))?
        .map(WebhookEndpoint::try_from)
        .transpose()
}

#[async_trait]
impl Webhooks for Transaction {
    async fn add(&mut self, endpoint: &WebhookEndpoint) -> Result<bool, StoreError> {
        // Two who add the last one at once may exceed the bound by one, which is there to keep the number small.
        let there: i64 = on!(self.connection(), c => webhook_endpoints::table.count().get_result(c))?;
        if usize::try_from(there).is_ok_and(|there| there >= WebhookEndpoint::MOST) {
            return Ok(false);
        }
        let row = EndpointRow::from(endpoint);
        let added = on!(self.connection(), c => diesel::insert_into(webhook_endpoints::table).values(&row).execute(c))?;
        exactly_one(added).map(|()| true)
    }

    async fn lock(&mut self, id: WebhookId) -> Result<Option<WebhookEndpoint>, StoreError> {
        locked(self.connection(), id).await
    }

    async fn save(&mut self, endpoint: &WebhookEndpoint) -> Result<(), StoreError> {
        let row = EndpointRow::from(endpoint);
        let stored = webhook_endpoints::table.find(Id::from(endpoint.id));
        let saved = on!(self.connection(), c => diesel::update(stored).set(&row).execute(c))?;
        exactly_one(saved)
    }

    async fn remove(&mut self, id: WebhookId) -> Result<bool, StoreError> {
        // Held first, so that no transaction queues to it meanwhile.
        if self.lock(id).await?.is_none() {
            return Ok(false);
        }
        let under_way = webhook_deliveries::table.filter(webhook_deliveries::endpoint_id.eq(Id::from(id)));
        on!(self.connection(), c => diesel::delete(under_way).execute(c))?;
        let endpoint = webhook_endpoints::table.find(Id::from(id));
        let removed = on!(self.connection(), c => diesel::delete(endpoint).execute(c))?;
        at_most_one(removed)
    }

    async fn queue_test(&mut self, endpoint: WebhookId, test: &UserEvent) -> Result<(), StoreError> {
        user_events::queue_test(self.connection(), endpoint, test).await
    }

    async fn replay(
        &mut self,
        endpoint: &WebhookEndpoint,
        replay: &Replay,
        now: Timestamp,
        under_way_until: Timestamp,
    ) -> Result<u64, StoreError> {
        webhook_replay::replay(self.connection(), endpoint, replay, now, under_way_until).await
    }

    async fn claim(
        &mut self,
        endpoint: WebhookId,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<WebhookDelivery>, StoreError> {
        deliveries::claim(self.connection(), endpoint, now, until, limit).await
    }

    async fn settle(&mut self, delivery: &WebhookDelivery, now: Timestamp) -> Result<bool, StoreError> {
        deliveries::settle(self.connection(), delivery, now).await
    }

    async fn after(&mut self, after: Option<WebhookId>, limit: u32) -> Result<Vec<WebhookEndpoint>, StoreError> {
        endpoints(self.connection(), after, limit).await
    }
}

async fn endpoint(connection: &mut Connection, id: WebhookId) -> Result<Option<WebhookEndpoint>, StoreError> {
    let query = webhook_endpoints::table.find(Id::from(id));
    on!(connection, c => maybe(query.select(EndpointRow::as_select()).first(c)))?
        .map(WebhookEndpoint::try_from)
        .transpose()
}

async fn endpoints(
    connection: &mut Connection,
    after: Option<WebhookId>,
    limit: u32,
) -> Result<Vec<WebhookEndpoint>, StoreError> {
    let after = Id(after.map_or(uuid::Uuid::nil(), WebhookId::as_uuid));
    let query = webhook_endpoints::table
        .filter(webhook_endpoints::id.gt(after))
        .order(webhook_endpoints::id)
        .limit(limit.into());
    on!(connection, c => query.select(EndpointRow::as_select()).load(c))?
        .into_iter()
        .map(WebhookEndpoint::try_from)
        .collect()
}

async fn due_endpoints(connection: &mut Connection, now: Timestamp) -> Result<Vec<WebhookId>, StoreError> {
    let due = webhook_deliveries::table
        .filter(webhook_deliveries::endpoint_id.eq(webhook_endpoints::id))
        .filter(webhook_deliveries::finished_at.is_null())
        .filter(webhook_deliveries::next_attempt_at.le(At(now)));
    let query = webhook_endpoints::table
        .filter(webhook_endpoints::disabled.is_null())
        .filter(exists(due))
        .order(webhook_endpoints::id)
        .select(webhook_endpoints::id);
    let ids: Vec<Id> = on!(connection, c => query.load(c))?;
    Ok(ids.into_iter().map(Into::into).collect())
}
