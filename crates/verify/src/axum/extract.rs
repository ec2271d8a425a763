//! The extractors, and a denial as an answer.

use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::denial::PROBLEM_JSON;
use crate::{Caller, Denial, Gate, Require, Requirement};

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Gate: FromRef<S>,
{
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Denial> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let caller = identify(&Gate::from_ref(state), &parts.headers).await?;
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

impl<S, R> FromRequestParts<S> for Require<R>
where
    S: Send + Sync,
    Gate: FromRef<S>,
    R: Requirement,
{
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Denial> {
        Self::of(Caller::from_request_parts(parts, state).await?)
    }
}

/// Who sent a request with these headers.
pub(super) async fn identify(gate: &Gate, headers: &HeaderMap) -> Result<Caller, Denial> {
    gate.admit(headers.get_all(AUTHORIZATION).iter().map(HeaderValue::as_bytes)).await
}

impl IntoResponse for Denial {
    fn into_response(self) -> Response {
        self.log();
        let problem = self.problem();
        let mut response = Response::new(Body::from(problem.body()));
        *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = problem.challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = problem.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
