//! Problems: every failure, as the caller sees it (RFC 9457).
//!
//! A handler fails with a [`Problem`]; the outermost middleware alone renders it, since it knows the request id. What
//! the framework answers by itself goes the same way.

#[cfg(test)]
mod docs_tests;
mod from_application;
mod kind;
mod render;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use kind::Kind;
pub(crate) use render::{CONTENT_TYPE, ProblemBody};

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldError {
    /// The name of the field in the request; empty for the request as a whole.
    #[schema(value_type = String, example = "password")]
    pub(crate) field: Cow<'static, str>,
    /// The stable name of the fault.
    #[schema(value_type = String, example = "too_short")]
    pub(crate) code: &'static str,
    /// The fault in words.
    #[schema(value_type = String, example = "at least 12 characters")]
    pub(crate) message: Cow<'static, str>,
}

/// A failure of a request.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log alone.
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Problem {
    /// An occurrence of `kind`.
    pub(crate) fn new(kind: Kind) -> Self {
        let challenge = (kind.status() == StatusCode::UNAUTHORIZED)
            .then_some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        Self { kind, detail: None, errors: Vec::new(), headers: challenge.into_iter().collect(), cause: None }
    }

    /// The request has these faults.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.len() {
            1 => Cow::Borrowed("1 field is invalid"),
            count => Cow::Owned(format!("{count} fields are invalid")),
        };
        Self { detail: Some(detail), errors, ..Self::new(Kind::ValidationFailed) }
    }

    /// The service did not do what it must.
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { cause: Some(cause.into()), ..Self::new(Kind::InternalError) }
    }

    /// The same, said more precisely.
    pub(crate) fn detail(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// The token request has these faults (RFC 6749, section 5.2).
    pub(crate) fn invalid_request(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(Kind::InvalidRequest) }
    }

    /// The same, with another challenge (RFC 9110, section 11.6.1).
    pub(crate) fn challenge(self, challenge: HeaderValue) -> Self {
        self.with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// The same; it is worth trying again after `wait`, rounded up to whole seconds.
    pub(crate) fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The same; these methods are the ones allowed.
    pub(crate) fn allow(self, methods: HeaderValue) -> Self {
        self.with_header(header::ALLOW, methods)
    }

    fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.retain(|(present, _)| *present != name);
        self.headers.push((name, value));
        self
    }

    /// What kind it is of.
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Writes what led to it into the log; what a caller did wrong by themselves is not logged.
    pub(crate) fn log(&self) {
        let cause = self.cause.as_deref().map(chain).unwrap_or_default();
        match self.kind {
            Kind::InternalError => tracing::error!(cause, "request failed"),
            Kind::Unavailable => tracing::warn!(cause, "request refused"),
            _ => {}
        }
    }
}

/// An error and what caused it, outermost first.
fn chain(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.code())
    }
}

/// Status and headers; the body comes from the outermost middleware.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.kind.status());
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_in_whole_seconds_rounded_up() {
        for (millis, expected) in [(1, "1"), (1_000, "1"), (1_001, "2"), (899_999, "900"), (0, "1")] {
            let problem = Problem::new(Kind::AccountLocked).retry_after(Duration::from_millis(millis));
            let response = problem.error_response();
            assert_eq!(response.headers().get(header::RETRY_AFTER).unwrap(), expected);
        }
    }

    #[test]
    fn every_401_has_a_challenge() {
        for kind in Kind::ALL {
            let response = Problem::new(*kind).error_response();
            let challenged = response.headers().contains_key(header::WWW_AUTHENTICATE);
            assert_eq!(challenged, response.status() == StatusCode::UNAUTHORIZED, "{kind:?}");
        }
    }

    #[test]
    fn the_log_has_the_whole_chain() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] std::io::Error);
        assert_eq!(chain(&Outer(std::io::Error::other("inner"))), "outer: inner");
    }
}
