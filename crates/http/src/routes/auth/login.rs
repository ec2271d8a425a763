//! `POST /auth/login`.

use actix_web::{post, web};
use utoipa::ToSchema;
use voxgate_application::LogIn;
use voxgate_domain::{DeviceName, EmailAddress, Password};

use super::token_pair::{self, TokenPairBody};
use crate::cookies;
use crate::extract::{Body, Client, FromForm, Rules};
use crate::form::{Fault, Form};
use crate::problem::{Kind, Problem};
use crate::respond::Answer;
use crate::state::State;

/// What somebody logs in with.
#[derive(ToSchema)]
#[schema(title = "Login", as = Login)]
pub(crate) struct LoginBody {
    /// The address.
    #[schema(value_type = String, format = Email, max_length = 254, example = "ada@example.org")]
    email: EmailAddress,
    /// The password.
    #[schema(value_type = String, format = Password, max_length = 128, example = "violet-Otter7-harbour")]
    password: Password,
    /// What the person calls the device.
    #[schema(value_type = Option<String>, max_length = 100, example = "Ada's phone")]
    device_name: Option<DeviceName>,
    /// Where the refresh token goes.
    #[schema(value_type = Option<TokenDelivery>)]
    token_delivery: TokenDelivery,
}

/// Where the refresh token goes.
#[derive(Clone, Copy, Default, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum TokenDelivery {
    /// Into the body of the answer, which is the default.
    #[default]
    Body,
    /// Into a cookie that scripts cannot read.
    Cookie,
}

impl TokenDelivery {
    fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "body" => Ok(Self::Body),
            "cookie" => Ok(Self::Cookie),
            _ => Err(Fault::new("unknown", "must be body or cookie")),
        }
    }
}

impl FromForm for LoginBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let email = form.required("email", EmailAddress::parse);
        let password = form.required("password", Password::parse);
        let device_name = form.optional("device_name", DeviceName::parse);
        let delivery = form.optional("token_delivery", TokenDelivery::parse);
        let (email, password, device_name, delivery) = form.finish((email, password, device_name, delivery))?;
        Ok(Self { email, password, device_name, token_delivery: delivery.unwrap_or_default() })
    }
}

/// Log in
///
/// Begins a session. With `token_delivery` `cookie` the refresh token is left out of the body and set as
/// `__Host-voxgate_refresh` beside a readable `__Host-voxgate_csrf`.
#[utoipa::path(
    tag = "Authentication",
    request_body = LoginBody,
    responses((status = 200, description = "The session has begun", body = TokenPairBody)),
    security(()),
    extensions(("x-problems" = json!([
        Kind::InvalidCredentials,
        Kind::EmailNotVerified,
        Kind::AccountInactive,
        Kind::AccountLocked
    ])))
)]
#[post("/auth/login")]
pub(crate) async fn login(state: web::Data<State>, client: Client, Body(body): Body<LoginBody>) -> Answer {
    let LoginBody { email, password, device_name, token_delivery } = body;
    let pair = state.application.log_in(LogIn { email, password, device_name }, &client.0).await?;
    let in_cookie = token_delivery == TokenDelivery::Cookie;
    let cookies = in_cookie.then(|| cookies::issued(&pair, &*state.entropy));
    token_pair::answer(&pair, cookies)
}
