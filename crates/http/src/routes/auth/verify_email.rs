//! `POST /auth/verify-email`.

use actix_web::{post, web};
use utoipa::ToSchema;
use voxgate_domain::SecretToken;

use super::secrets::presented;
use crate::extract::{Body, Client, FromForm, Rules};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// The token of a link that proves an address.
#[derive(ToSchema)]
#[schema(title = "EmailVerification", as = EmailVerification)]
pub(crate) struct EmailVerificationBody {
    /// The token that came by mail.
    #[schema(value_type = String, example = "uFqzv7rZkD3m1b9Jx0tLw2eYh5cNsAaQpR8iVgTfOjM")]
    token: Option<SecretToken>,
}

impl FromForm for EmailVerificationBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let token = form.required("token", presented);
        let (token,) = form.finish((token,))?;
        Ok(Self { token })
    }
}

/// Verify an address
///
/// Uses up the token of a registration, which becomes active, or of a change of address, which takes place.
#[utoipa::path(
    tag = "Authentication",
    request_body = EmailVerificationBody,
    responses((status = 204, description = "The address is verified")),
    security(()),
    extensions(("x-problems" = json!([Kind::InvalidToken])))
)]
#[post("/auth/verify-email")]
pub(crate) async fn verify_email(
    state: web::Data<State>,
    client: Client,
    Body(body): Body<EmailVerificationBody>,
) -> Answer {
    let token = body.token.ok_or_else(|| Problem::new(Kind::InvalidToken))?;
    state.application.verify_email(&token, &client.0).await?;
    respond::no_content()
}
