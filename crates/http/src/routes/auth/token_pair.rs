//! A pair of tokens, as it is answered.

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_application::TokenPair;
use voxgate_domain::ports::Entropy;
use voxgate_domain::{SessionId, TokenDelivery};

use crate::respond::Answer;
use crate::{cookies, device_cookie};

/// An access token, and the refresh token that follows it. It does not print: whoever holds it is believed.
#[derive(Serialize, ToSchema)]
#[schema(title = "TokenPair", as = TokenPair)]
pub(crate) struct TokenPairBody<'a> {
    /// The access token: an RS256 JWT (RFC 9068).
    #[schema(value_type = String, example = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjIwMjYifQ.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl")]
    access_token: &'a str,
    /// How the access token is sent.
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// The life of the access token, in seconds.
    #[schema(example = 900)]
    expires_in: u64,
    /// The refresh token; left out where it is delivered in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, example = "uFqzv7rZkD3m1b9Jx0tLw2eYh5cNsAaQpR8iVgTfOjM")]
    refresh_token: Option<&'a str>,
    /// How long the session can still be refreshed, in seconds.
    #[schema(example = 604_800)]
    refresh_expires_in: u64,
    /// The session of both.
    #[schema(value_type = uuid::Uuid)]
    session_id: SessionId,
}

/// Answers the pair of a new session, with the refresh token where the login wished it.
pub(super) fn begun(pair: &TokenPair, delivery: TokenDelivery, entropy: &dyn Entropy) -> Answer {
    let cookies = (delivery == TokenDelivery::Cookie).then(|| cookies::issued(pair, entropy));
    answer(pair, cookies)
}

/// Answers the pair: the refresh token in the body, or in `cookies` when there are some.
pub(super) fn answer(pair: &TokenPair, cookies: Option<[Cookie<'static>; 2]>) -> Answer {
    let body = TokenPairBody {
        access_token: pair.access_token.0.expose_secret(),
        token_type: "Bearer",
        expires_in: pair.expires_in.as_secs(),
        refresh_token: cookies.is_none().then(|| pair.refresh_token.expose()),
        refresh_expires_in: pair.refresh_expires_in.as_secs(),
        session_id: pair.session_id,
    };
    let mut response = HttpResponse::Ok();
    for cookie in cookies.into_iter().flatten() {
        response.cookie(cookie);
    }
    if let Some(token) = &pair.device_token {
        response.cookie(device_cookie::issued(token));
    }
    Ok(response.json(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::MessageBody as _;
    use actix_web::http::header;
    use serde_json::{Value, json};
    use std::time::Duration;
    use voxgate_domain::SecretToken;
    use voxgate_domain::ports::{MockEntropy, SignedToken};

    fn pair() -> TokenPair {
        TokenPair {
            access_token: SignedToken("access.token".into()),
            expires_in: Duration::from_secs(900),
            refresh_token: SecretToken::presented("refresh-token").unwrap(),
            refresh_expires_in: Duration::from_secs(604_800),
            session_id: SessionId::from(uuid::Uuid::nil()),
            device_token: None,
        }
    }

    fn read(cookies: Option<[Cookie<'static>; 2]>) -> (Value, Vec<String>) {
        let response = answer(&pair(), cookies).unwrap();
        let set = response.headers().get_all(header::SET_COOKIE);
        let set = set.map(|value| value.to_str().unwrap().to_owned()).collect();
        let body = response.into_body().try_into_bytes().unwrap();
        (serde_json::from_slice(&body).unwrap(), set)
    }

    #[test]
    fn a_pair_is_answered_as_the_contract_says() {
        let expected = json!({
            "access_token": "access.token",
            "token_type": "Bearer",
            "expires_in": 900,
            "refresh_token": "refresh-token",
            "refresh_expires_in": 604_800,
            "session_id": "00000000-0000-0000-0000-000000000000",
        });
        assert_eq!(read(None), (expected, Vec::new()));
    }

    #[test]
    fn delivered_in_a_cookie_the_refresh_token_is_out_of_reach_for_scripts() {
        let mut entropy = MockEntropy::new();
        entropy.expect_fill().returning(|bytes| bytes.fill(0));
        let (body, set) = read(Some(cookies::issued(&pair(), &entropy)));
        assert_eq!(body.get("refresh_token"), None);
        let attributes = "SameSite=Strict; Secure; Path=/; Max-Age=604800";
        assert_eq!(
            set,
            [
                format!("__Host-voxgate_refresh=refresh-token; HttpOnly; {attributes}"),
                format!("__Host-voxgate_csrf={}; {attributes}", "A".repeat(43)),
            ]
        );
    }
}
