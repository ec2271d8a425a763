//! `/users/{id}/sessions`.

use actix_web::{delete, get, web};

use super::user_in;
use crate::extract::{Permit, UsersWrite};
use crate::problem::Kind;
use crate::respond::{self, Answer};
use crate::routes::users::sessions::SessionListBody;
use crate::state::State;

/// List the sessions of a user
///
/// The look is audited.
#[utoipa::path(
    tag = "Administration",
    params(("id" = uuid::Uuid, Path, description = "Which user")),
    responses((status = 200, description = "The open sessions, newest first", body = SessionListBody)),
    security(("bearerAuth" = ["users:write"])),
    extensions(("x-problems" = json!([Kind::NotFound])))
)]
#[get("/users/{id}/sessions")]
pub(crate) async fn list_user_sessions(
    state: web::Data<State>,
    caller: Permit<UsersWrite>,
    id: web::Path<String>,
) -> Answer {
    let sessions = state.application.list_user_sessions(&caller.0, user_in(&id)?).await?;
    respond::ok(&SessionListBody::of(sessions, caller.0.session_id()))
}

/// End the sessions of a user
///
/// All of them, at once.
#[utoipa::path(
    tag = "Administration",
    params(("id" = uuid::Uuid, Path, description = "Which user")),
    responses((status = 204, description = "The sessions are over")),
    security(("bearerAuth" = ["users:write"])),
    extensions(("x-problems" = json!([Kind::NotFound])))
)]
#[delete("/users/{id}/sessions")]
pub(crate) async fn end_user_sessions(
    state: web::Data<State>,
    caller: Permit<UsersWrite>,
    id: web::Path<String>,
) -> Answer {
    state.application.end_user_sessions(&caller.0, user_in(&id)?).await?;
    respond::no_content()
}
