//! Who is logged in, by their access token.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use voxgate_application::{Actor, Caller};
use voxgate_domain::{SessionId, UserId};

use super::client::context;
use crate::access::{Access, hold_to_declared};
use crate::limits::hold;
use crate::problem::{Kind, Problem};
use crate::state::state;

/// Somebody who sent a valid access token in the `Authorization` header. A token anywhere else is not looked at: one in
/// the query would end in logs (RFC 9700, section 4.3.2).
pub(crate) struct Authenticated(pub(crate) Caller);

impl FromRequest for Authenticated {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            hold_to_declared(&request, Access::Authenticated)?;
            identify(&request).await.map(Self)
        })
    }
}

/// Who a request turned out to come from, for its line in the log. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identified(Arc<OnceLock<(UserId, SessionId)>>);

impl Identified {
    fn is(&self, user: UserId, session: SessionId) {
        // The first stays: a request has one caller.
        let _ = self.0.set((user, session));
    }

    /// The user and the session, once they are known.
    pub(crate) fn get(&self) -> Option<(UserId, SessionId)> {
        self.0.get().copied()
    }
}

/// Whoever sent a valid access token.
///
/// # Errors
///
/// `unauthenticated` when nobody did; `rate_limited` when they call too often.
pub(super) async fn identify(request: &HttpRequest) -> Result<Caller, Problem> {
    let token = bearer_token(request.headers())?;
    let client = context(request)?;
    let state = state(request)?;
    let principal = state.application.authenticate(token).await?;
    if let Some(identified) = request.extensions().get::<Identified>() {
        identified.is(principal.user.id, principal.session.id);
    }
    hold(request, state.throttle.request_of(principal.user.id).await)?;
    Ok(Caller::new(principal, client))
}

/// Whoever sent a valid access token, a person or a machine.
///
/// # Errors
///
/// As [`identify`].
pub(super) async fn identify_actor(request: &HttpRequest) -> Result<Actor, Problem> {
    let token = bearer_token(request.headers())?;
    let client = context(request)?;
    let state = state(request)?;
    let actor = state.application.authenticate_actor(token, client).await?;
    let standing = match &actor {
        Actor::Person(caller) => {
            if let Some(identified) = request.extensions().get::<Identified>() {
                identified.is(caller.user_id(), caller.session_id());
            }
            state.throttle.request_of(caller.user_id()).await
        }
        Actor::Service(service) => state.throttle.request_of_service(service.account).await,
    };
    hold(request, standing)?;
    Ok(actor)
}

/// Whether the request has an `Authorization` header, good or not.
pub(crate) fn bears_token(request: &HttpRequest) -> bool {
    request.headers().contains_key(header::AUTHORIZATION)
}

/// The access token (RFC 6750, section 2.1; the scheme in any case, RFC 9110, section 11.1).
///
/// # Errors
///
/// `unauthenticated` when there is none, or more than one.
pub(super) fn bearer_token(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let value = values.next().ok_or_else(|| Problem::new(Kind::Unauthenticated))?;
    match (token_of(value), values.next()) {
        (Some(token), None) => Ok(token),
        _ => Err(Problem::invalid_access_token()),
    }
}

fn token_of(value: &HeaderValue) -> Option<&str> {
    /// No access token of ours is longer; what is longer need not be looked at.
    const MAX_BYTES: usize = 8_192;
    let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
    let token = rest.trim_matches(' ');
    let fits = (1..=MAX_BYTES).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("bearer") && fits).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Bearer abc.def", Some("abc.def"))]
    #[case("bearer abc.def", Some("abc.def"))]
    #[case("BEARER  abc.def ", Some("abc.def"))]
    #[case("Bearer", None)]
    #[case("Bearer ", None)]
    #[case("Bearer two tokens", None)]
    #[case("Basic YTpi", None)]
    #[case("abc.def", None)]
    #[case("", None)]
    fn the_scheme_is_bearer_and_there_is_one_token(#[case] value: &str, #[case] token: Option<&str>) {
        assert_eq!(token_of(&HeaderValue::from_str(value).unwrap()), token);
    }

    #[test]
    fn a_huge_token_and_two_headers_are_refused() {
        let huge = format!("Bearer {}", "x".repeat(8_193));
        assert_eq!(token_of(&HeaderValue::from_str(&huge).unwrap()), None);

        let mut headers = HeaderMap::new();
        headers.append(header::AUTHORIZATION, HeaderValue::from_static("Bearer one"));
        headers.append(header::AUTHORIZATION, HeaderValue::from_static("Bearer two"));
        assert!(bearer_token(&headers).is_err());
    }
}
