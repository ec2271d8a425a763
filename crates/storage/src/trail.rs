//! The sealed side of the audit trail.

use async_trait::async_trait;
use diesel::dsl::{exists, min, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::audit::{Entry, EventKey, Leaf, RecordedEvent, Seal};
use voxgate_domain::ports::{StoreError, Strays, Trail};
use voxgate_domain::{AuditEventId, Timestamp};

use crate::Database;
use crate::connection::{Connection, maybe, on};
use crate::dialect;
use crate::error::{exactly_one, internal};
use crate::rows::{EventRow, SealRow};
use crate::schema::{audit_logs, audit_positions, audit_seals, audit_unsealed};
use crate::sql_types::{At, Id};
use crate::store::read;

#[async_trait]
impl Trail for Database {
    async fn last_seal(&self) -> Result<Option<Seal>, StoreError> {
        read!(self, c => last_seal(c))
    }

    async fn waiting(&self, after: Option<EventKey>, limit: u32) -> Result<Vec<RecordedEvent>, StoreError> {
        read!(self, c => waiting(c, after, limit))
    }

    async fn oldest_waiting(&self) -> Result<Option<Timestamp>, StoreError> {
        read!(self, c => oldest_waiting(c))
    }

    /// On SQLite, which has one writer, a request waits for the few milliseconds that this takes; reading, hashing and
    /// signing were done before.
    async fn append(&self, seal: &Seal, leaves: &[Leaf]) -> Result<(), StoreError> {
        let mut connection = self.writer().await?;
        connection.begin().await?;
        let outcome = append(&mut connection, seal, leaves).await;
        connection.end(outcome).await
    }

    async fn seals_after(&self, number: u64, limit: u32) -> Result<Vec<Seal>, StoreError> {
        read!(self, c => seals_after(c, number, limit))
    }

    async fn entries_after(&self, position: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
        // A task of its own, so that whoever checks a page does so while the next one is read and taken apart.
        let database = self.clone();
        let page = tokio::spawn(async move { read!(database, c => entries_after(c, position, limit)) });
        page.await.unwrap_or_else(|error| Err(internal(error.to_string())))
    }

    async fn strays_after(&self, key: Option<EventKey>, limit: u32) -> Result<Strays, StoreError> {
        read!(self, c => strays_after(c, key, limit))
    }

    async fn vanished(&self) -> Result<Option<AuditEventId>, StoreError> {
        read!(self, c => vanished(c))
    }

    async fn has_event(&self, id: AuditEventId) -> Result<bool, StoreError> {
        read!(self, c => has_event(c, id))
    }

    async fn make_room(&self) -> Result<(), StoreError> {
        let mut connection = self.writer().await?;
        let outcome = dialect::create_audit_partitions(&mut connection).await;
        connection.finish(outcome)
    }
}

async fn last_seal(connection: &mut Connection) -> Result<Option<Seal>, StoreError> {
    let query = audit_seals::table.order(audit_seals::number.desc());
    Ok(on!(connection, c => maybe(query.select(SealRow::as_select()).first(c)))?.map(Seal::from))
}

/// An event that has its place is not sealed again, whatever the queue says.
async fn waiting(
    connection: &mut Connection,
    after: Option<EventKey>,
    limit: u32,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let sealed = audit_positions::table.filter(audit_positions::event_id.eq(audit_unsealed::event_id));
    let query = audit_unsealed::table
        .inner_join(audit_logs::table.on(
            audit_logs::occurred_at.eq(audit_unsealed::occurred_at).and(audit_logs::id.eq(audit_unsealed::event_id)),
        ))
        .filter(not(exists(sealed)))
        .order((audit_unsealed::occurred_at, audit_unsealed::event_id))
        .limit(limit.into());
    let rows = match after {
        Some(EventKey { occurred_at, id }) => {
            let (time, id) = (At(occurred_at), Id::from(id));
            let later = audit_unsealed::occurred_at
                .ge(time)
                .and(audit_unsealed::occurred_at.gt(time).or(audit_unsealed::event_id.gt(id)));
            on!(connection, c => query.filter(later).select(EventRow::as_select()).load(c))?
        }
        None => on!(connection, c => query.select(EventRow::as_select()).load(c))?,
    };
    Ok(rows.into_iter().map(RecordedEvent::from).collect())
}

pub(crate) async fn oldest_waiting(connection: &mut Connection) -> Result<Option<Timestamp>, StoreError> {
    let query = audit_unsealed::table.select(audit_unsealed::occurred_at).order(audit_unsealed::occurred_at);
    Ok(on!(connection, c => maybe(query.first::<At>(c)))?.map(Timestamp::from))
}

async fn append(connection: &mut Connection, seal: &Seal, leaves: &[Leaf]) -> Result<(), StoreError> {
    let row = SealRow::from(seal);
    let added = on!(connection, c => diesel::insert_into(audit_seals::table).values(&row).execute(c))?;
    exactly_one(added)?;
    dialect::add_leaves(connection, leaves).await?;
    let (first, last) = (seal.draft.first_position.cast_signed(), seal.draft.last_position.cast_signed());
    let sealed =
        audit_positions::table.filter(audit_positions::position.between(first, last)).select(audit_positions::event_id);
    let waited = audit_unsealed::table.filter(audit_unsealed::event_id.eq_any(sealed));
    let taken = on!(connection, c => diesel::delete(waited).execute(c))?;
    match taken.cmp(&leaves.len()) {
        std::cmp::Ordering::Less => Err(StoreError::Stale),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(internal("more events stopped waiting than were sealed")),
    }
}

async fn seals_after(connection: &mut Connection, number: u64, limit: u32) -> Result<Vec<Seal>, StoreError> {
    let query = audit_seals::table
        .filter(audit_seals::number.gt(number.cast_signed()))
        .order(audit_seals::number)
        .limit(limit.into());
    Ok(on!(connection, c => query.select(SealRow::as_select()).load(c))?.into_iter().map(Seal::from).collect())
}

async fn entries_after(connection: &mut Connection, position: u64, limit: u32) -> Result<Vec<Entry>, StoreError> {
    let rows = dialect::entries_after(connection, position.cast_signed(), limit.into()).await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

async fn strays_after(connection: &mut Connection, key: Option<EventKey>, limit: u32) -> Result<Strays, StoreError> {
    let sealed = audit_positions::table
        .filter(audit_positions::event_id.eq(audit_logs::id))
        .filter(audit_positions::occurred_at.eq(audit_logs::occurred_at));
    let waits = audit_unsealed::table
        .filter(audit_unsealed::event_id.eq(audit_logs::id))
        .filter(audit_unsealed::occurred_at.eq(audit_logs::occurred_at));
    let (time, id) = key.map_or((None, None), |key| (Some(At(key.occurred_at)), Some(Id::from(key.id))));
    let query = audit_logs::table.order((audit_logs::occurred_at, audit_logs::id)).limit(limit.into()).select((
        audit_logs::occurred_at,
        audit_logs::id,
        not(exists(sealed)).and(not(exists(waits))),
    ));
    let rows: Vec<(At, Id, bool)> = match time.zip(id) {
        Some((time, id)) => {
            let after =
                audit_logs::occurred_at.ge(time).and(audit_logs::occurred_at.gt(time).or(audit_logs::id.gt(id)));
            on!(connection, c => query.filter(after).load(c))?
        }
        None => on!(connection, c => query.load(c))?,
    };
    let last = rows.last().map(|(time, id, _)| EventKey { occurred_at: (*time).into(), id: (*id).into() });
    let stray = rows.into_iter().find_map(|(_, id, stray)| stray.then_some(id.into()));
    Ok(Strays { stray, last })
}

async fn vanished(connection: &mut Connection) -> Result<Option<AuditEventId>, StoreError> {
    let there = audit_logs::table
        .filter(audit_logs::id.eq(audit_unsealed::event_id))
        .filter(audit_logs::occurred_at.eq(audit_unsealed::occurred_at));
    let query = audit_unsealed::table
        .filter(not(exists(there)))
        .order((audit_unsealed::occurred_at, audit_unsealed::event_id))
        .select(audit_unsealed::event_id);
    Ok(on!(connection, c => maybe(query.first::<Id>(c)))?.map(Into::into))
}

async fn has_event(connection: &mut Connection, id: AuditEventId) -> Result<bool, StoreError> {
    let query = audit_logs::table.filter(audit_logs::id.eq(Id::from(id))).select(min(audit_logs::event));
    Ok(on!(connection, c => query.first::<Option<String>>(c))?.is_some())
}
