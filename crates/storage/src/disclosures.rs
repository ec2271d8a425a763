//! Who saw a person's data: found in the audit trail (45 CFR 164.528).

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::audit::{EventKey, RecordedEvent};
use voxgate_domain::ports::StoreError;
use voxgate_domain::{Act, AuditEvent, UserId};

use crate::connection::{Connection, on};
use crate::rows::EventRow;
use crate::schema::{audit_listed_users, audit_logs};
use crate::sql_types::{At, Id};

/// At most `limit` events by which somebody else saw data of `subject`, newest first, from the one before `before` on.
/// Lists name many and have an index of their own; each of the two ways gives at most `limit`, merged here.
pub(crate) async fn disclosures_of(
    connection: &mut Connection,
    subject: UserId,
    before: Option<EventKey>,
    limit: u32,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let subject = Id::from(subject);
    let looks = on!(connection, c => {
        let mut query = audit_logs::table
            .filter(audit_logs::subject_id.eq(subject))
            .filter(audit_logs::actor_id.ne(subject))
            .filter(audit_logs::event.eq_any(Act::DISCLOSING))
            .order((audit_logs::occurred_at.desc(), audit_logs::id.desc()))
            .limit(limit.into())
            .select(EventRow::as_select())
            .into_boxed();
        if let Some(EventKey { occurred_at, id }) = before {
            let earlier = audit_logs::occurred_at.lt(At(occurred_at)).or(audit_logs::id.lt(Id::from(id)));
            query = query.filter(audit_logs::occurred_at.le(At(occurred_at)).and(earlier));
        }
        query.load::<EventRow>(c)
    })?;
    let lists = on!(connection, c => {
        let of_event = audit_logs::occurred_at.eq(audit_listed_users::occurred_at);
        let of_event = of_event.and(audit_logs::id.eq(audit_listed_users::event_id));
        let mut query = audit_listed_users::table
            .inner_join(audit_logs::table.on(of_event))
            .filter(audit_listed_users::user_id.eq(subject))
            .filter(audit_logs::actor_id.ne(subject))
            .order((audit_listed_users::occurred_at.desc(), audit_listed_users::event_id.desc()))
            .limit(limit.into())
            .select(EventRow::as_select())
            .into_boxed();
        if let Some(EventKey { occurred_at, id }) = before {
            let earlier = audit_listed_users::occurred_at.lt(At(occurred_at));
            let earlier = earlier.or(audit_listed_users::event_id.lt(Id::from(id)));
            query = query.filter(audit_listed_users::occurred_at.le(At(occurred_at)).and(earlier));
        }
        query.load::<EventRow>(c)
    })?;
    let mut found: Vec<RecordedEvent> = looks.into_iter().chain(lists).map(RecordedEvent::from).collect();
    found.sort_by_key(|event| std::cmp::Reverse(event.key()));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// Notes whom a list showed, in the transaction of its event.
pub(crate) async fn note_listed(connection: &mut Connection, event: &AuditEvent) -> Result<(), StoreError> {
    let Act::UsersListed { users } = &event.act else { return Ok(()) };
    let (at, id) = (At(event.occurred_at), Id::from(event.id));
    let users: Vec<Id> = users.iter().copied().map(Id::from).collect();
    crate::dialect::note_listed(connection, &users, at, id).await
}
