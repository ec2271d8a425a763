//! `/users/sessions`.

use actix_web::{delete, get, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_domain::{Session, SessionId};

use super::view::SessionBody;
use crate::extract::Authenticated;
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// Open sessions, newest first.
#[derive(Serialize, ToSchema)]
#[schema(title = "SessionList", as = SessionList)]
pub(crate) struct SessionListBody {
    items: Vec<SessionBody>,
    /// Always null: all sessions of a user fit on one page.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<()>,
}

impl SessionListBody {
    /// `sessions`, looked at from `current`.
    pub(crate) fn of(sessions: Vec<Session>, current: SessionId) -> Self {
        let items = sessions.into_iter().map(|session| SessionBody::of(session, current)).collect();
        Self { items, next_cursor: None }
    }
}

/// List one's sessions
#[utoipa::path(
    tag = "Users",
    responses((status = 200, description = "The open sessions, newest first", body = SessionListBody)),
    security(("bearerAuth" = []))
)]
#[get("/users/sessions")]
pub(crate) async fn list_sessions(state: web::Data<State>, caller: Authenticated) -> Answer {
    let sessions = state.application.list_sessions(&caller.0).await?;
    respond::ok(&SessionListBody::of(sessions, caller.0.session_id()))
}

/// End one's other sessions
///
/// Every session but this one.
#[utoipa::path(
    tag = "Users",
    responses((status = 204, description = "The other sessions are over")),
    security(("bearerAuth" = []))
)]
#[delete("/users/sessions")]
pub(crate) async fn end_other_sessions(state: web::Data<State>, caller: Authenticated) -> Answer {
    state.application.revoke_other_sessions(&caller.0).await?;
    respond::no_content()
}

/// End one of one's sessions
///
/// 404 for a session that is over, somebody else's, or none at all: an id that is no UUID names none.
#[utoipa::path(
    tag = "Users",
    params(("id" = uuid::Uuid, Path, description = "Which session")),
    responses((status = 204, description = "The session is over")),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::NotFound])))
)]
#[delete("/users/sessions/{id}")]
pub(crate) async fn end_session(state: web::Data<State>, caller: Authenticated, id: web::Path<String>) -> Answer {
    let id: SessionId = id.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    state.application.revoke_session(&caller.0, id).await?;
    respond::no_content()
}
