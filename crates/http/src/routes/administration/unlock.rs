//! `POST /users/{id}/unlock`.

use actix_web::{post, web};

use super::reason::ReasonBody;
use super::user_in;
use crate::extract::{Body, InOrder, Permit, UsersWrite};
use crate::problem::Kind;
use crate::respond::{self, Answer};
use crate::state::State;

/// Lift the lock of a user
///
/// Forgets the failed logins of the user's address.
#[utoipa::path(
    tag = "Administration",
    params(("id" = uuid::Uuid, Path, description = "Which user")),
    request_body = ReasonBody,
    responses((status = 204, description = "The lock is lifted, if there was one")),
    security(("bearerAuth" = ["users:write"])),
    extensions(("x-problems" = json!([Kind::NotFound, Kind::Conflict])))
)]
#[post("/users/{id}/unlock")]
pub(crate) async fn unlock_user(
    state: web::Data<State>,
    id: web::Path<String>,
    InOrder(caller, Body(body)): InOrder<Permit<UsersWrite>, Body<ReasonBody>>,
) -> Answer {
    state.application.unlock_user(&caller.0, user_in(&id)?, &body.reason).await?;
    respond::no_content()
}
