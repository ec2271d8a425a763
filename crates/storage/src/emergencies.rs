//! Emergency accesses.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{EmergencyAccesses, StoreError};
use voxgate_domain::{EmergencyAccess, EmergencyAccessId, Timestamp, UserId};

use crate::connection::{Connection, maybe, on};
use crate::error::{at_most_one, exactly_one};
use crate::rows::EmergencyRow;
use crate::schema::emergency_accesses;
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

/// The access of `holder` to `subject` that is open `now`.
pub(crate) async fn open_access(
    connection: &mut Connection,
    holder: UserId,
    subject: UserId,
    now: Timestamp,
) -> Result<Option<EmergencyAccess>, StoreError> {
    let query = open_of(holder.into(), subject.into()).filter(emergency_accesses::expires_at.gt(At(now)));
    on!(connection, c => maybe(query.select(EmergencyRow::as_select()).first(c)))?
        .map(EmergencyAccess::try_from)
        .transpose()
}

/// At most `limit` accesses, of `holder` when one is given, newest first and older than `after`.
pub(crate) async fn accesses(
    connection: &mut Connection,
    holder: Option<UserId>,
    after: Option<EmergencyAccessId>,
    limit: u32,
) -> Result<Vec<EmergencyAccess>, StoreError> {
    on!(connection, c => {
        let mut query = emergency_accesses::table
            .filter(emergency_accesses::id.lt(after.map_or(Id::LAST, Id::from)))
            .order(emergency_accesses::id.desc())
            .limit(limit.into())
            .select(EmergencyRow::as_select())
            .into_boxed();
        if let Some(holder) = holder.map(Id::from) {
            query = query.filter(emergency_accesses::holder_id.eq(holder));
        }
        query.load::<EmergencyRow>(c)
    })?
    .into_iter()
    .map(EmergencyAccess::try_from)
    .collect()
}

#[diesel::dsl::auto_type]
fn open_of(holder: Id, subject: Id) -> _ {
    emergency_accesses::table
        .filter(emergency_accesses::holder_id.eq(holder))
        .filter(emergency_accesses::subject_id.eq(subject))
        .filter(emergency_accesses::closed_at.is_null())
}

/// The access that was open until now.
async fn closed(
    connection: &mut Connection,
    id: EmergencyAccessId,
    holder: UserId,
    now: Timestamp,
) -> Result<Option<EmergencyAccess>, StoreError> {
    let open = emergency_accesses::table
        .find(Id::from(id))
        .filter(emergency_accesses::holder_id.eq(Id::from(holder)))
        .filter(emergency_accesses::closed_at.is_null())
        .filter(emergency_accesses::expires_at.gt(At(now)));
    let change = emergency_accesses::closed_at.eq(At(now));
    let closed = on!(connection, c => diesel::update(open).set(change).execute(c))?;
    if !at_most_one(closed)? {
        return Ok(None);
    }
    let access = emergency_accesses::table.find(Id::from(id));
    let access = on!(connection, c => access.select(EmergencyRow::as_select()).first(c))?;
    EmergencyAccess::try_from(access).map(Some)
}

#[async_trait]
impl EmergencyAccesses for Transaction {
    async fn add(&mut self, access: &EmergencyAccess) -> Result<(), StoreError> {
        let expired = open_of(access.holder.into(), access.subject.into())
            .filter(emergency_accesses::expires_at.le(At(access.granted_at)));
        let closed = emergency_accesses::closed_at.eq(emergency_accesses::expires_at.nullable());
        on!(self.connection(), c => diesel::update(expired).set(closed).execute(c))?;
        let row = EmergencyRow::from(access);
        let added =
            on!(self.connection(), c => diesel::insert_into(emergency_accesses::table).values(&row).execute(c))?;
        exactly_one(added)
    }

    async fn close(
        &mut self,
        id: EmergencyAccessId,
        holder: UserId,
        now: Timestamp,
    ) -> Result<Option<EmergencyAccess>, StoreError> {
        closed(self.connection(), id, holder, now).await
    }
}
