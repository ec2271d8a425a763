//! Audit events as clients see them, and how they ask for them.

use std::net::IpAddr;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use voxgate_domain::audit::{EventFilter, RecordedEvent};
use voxgate_domain::{AuditEventId, Cursor, Outcome, PageLimit, PageQuery, SessionId, Timestamp, UserId};

use crate::extract::{FromForm, Rules};
use crate::form::{Fault, Field, Form, time};
use crate::problem::Problem;

/// An event of the audit trail.
#[derive(Serialize, ToSchema)]
#[schema(title = "AuditEvent", as = AuditEvent)]
pub(crate) struct EventBody {
    #[schema(value_type = uuid::Uuid)]
    id: AuditEventId,
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    /// What was done: dotted, the thing first.
    #[schema(example = "login.failed")]
    event: String,
    /// `success`, `failure` or `denied`.
    outcome: String,
    /// Who did it; nobody when the caller is not known.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    actor_id: Option<UserId>,
    /// To whom.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    subject_id: Option<UserId>,
    #[schema(value_type = Option<uuid::Uuid>, required)]
    session_id: Option<SessionId>,
    #[schema(required)]
    ip_address: Option<String>,
    #[schema(required)]
    user_agent: Option<String>,
    #[schema(required)]
    request_id: Option<String>,
    /// Why, in the words of whoever did it.
    #[schema(required)]
    reason: Option<String>,
    /// The facts of the act: names of changed fields, never their values.
    #[schema(value_type = Object)]
    details: Value,
}

/// A page of audit events, newest first.
#[derive(Serialize, ToSchema)]
#[schema(title = "AuditEventList", as = AuditEventList)]
pub(crate) struct EventListBody {
    pub(super) items: Vec<EventBody>,
    /// Gets the next page; null on the last one.
    #[schema(value_type = Option<String>, required)]
    pub(super) next_cursor: Option<String>,
}

impl From<RecordedEvent> for EventBody {
    fn from(event: RecordedEvent) -> Self {
        Self {
            id: event.id,
            occurred_at: event.occurred_at,
            event: event.event,
            outcome: event.outcome,
            actor_id: event.actor_id,
            subject_id: event.subject_id,
            session_id: event.session_id,
            ip_address: event.ip_address,
            user_agent: event.user_agent,
            request_id: event.request_id,
            reason: event.reason,
            details: serde_json::from_str(&event.details).unwrap_or_default(),
        }
    }
}

/// Which events, and which page of them.
pub(crate) struct EventQuery {
    pub(super) filter: EventFilter,
    pub(super) page: PageQuery,
}

/// The same, of one user.
pub(crate) struct UserEventQuery(pub(super) EventQuery);

impl FromForm for EventQuery {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let actor = form.optional("actor_id", |text| text.parse().map_err(|_| Fault::new("invalid", "must be an id")));
        let address = form.optional("ip_address", |text| {
            // As it is stored: an IPv4 address that comes as IPv6 is the same.
            text.parse().map(|address: IpAddr| address.to_canonical()).map_err(|_| NOT_ADDRESS)
        });
        let query = read(&mut form);
        let (actor, ip_address, query) = form.finish((actor, address, query))?;
        Ok(Self { filter: EventFilter { actor, ip_address, ..query.filter }, page: query.page })
    }
}

impl FromForm for UserEventQuery {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let query = read(&mut form);
        let (query,) = form.finish((query,))?;
        Ok(Self(query))
    }
}

const NOT_ADDRESS: Fault = Fault::new("invalid", "must be an IP address");
const NOT_EVENT: Fault = Fault::new("invalid", "must be a name like login.failed, of at most 64 characters");
const NOT_OUTCOME: Fault = Fault::new("unknown", "must be success, failure or denied");

/// What both queries have.
fn read(form: &mut Form) -> Field<EventQuery> {
    let event = form.optional("event", |text| {
        let sane = text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_'));
        if sane && (1..=64).contains(&text.len()) { Ok(text.to_owned()) } else { Err(NOT_EVENT) }
    });
    let outcome = form.optional("outcome", |text| Outcome::parse(text).ok_or(NOT_OUTCOME));
    let from = form.optional("from", time);
    let to = form.optional("to", time);
    let limit = form.optional("limit", PageLimit::parse);
    let cursor = form.optional("cursor", Cursor::parse);
    Field::join((event, outcome, from, to, limit, cursor)).map(|(event, outcome, from, to, limit, cursor)| EventQuery {
        filter: EventFilter { event, outcome, from, to, ..EventFilter::default() },
        page: PageQuery { limit: limit.unwrap_or_default(), cursor },
    })
}
