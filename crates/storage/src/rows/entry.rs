//! Places of the trail with the events that are there.

use diesel::prelude::*;
use voxgate_domain::audit::{Entry, RecordedEvent};

use super::json::canonical_text;
use super::seal::hash;
use crate::sql_types::{At, Id};

/// A place and its event, read by the order of the columns. The details come as text, so that whatever they hold can be
/// read.
#[derive(Queryable)]
pub(crate) struct EntryRow {
    place: (i64, Id, Vec<u8>),
    /// Time, name and outcome.
    act: (Option<At>, Option<String>, Option<String>),
    /// Actor and subject.
    people: (Option<Id>, Option<Id>),
    /// Session and address.
    origin: (Option<Id>, Option<String>),
    /// User agent and request.
    request: (Option<String>, Option<String>),
    /// Reason and details.
    words: (Option<String>, Option<String>),
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        let (position, id, leaf) = row.place;
        let id = id.into();
        let (occurred_at, name, outcome) = row.act;
        // Columns that are never null tell whether there is an event.
        let event = occurred_at.map(|occurred_at| RecordedEvent {
            id,
            occurred_at: occurred_at.into(),
            event: name.unwrap_or_default(),
            outcome: outcome.unwrap_or_default(),
            actor_id: row.people.0.map(Into::into),
            subject_id: row.people.1.map(Into::into),
            session_id: row.origin.0.map(Into::into),
            ip_address: row.origin.1,
            user_agent: row.request.0,
            request_id: row.request.1,
            reason: row.words.0,
            details: row.words.1.map(canonical_text).unwrap_or_default(),
        });
        Self { position: position.cast_unsigned(), id, kept: Some(hash(&leaf)), event }
    }
}
