//! `POST /users/email`.

use actix_web::{HttpRequest, post, web};
use utoipa::ToSchema;
use voxgate_domain::EmailAddress;

use crate::extract::{Authenticated, Body, FromForm, InOrder, Rules};
use crate::form::Form;
use crate::limits::hold;
use crate::problem::{Kind, Problem};
use crate::respond::{self, Accepted, AcceptedStatus, Answer};
use crate::state::State;
use crate::uniform_time::uniform;

/// The address that shall take the place of the present one.
#[derive(ToSchema)]
#[schema(title = "NewAddress", as = NewAddress)]
pub(crate) struct NewAddressBody {
    /// The new address.
    #[schema(value_type = String, format = Email, max_length = 254, example = "lovelace@example.org")]
    new_email: EmailAddress,
}

impl FromForm for NewAddressBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let new_email = form.required("new_email", EmailAddress::parse);
        let (new_email,) = form.finish((new_email,))?;
        Ok(Self { new_email })
    }
}

/// Change one's address
///
/// Mails a link to the new address, which takes its place when the token comes to `/auth/verify-email`. The present
/// address is told.
#[utoipa::path(
    tag = "Users",
    request_body = NewAddressBody,
    responses((status = 202, description = "The mail is on its way", body = Accepted, example = json!({"status": "verification_sent"}))),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired])))
)]
#[post("/users/email")]
pub(crate) async fn change_email(
    state: web::Data<State>,
    request: HttpRequest,
    InOrder(caller, Body(body)): InOrder<Authenticated, Body<NewAddressBody>>,
) -> Answer {
    hold(&request, state.throttle.verification_of(&body.new_email).await)?;
    uniform(state.application.change_email(&caller.0, &body.new_email)).await?;
    respond::accepted(AcceptedStatus::VerificationSent)
}
