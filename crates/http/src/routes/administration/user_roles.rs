//! `PUT /users/{id}/roles`.

use actix_web::{put, web};
use utoipa::ToSchema;
use voxgate_domain::{Reason, RoleName};

use super::{MAX_ROLES, user_in};
use crate::extract::{Body, FromForm, InOrder, Permit, RolesAssign, Rules};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::routes::users::view::UserBody;
use crate::state::State;

/// The new roles of a user.
#[derive(ToSchema)]
#[schema(title = "NewRoles", as = NewRoles)]
pub(crate) struct NewRolesBody {
    /// The names of all roles that the user shall have.
    #[schema(value_type = Vec<String>, max_items = 32, example = json!(["clinician", "patient"]))]
    roles: Vec<RoleName>,
    /// Why, for the audit trail.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "Joined the cardiology team")]
    reason: Reason,
}

impl FromForm for NewRolesBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let roles = form.required_list("roles", MAX_ROLES, RoleName::parse);
        let reason = form.required("reason", Reason::parse);
        let (roles, reason) = form.finish((roles, reason))?;
        Ok(Self { roles, reason })
    }
}

/// Replace the roles of a user
///
/// Takes effect on the user's next request, and they are told by mail. Nobody changes their own roles, and the last
/// active administrator keeps the role: both are `conflict`.
#[utoipa::path(
    tag = "Administration",
    params(("id" = uuid::Uuid, Path, description = "Which user")),
    request_body = NewRolesBody,
    responses((status = 200, description = "The user as they are now", body = UserBody)),
    security(("bearerAuth" = ["roles:assign"])),
    extensions(("x-problems" = json!([Kind::NotFound, Kind::Conflict])))
)]
#[put("/users/{id}/roles")]
pub(crate) async fn set_roles(
    state: web::Data<State>,
    id: web::Path<String>,
    InOrder(caller, Body(body)): InOrder<Permit<RolesAssign>, Body<NewRolesBody>>,
) -> Answer {
    let roles = body.roles.into_iter().collect();
    let user = state.application.set_user_roles(&caller.0, user_in(&id)?, roles, &body.reason).await?;
    respond::ok(&UserBody::seen_by(user, &caller.0))
}
