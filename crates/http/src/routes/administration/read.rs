//! `GET /users/{id}`.

use actix_web::{get, web};

use super::user_in;
use crate::extract::{Permit, UsersRead};
use crate::problem::Kind;
use crate::respond::{self, Answer};
use crate::routes::users::view::UserBody;
use crate::state::State;

/// Read a user
///
/// The look is audited.
#[utoipa::path(
    tag = "Administration",
    params(("id" = uuid::Uuid, Path, description = "Which user")),
    responses((status = 200, description = "The user", body = UserBody)),
    security(("bearerAuth" = ["users:read"])),
    extensions(("x-problems" = json!([Kind::NotFound])))
)]
#[get("/users/{id}", guard = "super::names_a_user")]
pub(crate) async fn read_user(state: web::Data<State>, caller: Permit<UsersRead>, id: web::Path<String>) -> Answer {
    let user = state.application.read_user(&caller.0, user_in(&id)?).await?;
    respond::ok(&UserBody::seen_by(user, &caller.0))
}
