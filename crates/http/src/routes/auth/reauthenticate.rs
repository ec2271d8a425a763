//! `POST /auth/reauthenticate`.

use actix_web::{post, web};
use utoipa::ToSchema;
use voxgate_domain::{OneTimeCode, Password};

use crate::extract::{Authenticated, Body, FromForm, InOrder, Rules};
use crate::form::Form;
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// The proof that it is still the owner of the session who calls.
#[derive(ToSchema)]
#[schema(title = "Reauthentication", as = Reauthentication)]
pub(crate) struct ReauthenticationBody {
    /// The password.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 128, example = "violet-Otter7-harbour")]
    password: Password,
    /// The code of the second factor, where the caller has one.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{6}$", example = "492039")]
    code: Option<OneTimeCode>,
}

impl FromForm for ReauthenticationBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let password = form.required("password", Password::parse);
        let code = form.optional("code", OneTimeCode::parse);
        let (password, code) = form.finish((password, code))?;
        Ok(Self { password, code })
    }
}

/// Prove again who one is
///
/// Renews the `auth_time` of this session, which sensitive calls want to be at most 10 minutes old. Where the caller has a
/// second factor, its code is needed too.
#[utoipa::path(
    tag = "Authentication",
    request_body = ReauthenticationBody,
    responses((status = 204, description = "The session is freshly authenticated")),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::InvalidCredentials, Kind::InvalidMfaCode, Kind::AccountLocked])))
)]
#[post("/auth/reauthenticate")]
pub(crate) async fn reauthenticate(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Authenticated, Body<ReauthenticationBody>>,
) -> Answer {
    state.application.reauthenticate(&caller.0, &body.password, body.code).await?;
    respond::no_content()
}
