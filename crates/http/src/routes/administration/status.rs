//! `PUT /users/{id}/status`.

use actix_web::{put, web};
use utoipa::ToSchema;
use voxgate_domain::Reason;
use voxgate_domain::user::AccountSwitch;

use super::user_in;
use crate::extract::{Body, FromForm, InOrder, Permit, Rules, UsersWrite};
use crate::form::{Fault, Form};
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::routes::users::view::UserBody;
use crate::state::State;

/// The new status of an account.
#[derive(ToSchema)]
#[schema(title = "NewStatus", as = NewStatus)]
pub(crate) struct NewStatusBody {
    /// `active` or `inactive`.
    #[schema(value_type = String, pattern = "^(active|inactive)$", example = "inactive")]
    status: AccountSwitch,
    /// Why, for the audit trail.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "Left the clinic")]
    reason: Reason,
}

impl FromForm for NewStatusBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let unknown = Fault::new("unknown", "must be active or inactive");
        let status = form.required("status", |text| AccountSwitch::parse(text).ok_or(unknown));
        let reason = form.required("reason", Reason::parse);
        let (status, reason) = form.finish((status, reason))?;
        Ok(Self { status, reason })
    }
}

/// Switch an account off or on
///
/// `inactive` ends every session at once. Nobody changes the status of their own account, and the last active
/// administrator stays.
#[utoipa::path(
    tag = "Administration",
    params(("id" = uuid::Uuid, Path, description = "Which user")),
    request_body = NewStatusBody,
    responses((status = 200, description = "The user as they are now", body = UserBody)),
    security(("bearerAuth" = ["users:write"])),
    extensions(("x-problems" = json!([Kind::NotFound, Kind::Conflict])))
)]
#[put("/users/{id}/status")]
pub(crate) async fn set_status(
    state: web::Data<State>,
    id: web::Path<String>,
    InOrder(caller, Body(body)): InOrder<Permit<UsersWrite>, Body<NewStatusBody>>,
) -> Answer {
    let user = state.application.set_user_status(&caller.0, user_in(&id)?, body.status, &body.reason).await?;
    respond::ok(&UserBody::seen_by(user, &caller.0))
}
