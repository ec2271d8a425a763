//! `GET /audit` and `GET /users/{id}/audit`.

use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::{StreamExt as _, TryStreamExt as _};
use voxgate_application::Actor;
use voxgate_domain::Page;
use voxgate_domain::audit::{EventFilter, RecordedEvent};

use super::audit_view::{EventListBody, EventQuery, UserEventQuery};
use super::user_in;
use crate::extract::{AuditRead, Granted, InOrder, Permit, Query};
use crate::problem::Kind;
use crate::respond::{self, Answer};
use crate::state::State;

const NDJSON: &str = "application/x-ndjson";

/// Read the audit trail
///
/// Newest first; the read is itself audited. With `Accept: application/x-ndjson` every event that matches comes as a line
/// of JSON, whatever `limit` and `cursor` say. Without a condition that is the whole trail, oldest first, with its seals
/// as lines, so that `voxgate audit verify --file` verifies it with the public key alone.
#[utoipa::path(
    tag = "Administration",
    params(
        ("event" = Option<String>, Query, max_length = 64, pattern = "^[a-z._]+$", description = "Only events of this name, such as `login.failed`"),
        ("outcome" = Option<String>, Query, pattern = "^(success|failure|denied)$", description = "Only `success`, `failure` or `denied`"),
        ("from" = Option<String>, Query, format = DateTime, description = "Not before this time (RFC 3339)"),
        ("to" = Option<String>, Query, format = DateTime, description = "Before this time (RFC 3339)"),
        ("actor_id" = Option<uuid::Uuid>, Query, description = "Only what this user did"),
        ("ip_address" = Option<String>, Query, description = "Only from this address"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most events of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of events, or all as lines", content(
        (EventListBody = "application/json"),
        (String = "application/x-ndjson")
    ))),
    security(("bearerAuth" = ["audit:read"]), ("serviceAccount" = ["audit:read"])),
    extensions(("x-problems" = json!([Kind::ValidationFailed])))
)]
#[get("/audit")]
pub(crate) async fn list_events(
    state: web::Data<State>,
    request: HttpRequest,
    InOrder(caller, Query(query)): InOrder<Granted<AuditRead>, Query<EventQuery>>,
) -> Answer {
    if wants_lines(request.headers()) {
        return stream(&state, &caller.0, query.filter).await;
    }
    let page = state.application.list_events(&caller.0, &query.filter, &query.page).await?;
    respond::ok(&body(page))
}

/// Read what the audit trail has of a user
///
/// What they did and what was done to them, newest first; the read is itself audited.
#[utoipa::path(
    tag = "Administration",
    params(
        ("id" = uuid::Uuid, Path, description = "Which user"),
        ("event" = Option<String>, Query, max_length = 64, pattern = "^[a-z._]+$", description = "Only events of this name, such as `login.failed`"),
        ("outcome" = Option<String>, Query, pattern = "^(success|failure|denied)$", description = "Only `success`, `failure` or `denied`"),
        ("from" = Option<String>, Query, format = DateTime, description = "Not before this time (RFC 3339)"),
        ("to" = Option<String>, Query, format = DateTime, description = "Before this time (RFC 3339)"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most events of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of events", body = EventListBody)),
    security(("bearerAuth" = ["audit:read"])),
    extensions(("x-problems" = json!([Kind::NotFound, Kind::ValidationFailed])))
)]
#[get("/users/{id}/audit")]
pub(crate) async fn list_user_events(
    state: web::Data<State>,
    id: web::Path<String>,
    InOrder(caller, Query(UserEventQuery(query))): InOrder<Permit<AuditRead>, Query<UserEventQuery>>,
) -> Answer {
    let page = state.application.list_user_events(&caller.0.into(), user_in(&id)?, query.filter, &query.page).await?;
    respond::ok(&body(page))
}

fn body(page: Page<RecordedEvent>) -> EventListBody {
    let items = page.items.into_iter().map(Into::into).collect();
    EventListBody { items, next_cursor: page.next.map(|cursor| cursor.encode()) }
}

/// Whether the client asks for lines by name; whoever takes anything gets a page.
fn wants_lines(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let refused = |parameter: &str| parameter.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case(NDJSON)) && !parts.any(refused)
    })
}

async fn stream(state: &State, actor: &Actor, filter: EventFilter) -> Answer {
    state.application.record_audit_export(actor, &filter).await?;
    let mut response = HttpResponse::Ok();
    response.content_type(NDJSON);
    // An error in the midst cuts the answer off, which its framing shows to the client.
    if filter == EventFilter::default() {
        let lines = state.trail.export().map_ok(Bytes::from).inspect(log_error);
        return Ok(response.streaming(lines.boxed()));
    }
    let lines = state.application.stream_events(filter).map_ok(Bytes::from).inspect(log_error);
    Ok(response.streaming(lines.boxed()))
}

fn log_error<E: std::error::Error>(chunk: &Result<Bytes, E>) {
    if let Err(error) = chunk {
        tracing::error!(%error, "a stream of audit events was cut off");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use rstest::rstest;

    #[rstest]
    #[case("application/x-ndjson", true)]
    #[case("application/json, Application/X-NDJSON;q=0.9", true)]
    #[case("application/x-ndjson;q=0", false)]
    #[case("*/*", false)]
    #[case("application/json", false)]
    fn lines_come_to_whoever_asks_for_them_by_name(#[case] accept: &'static str, #[case] lines: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        assert_eq!(wants_lines(&headers), lines);
    }
}
