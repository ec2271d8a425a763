//! `POST /auth/forgot-password`.

use actix_web::{HttpRequest, post, web};

use super::resend_verification::AddressBody;
use crate::extract::{Body, Client};
use crate::limits::hold;
use crate::respond::{self, Accepted, AcceptedStatus, Answer};
use crate::state::State;
use crate::uniform_time::uniform;

/// Ask for a link that resets the password
///
/// The answer is the same whether or not the address has an account.
#[utoipa::path(
    tag = "Authentication",
    request_body = AddressBody,
    responses((status = 202, description = "A mail is on its way, if there is an account that it is for", body = Accepted, example = json!({"status": "reset_sent"}))),
    security(())
)]
#[post("/auth/forgot-password")]
pub(crate) async fn forgot_password(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    Body(body): Body<AddressBody>,
) -> Answer {
    hold(&request, state.throttle.reset_of(&body.email).await)?;
    uniform(state.application.forgot_password(&body.email, &client.0)).await?;
    respond::accepted(AcceptedStatus::ResetSent)
}
