//! How much the background jobs have before them. Both tables hold little that is done: the outbox has an index of what
//! waits, and the queue of the sealer nothing else.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{Backlog, StoreError, Waiting};

use crate::Database;
use crate::connection::{Connection, maybe, on};
use crate::outbox::waiting;
use crate::schema::{audit_unsealed, mail_outbox};
use crate::sql_types::At;
use crate::store::read;

#[async_trait]
impl Backlog for Database {
    async fn unsent_mail(&self) -> Result<Waiting, StoreError> {
        read!(self, c => unsent_mail(c))
    }

    async fn unsealed_events(&self) -> Result<Waiting, StoreError> {
        read!(self, c => unsealed_events(c))
    }

    async fn undelivered_webhooks(&self) -> Result<Waiting, StoreError> {
        read!(self, c => crate::webhook_deliveries::undelivered(c))
    }
}

async fn unsent_mail(connection: &mut Connection) -> Result<Waiting, StoreError> {
    let count = mail_outbox::table.filter(waiting()).count();
    let count: i64 = on!(connection, c => count.get_result(c))?;
    let first = mail_outbox::table.filter(waiting()).select(mail_outbox::queued_at).order(mail_outbox::queued_at);
    let oldest: Option<At> = on!(connection, c => maybe(first.first(c)))?;
    Ok(Waiting { count: count.unsigned_abs(), oldest: oldest.map(Into::into) })
}

async fn unsealed_events(connection: &mut Connection) -> Result<Waiting, StoreError> {
    let count: i64 = on!(connection, c => audit_unsealed::table.count().get_result(c))?;
    let oldest = crate::trail::oldest_waiting(connection).await?;
    Ok(Waiting { count: count.unsigned_abs(), oldest })
}
