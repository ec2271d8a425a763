//! `POST /auth/resend-verification`.

use actix_web::{HttpRequest, post, web};
use utoipa::ToSchema;
use voxgate_domain::EmailAddress;

use crate::extract::{Body, Client, FromForm, Rules};
use crate::form::Form;
use crate::limits::hold;
use crate::problem::Problem;
use crate::respond::{self, Accepted, AcceptedStatus, Answer};
use crate::state::State;
use crate::uniform_time::uniform;

/// An address that a link is asked for.
#[derive(ToSchema)]
#[schema(title = "Address", as = Address)]
pub(crate) struct AddressBody {
    /// The address.
    #[schema(value_type = String, format = Email, max_length = 254, example = "ada@example.org")]
    pub(super) email: EmailAddress,
}

impl FromForm for AddressBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let email = form.required("email", EmailAddress::parse);
        let (email,) = form.finish((email,))?;
        Ok(Self { email })
    }
}

/// Ask for another verification mail
///
/// The answer is the same whether or not there is an account that waits for one.
#[utoipa::path(
    tag = "Authentication",
    request_body = AddressBody,
    responses((status = 202, description = "A mail is on its way, if there is an account that it is for", body = Accepted, example = json!({"status": "verification_sent"}))),
    security(())
)]
#[post("/auth/resend-verification")]
pub(crate) async fn resend_verification(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    Body(body): Body<AddressBody>,
) -> Answer {
    hold(&request, state.throttle.verification_of(&body.email).await)?;
    uniform(state.application.resend_verification(&body.email, &client.0)).await?;
    respond::accepted(AcceptedStatus::VerificationSent)
}
