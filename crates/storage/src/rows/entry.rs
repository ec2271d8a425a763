//! Places of the trail with the events that are there.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use voxgate_domain::audit::{Entry, RecordedEvent};

use super::json::canonical_text;
use super::seal::hash;
use crate::sql_types::{At, Id, Instant, Uid};

/// A place and its event. The details come as text, so that whatever they hold can be read.
#[derive(QueryableByName)]
pub(crate) struct EntryRow {
    #[diesel(sql_type = BigInt)]
    position: i64,
    #[diesel(sql_type = Uid)]
    event_id: Id,
    #[diesel(sql_type = Binary)]
    leaf: Vec<u8>,
    #[diesel(sql_type = Nullable<Instant>)]
    occurred_at: Option<At>,
    #[diesel(sql_type = Nullable<Text>)]
    event: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    outcome: Option<String>,
    #[diesel(sql_type = Nullable<Uid>)]
    actor_id: Option<Id>,
    #[diesel(sql_type = Nullable<Uid>)]
    subject_id: Option<Id>,
    #[diesel(sql_type = Nullable<Uid>)]
    session_id: Option<Id>,
    #[diesel(sql_type = Nullable<Text>)]
    ip_address: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    user_agent: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    request_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    details: Option<String>,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        let id = row.event_id.into();
        // Columns that are never null tell whether there is an event.
        let event = row.occurred_at.map(|occurred_at| RecordedEvent {
            id,
            occurred_at: occurred_at.into(),
            event: row.event.unwrap_or_default(),
            outcome: row.outcome.unwrap_or_default(),
            actor_id: row.actor_id.map(Into::into),
            subject_id: row.subject_id.map(Into::into),
            session_id: row.session_id.map(Into::into),
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            request_id: row.request_id,
            reason: row.reason,
            details: row.details.map(canonical_text).unwrap_or_default(),
        });
        Self { position: row.position.cast_unsigned(), id, kept: Some(hash(&row.leaf)), event }
    }
}
