//! `POST /users`.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, post, web};
use utoipa::ToSchema;
use voxgate_application::InviteUser;
use voxgate_domain::{DisplayName, EmailAddress, Profile, RoleName};

use super::MAX_ROLES;
use crate::extract::{Body, FromForm, InOrder, Permit, Rules, UsersWrite};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::Answer;
use crate::routes::users::view::UserBody;
use crate::state::State;

/// Who is invited.
#[derive(ToSchema)]
#[schema(title = "Invitation", as = Invitation)]
pub(crate) struct InvitationBody {
    /// The address, which is proven when its owner accepts.
    #[schema(value_type = String, format = Email, max_length = 254, example = "grace@example.org")]
    email: EmailAddress,
    /// The names of the roles from the beginning.
    #[schema(value_type = Vec<String>, max_items = 32, example = json!(["clinician"]))]
    roles: Vec<RoleName>,
    /// Given name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Grace")]
    first_name: Option<DisplayName>,
    /// Family name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Hopper")]
    last_name: Option<DisplayName>,
}

impl FromForm for InvitationBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let email = form.required("email", EmailAddress::parse);
        let roles = form.required_list("roles", MAX_ROLES, RoleName::parse);
        let first_name = form.optional("first_name", DisplayName::parse);
        let last_name = form.optional("last_name", DisplayName::parse);
        let (email, roles, first_name, last_name) = form.finish((email, roles, first_name, last_name))?;
        Ok(Self { email, roles, first_name, last_name })
    }
}

impl From<InvitationBody> for InviteUser {
    fn from(body: InvitationBody) -> Self {
        let InvitationBody { email, roles, first_name, last_name } = body;
        let roles: BTreeSet<RoleName> = roles.into_iter().collect();
        Self { email, roles, profile: Profile { first_name, last_name, ..Profile::default() } }
    }
}

/// Invite a user
///
/// Makes a pending account and mails its owner a link to set a password through `/auth/reset-password`, which also
/// proves the address. Roles other than `patient` need `roles:assign` too.
#[utoipa::path(
    tag = "Administration",
    request_body = InvitationBody,
    responses((status = 201, description = "The account that waits for its owner", body = UserBody)),
    security(("bearerAuth" = ["users:write"])),
    extensions(("x-problems" = json!([Kind::Conflict])))
)]
#[post("/users")]
pub(crate) async fn invite_user(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Permit<UsersWrite>, Body<InvitationBody>>,
) -> Answer {
    let user = state.application.invite_user(&caller.0, body.into()).await?;
    Ok(HttpResponse::Created().json(UserBody::seen_by(user, &caller.0)))
}
