//! Audit events.

use diesel::prelude::*;
use serde_json::Value;
use voxgate_domain::audit::{Detail, RecordedEvent};
use voxgate_domain::{AuditEvent, RequestId, UserAgent};

use super::json::canonical;
use crate::schema::audit_logs;
use crate::sql_types::{At, Id};

/// An event with its details.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_logs)]
pub(crate) struct EventRow {
    id: Id,
    occurred_at: At,
    event: String,
    outcome: String,
    actor_id: Option<Id>,
    subject_id: Option<Id>,
    session_id: Option<Id>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
    reason: Option<String>,
    details: Value,
}

impl From<&AuditEvent> for EventRow {
    fn from(event: &AuditEvent) -> Self {
        let client = event.client.as_ref();
        let details = event.details().into_iter().map(|(name, detail)| (name.to_owned(), json(detail))).collect();
        Self {
            id: event.id.into(),
            occurred_at: event.occurred_at.into(),
            event: event.act.name().to_owned(),
            outcome: event.act.outcome().as_str().to_owned(),
            actor_id: event.actor_uuid().map(Id),
            subject_id: event.subject.map(Id::from),
            session_id: event.session.map(Id::from),
            ip_address: client.map(|client| client.ip_address.to_string()),
            user_agent: client.and_then(|client| client.user_agent.as_ref()).map(UserAgent::as_str).map(str::to_owned),
            request_id: client.map(|client| &client.request_id).map(RequestId::as_str).map(str::to_owned),
            reason: event.reason.clone(),
            details: Value::Object(details),
        }
    }
}

impl From<EventRow> for RecordedEvent {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id.into(),
            occurred_at: row.occurred_at.into(),
            event: row.event,
            outcome: row.outcome,
            actor_id: row.actor_id.map(Into::into),
            subject_id: row.subject_id.map(Into::into),
            session_id: row.session_id.map(Into::into),
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            request_id: row.request_id,
            reason: row.reason,
            details: canonical(&row.details),
        }
    }
}

fn json(detail: Detail) -> Value {
    match detail {
        Detail::Word(word) => word.into(),
        Detail::Words(words) => words.into(),
        Detail::Count(count) => count.into(),
    }
}
