//! `POST /auth/logout`.

use actix_web::dev::Payload;
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, post, web};

use crate::cookies::{self, RefreshCookie};
use crate::extract::{Authenticated, Client, bears_token};
use crate::problem::{Kind, Problem};
use crate::respond::Answer;
use crate::state::State;

/// Log out
///
/// Ends the session of the access token; or, where none is sent, that of the refresh token in the cookie, which needs
/// `X-CSRF-Token` too. Both cookies are taken away.
#[utoipa::path(
    tag = "Authentication",
    params(("X-CSRF-Token" = Option<String>, Header, description = "The value of `__Host-voxgate_csrf`, when no access token is sent")),
    responses((status = 204, description = "The session is over")),
    security(("bearerAuth" = []), ("refreshCookie" = [])),
    extensions(("x-problems" = json!([Kind::InvalidRefreshToken, Kind::CsrfFailed])))
)]
#[post("/auth/logout")]
pub(crate) async fn logout(state: web::Data<State>, request: HttpRequest, client: Client) -> Answer {
    let cookie = if bears_token(&request) { None } else { RefreshCookie::of(&request, &state.settings)? };
    match cookie {
        Some(cookie) => {
            let token = cookie.token.ok_or_else(|| Problem::new(Kind::InvalidRefreshToken))?;
            state.application.log_out_by_refresh_token(&token, &client.0).await?;
        }
        None => {
            let caller = Authenticated::from_request(&request, &mut Payload::None).await?;
            state.application.log_out(&caller.0).await?;
        }
    }
    let mut response = HttpResponse::NoContent();
    for cookie in cookies::cleared() {
        response.cookie(cookie);
    }
    Ok(response.finish())
}
