//! `POST /auth/reset-password`.

use actix_web::{post, web};
use utoipa::ToSchema;
use voxgate_domain::{Password, SecretToken};

use super::secrets::{new_password, presented};
use crate::extract::{Body, Client, FromForm, Rules};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// The token of a link that sets a password, and the password.
#[derive(ToSchema)]
#[schema(title = "PasswordReset", as = PasswordReset)]
pub(crate) struct PasswordResetBody {
    /// The token that came by mail: of a reset, an invitation, or a registration that was begun twice.
    #[schema(value_type = String, example = "uFqzv7rZkD3m1b9Jx0tLw2eYh5cNsAaQpR8iVgTfOjM")]
    token: Option<SecretToken>,
    /// The new password.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128, example = "violet-Otter7-harbour")]
    new_password: Password,
}

impl FromForm for PasswordResetBody {
    fn from_form(mut form: Form, rules: &Rules) -> Result<Self, Problem> {
        let token = form.required("token", presented);
        let password = form.required("new_password", new_password(rules.password, None));
        let (token, new_password) = form.finish((token, password))?;
        Ok(Self { token, new_password })
    }
}

/// Set a password by a link
///
/// Uses up the token. Every session of the user ends, and a lock is lifted. A password that is refused leaves the token
/// good.
#[utoipa::path(
    tag = "Authentication",
    request_body = PasswordResetBody,
    responses((status = 204, description = "The password is set")),
    security(()),
    extensions(("x-problems" = json!([Kind::InvalidToken])))
)]
#[post("/auth/reset-password")]
pub(crate) async fn reset_password(
    state: web::Data<State>,
    client: Client,
    Body(body): Body<PasswordResetBody>,
) -> Answer {
    let token = body.token.ok_or_else(|| Problem::new(Kind::InvalidToken))?;
    let done = state.application.reset_password(&token, body.new_password, &client.0).await;
    done.map_err(Problem::with_new_password)?;
    respond::no_content()
}
