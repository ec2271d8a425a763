//! The audit trail.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::audit::RecordedEvent;
use voxgate_domain::ports::{AuditLog, StoreError};
use voxgate_domain::{AuditEvent, UserId};

use crate::connection::{Connection, on};
use crate::error::exactly_one;
use crate::rows::{EventRow, NewEvent};
use crate::schema::audit_logs;
use crate::sql_types::Id;
use crate::unit_of_work::Transaction;

/// At most `limit` audit events of which the user is actor or subject, newest first.
pub(crate) async fn events_about(
    connection: &mut Connection,
    user: UserId,
    limit: u32,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let user = Id::from(user);
    let query = audit_logs::table
        .filter(audit_logs::subject_id.eq(user).or(audit_logs::actor_id.eq(user)))
        .order((audit_logs::occurred_at.desc(), audit_logs::id.desc()))
        .limit(limit.into());
    Ok(on!(connection, c => query.select(EventRow::as_select()).load(c))?
        .into_iter()
        .map(RecordedEvent::from)
        .collect())
}

#[async_trait]
impl AuditLog for Transaction {
    async fn record(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        let row = NewEvent::from(event);
        let added = on!(self.connection(), c => diesel::insert_into(audit_logs::table).values(&row).execute(c))?;
        exactly_one(added)
    }
}
