//! `DELETE /users/account`.

use actix_web::{delete, web};

use crate::extract::Authenticated;
use crate::problem::Kind;
use crate::respond::{self, Answer};
use crate::state::State;

/// Delete one's account
///
/// Softly: every session ends, and logging in answers as for an unknown address. The last active administrator stays.
#[utoipa::path(
    tag = "Users",
    responses((status = 204, description = "The account is closed")),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired, Kind::Conflict])))
)]
#[delete("/users/account")]
pub(crate) async fn delete_account(state: web::Data<State>, caller: Authenticated) -> Answer {
    state.application.delete_account(&caller.0).await?;
    respond::no_content()
}
