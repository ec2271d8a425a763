//! The audit trail.

use std::time::Duration;

use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use voxgate_domain::audit::{EventFilter, EventKey, RecordedEvent};
use voxgate_domain::ports::{AuditLog, StoreError};
use voxgate_domain::webhook::UserEvent;
use voxgate_domain::{AuditEvent, Timestamp, UserId};

use crate::connection::{Connection, on};
use crate::disclosures::note_listed;
use crate::rows::EventRow;
use crate::schema::audit_logs;
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;
use crate::user_events;

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

/// How far back the first look goes where the trail is kept in parts of a month.
const RECENT: Duration = Duration::from_secs(31 * 24 * 3_600);
/// The same, before the time that it is.
const RECENTLY: &str = "audit_logs.occurred_at >= now() - interval '31 days'";

/// How far back to look.
#[derive(Clone, Copy)]
enum Since {
    /// To the first event.
    Ever,
    /// A month back from now.
    Recently,
    /// To this time.
    Time(Timestamp),
}

/// At most `limit` events that meet `filter`, newest first, from the one before `before` on.
///
/// PostgreSQL merges all parts that the conditions leave, since each may have the next event. The first look leaves two or
/// three, however long the trail is; only where they do not make a page is there a second.
pub(crate) async fn find_events(
    connection: &mut Connection,
    filter: &EventFilter,
    before: Option<EventKey>,
    limit: u32,
) -> Result<Vec<RecordedEvent>, StoreError> {
    if connection.is_to_postgres() {
        let latest = before.map(|key| key.occurred_at).or(filter.to);
        let since = latest.map_or(Since::Recently, |at| Since::Time(at.minus(RECENT)));
        let found = page(connection, filter, before, limit, since).await?;
        if u32::try_from(found.len()) == Ok(limit) {
            return Ok(found);
        }
    }
    page(connection, filter, before, limit, Since::Ever).await
}

async fn page(
    connection: &mut Connection,
    filter: &EventFilter,
    before: Option<EventKey>,
    limit: u32,
    since: Since,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let rows = on!(connection, c => {
        let mut query = audit_logs::table
            .order((audit_logs::occurred_at.desc(), audit_logs::id.desc()))
            .limit(limit.into())
            .select(EventRow::as_select())
            .into_boxed();
        match since {
            Since::Ever => {}
            Since::Recently => query = query.filter(sql::<Bool>(RECENTLY)),
            Since::Time(at) => query = query.filter(audit_logs::occurred_at.ge(At(at))),
        }
        if let Some(event) = filter.event.as_deref() {
            query = query.filter(audit_logs::event.eq(event));
        }
        if let Some(outcome) = filter.outcome {
            query = query.filter(audit_logs::outcome.eq(outcome.as_str()));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit_logs::occurred_at.ge(At(from)));
        }
        if let Some(to) = filter.to {
            query = query.filter(audit_logs::occurred_at.lt(At(to)));
        }
        if let Some(actor) = filter.actor.map(Id::from) {
            query = query.filter(audit_logs::actor_id.eq(actor));
        }
        if let Some(user) = filter.about.map(Id::from) {
            query = query.filter(audit_logs::subject_id.eq(user).or(audit_logs::actor_id.eq(user)));
        }
        if let Some(address) = filter.ip_address {
            query = query.filter(audit_logs::ip_address.eq(address.to_string()));
        }
        if let Some(EventKey { occurred_at, id }) = before {
            let earlier = audit_logs::occurred_at.lt(At(occurred_at)).or(audit_logs::id.lt(Id::from(id)));
            query = query.filter(audit_logs::occurred_at.le(At(occurred_at)).and(earlier));
        }
        query.load::<EventRow>(c)
    })?;
    Ok(rows.into_iter().map(RecordedEvent::from).collect())
}

#[async_trait]
impl AuditLog for Transaction {
    async fn record(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        note_listed(self.connection(), event).await?;
        if let Some(told) = UserEvent::told_by(event) {
            user_events::tell(self.connection(), &told).await?;
        }
        self.note(event);
        Ok(())
    }
}
