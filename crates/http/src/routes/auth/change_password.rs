//! `POST /auth/change-password`.

use actix_web::{post, web};
use utoipa::ToSchema;
use voxgate_domain::Password;

use super::secrets::new_password;
use crate::extract::{Authenticated, Body, FromForm, InOrder, Rules};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// The present password and the one to take its place.
#[derive(ToSchema)]
#[schema(title = "PasswordChange", as = PasswordChange)]
pub(crate) struct PasswordChangeBody {
    /// The present password.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 128, example = "violet-Otter7-harbour")]
    current_password: Password,
    /// The new password.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128, example = "amber-Falcon3-meadow")]
    new_password: Password,
}

impl FromForm for PasswordChangeBody {
    fn from_form(mut form: Form, rules: &Rules) -> Result<Self, Problem> {
        let current = form.required("current_password", Password::parse);
        let new = form.required("new_password", new_password(rules.password, None));
        let (current_password, new_password) = form.finish((current, new))?;
        Ok(Self { current_password, new_password })
    }
}

/// Change the password
///
/// Every other session of the caller ends. A wrong present password counts as a failed login does.
#[utoipa::path(
    tag = "Authentication",
    request_body = PasswordChangeBody,
    responses((status = 204, description = "The password is changed")),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::InvalidCredentials, Kind::AccountLocked])))
)]
#[post("/auth/change-password")]
pub(crate) async fn change_password(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Authenticated, Body<PasswordChangeBody>>,
) -> Answer {
    let done = state.application.change_password(&caller.0, &body.current_password, body.new_password).await;
    done.map_err(Problem::with_new_password)?;
    respond::no_content()
}
