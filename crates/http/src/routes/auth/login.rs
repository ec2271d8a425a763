//! `POST /auth/login`.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_application::{LogIn, LoggedIn, PendingLogIn};
use voxgate_domain::{DeviceName, EmailAddress, Password, TokenDelivery as Delivery};

use super::token_pair::{self, TokenPairBody};
use crate::device_cookie::DeviceToken;
use crate::extract::{Body, Client, FromForm, InOrder, LogIns, Rules, Within};
use crate::form::{Fault, Form};
use crate::limits::hold;
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
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 128, example = "violet-Otter7-harbour")]
    password: Password,
    /// What the person calls the device.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Ada's phone")]
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

impl From<TokenDelivery> for Delivery {
    fn from(delivery: TokenDelivery) -> Self {
        match delivery {
            TokenDelivery::Body => Self::Body,
            TokenDelivery::Cookie => Self::Cookie,
        }
    }
}

/// What a right password comes to.
#[derive(ToSchema)]
#[schema(title = "LoginAnswer", as = LoginAnswer)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes the answer, which is written by the routes")]
pub(crate) enum LoginAnswerBody<'a> {
    /// The session has begun.
    Session(TokenPairBody<'a>),
    /// A code is owed.
    Challenge(MfaChallengeBody<'a>),
}

/// A login that owes a code of the second factor. It does not print: whoever holds its token may try codes.
#[derive(Serialize, ToSchema)]
#[schema(title = "MfaChallenge", as = MfaChallenge)]
pub(crate) struct MfaChallengeBody<'a> {
    /// Always true; a token pair has no such field.
    #[schema(example = true)]
    mfa_required: bool,
    /// What comes with the code to `/auth/mfa/verify`.
    #[schema(value_type = String, example = "uFqzv7rZkD3m1b9Jx0tLw2eYh5cNsAaQpR8iVgTfOjM")]
    mfa_token: &'a str,
    /// What can be sent there.
    #[schema(value_type = Vec<String>, example = json!(["totp", "recovery_code"]))]
    methods: [&'static str; 2],
    /// How long the code may take, in seconds.
    #[schema(example = 300)]
    expires_in: u64,
}

impl<'a> MfaChallengeBody<'a> {
    fn of(pending: &'a PendingLogIn) -> Self {
        Self {
            mfa_required: true,
            mfa_token: pending.mfa_token.expose(),
            methods: ["totp", "recovery_code"],
            expires_in: pending.expires_in.as_secs(),
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
/// Begins a session, or asks for the second factor where the user has one. With `token_delivery` `cookie` the refresh token is left out of the body and set as
/// `__Host-voxgate_refresh` beside a readable `__Host-voxgate_csrf`.
///
/// On a device that is not known yet the answer also sets `__Host-voxgate_device`. A client that keeps it is known at its
/// next login: its owner gets no mail about a new device then, and nobody else's failures lock them out there.
#[utoipa::path(
    tag = "Authentication",
    request_body = LoginBody,
    responses((status = 200, description = "The session has begun, or a code is owed", body = LoginAnswerBody)),
    security(()),
    extensions(("x-problems" = json!([
        Kind::InvalidCredentials,
        Kind::EmailNotVerified,
        Kind::AccountInactive,
        Kind::AccountLocked
    ])))
)]
#[post("/auth/login")]
pub(crate) async fn login(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    DeviceToken(device_token): DeviceToken,
    InOrder(_within, Body(body)): InOrder<Within<LogIns>, Body<LoginBody>>,
) -> Answer {
    let LoginBody { email, password, device_name, token_delivery } = body;
    hold(&request, state.throttle.log_in_to(&email, client.0.ip_address).await)?;
    let delivery = Delivery::from(token_delivery);
    let input = LogIn { email, password, device_name, delivery, device_token };
    let outcome = match state.refuse_when_full() {
        Ok(()) => state.application.log_in(input, &client.0).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    let code_owed = outcome.as_ref().map(|logged_in| matches!(logged_in, LoggedIn::MfaRequired(_)));
    state.note_login(code_owed, client.0.ip_address);
    match outcome? {
        LoggedIn::Session(pair) => token_pair::begun(&pair, delivery, &*state.entropy),
        LoggedIn::MfaRequired(pending) => Ok(HttpResponse::Ok().json(MfaChallengeBody::of(&pending))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;
    use voxgate_domain::SecretToken;

    #[test]
    fn a_challenge_is_answered_as_the_contract_says() {
        let mfa_token = SecretToken::presented("challenge").unwrap();
        let pending = PendingLogIn { mfa_token, expires_in: Duration::from_secs(300) };
        let expected = json!({
            "mfa_required": true,
            "mfa_token": "challenge",
            "methods": ["totp", "recovery_code"],
            "expires_in": 300,
        });
        assert_eq!(serde_json::to_value(MfaChallengeBody::of(&pending)).unwrap(), expected);
    }
}
