//! `POST /auth/refresh`.

use actix_web::{HttpRequest, post, web};
use utoipa::ToSchema;
use voxgate_domain::SecretToken;

use super::secrets::presented;
use super::token_pair::{self, TokenPairBody};
use crate::cookies::RefreshCookie;
use crate::extract::{Body, Client, FromForm, Rules};
use crate::form::{Fault, Form};
use crate::problem::{Kind, Problem};
use crate::respond::Answer;
use crate::state::State;

/// The refresh token, unless it is in the cookie.
#[derive(ToSchema)]
#[schema(title = "Refresh", as = Refresh)]
pub(crate) struct RefreshBody {
    /// The refresh token; counts before the one in the cookie.
    #[schema(value_type = Option<String>, example = "uFqzv7rZkD3m1b9Jx0tLw2eYh5cNsAaQpR8iVgTfOjM")]
    refresh_token: Presented,
}

/// What the body has for a refresh token: none, or what was presented as one.
type Presented = Option<Option<SecretToken>>;

impl FromForm for RefreshBody {
    const MAY_BE_EMPTY: bool = true;

    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let token = form.optional("refresh_token", presented);
        let (refresh_token,) = form.finish((token,))?;
        Ok(Self { refresh_token })
    }
}

/// Refresh a session
///
/// Gives a new pair for the refresh token in the body, or else in the cookie, which needs `X-CSRF-Token` too. The token
/// is spent; coming back after a short leeway it ends the session.
#[utoipa::path(
    tag = "Authentication",
    request_body(content = Option<RefreshBody>, description = "None when the refresh token is in the cookie"),
    params(("X-CSRF-Token" = Option<String>, Header, description = "The value of `__Host-voxgate_csrf`, when the refresh token is in the cookie")),
    responses((status = 200, description = "The session goes on with this pair", body = TokenPairBody)),
    security((), ("refreshCookie" = [])),
    extensions(("x-problems" = json!([Kind::InvalidRefreshToken, Kind::RefreshTokenReused, Kind::CsrfFailed])))
)]
#[post("/auth/refresh")]
pub(crate) async fn refresh(
    state: web::Data<State>,
    request: HttpRequest,
    client: Client,
    Body(body): Body<RefreshBody>,
) -> Answer {
    let (token, cookie) = match body.refresh_token {
        Some(presented) => (presented, None),
        None => match RefreshCookie::of(&request, &state.settings)? {
            Some(cookie) => (cookie.token.clone(), Some(cookie)),
            None => return Err(missing()),
        },
    };
    let token = token.ok_or_else(|| Problem::new(Kind::InvalidRefreshToken))?;
    let pair = state.application.refresh(&token, &client.0).await?;
    let cookies = cookie.map(|cookie| cookie.renewed(&pair));
    token_pair::answer(&pair, cookies)
}

/// Neither the body nor a cookie has a token.
fn missing() -> Problem {
    Form::refusal("refresh_token", Fault::REQUIRED)
}
