//! Why a request is not let through, and what its sender is told.

use std::sync::Arc;
use std::time::Duration;

use crate::Refusal;
use crate::fetch::FetchError;
use crate::keys::KeysError;

/// Why a request is not let through. What it is on the wire is [`Denial::problem`]; the causes are for the log.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Denial {
    /// It bears no token: 401.
    #[error("there is no bearer token")]
    NoToken,
    /// Its token is not valid: 401.
    #[error(transparent)]
    Invalid(#[from] Refusal),
    /// Its sender may not do this: 403.
    #[error("the caller may not do this")]
    Forbidden,
    /// Whether its token is valid cannot be told now: 503.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The service was put together without a [`Gate`](crate::Gate): 500.
    #[error("the service has no Gate: give it one as application data")]
    NoGate,
}

impl From<KeysError> for Denial {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Invalid(refusal) => Self::Invalid(refusal),
            KeysError::Unavailable(unavailable) => Self::Unavailable(unavailable),
        }
    }
}

/// Whether a token is valid cannot be told now.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{what}")]
pub struct Unavailable {
    what: &'static str,
    /// After how long it is worth asking again.
    pub retry_after: Duration,
    #[source]
    cause: Option<Arc<FetchError>>,
}

impl Unavailable {
    pub(crate) const fn new(what: &'static str, retry_after: Duration, cause: Option<Arc<FetchError>>) -> Self {
        Self { what, retry_after, cause }
    }
}

/// A denial as `application/problem+json` (RFC 9457), of the kinds and words of Voxgate itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The status of the answer.
    pub status: u16,
    /// The stable, machine-readable name.
    pub code: &'static str,
    /// What it is.
    pub title: &'static str,
    /// What can be done.
    pub detail: &'static str,
    /// `WWW-Authenticate`, where there is one (RFC 6750, section 3).
    pub challenge: Option<&'static str>,
    /// `Retry-After`, in seconds, where there is one (RFC 9110, section 10.2.3).
    pub retry_after: Option<u64>,
}

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

impl Denial {
    /// What the sender is told: nothing of why a token is not valid.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (status, code, title, detail) = match self {
            Self::NoToken => (
                401,
                "unauthenticated",
                "Authentication is needed",
                "Send a valid access token as Authorization: Bearer",
            ),
            Self::Invalid(_) => (
                401,
                "unauthenticated",
                "Authentication is needed",
                "The access token is not valid, or its session is over",
            ),
            Self::Forbidden => (403, "forbidden", "This is not allowed", "The caller may not do this"),
            Self::Unavailable(_) => {
                (503, "unavailable", "The service is not available just now", "Try again as Retry-After says")
            }
            Self::NoGate => (500, "internal_error", "The service failed", "The fault was logged"),
        };
        let challenge = match self {
            Self::NoToken => Some("Bearer"),
            Self::Invalid(_) => Some(r#"Bearer error="invalid_token""#),
            Self::Forbidden => Some(r#"Bearer error="insufficient_scope""#),
            Self::Unavailable(_) | Self::NoGate => None,
        };
        let retry_after = match self {
            Self::Unavailable(unavailable) => Some(unavailable.retry_after.as_secs().max(1)),
            _ => None,
        };
        Problem { status, code, title, detail, challenge, retry_after }
    }

    /// Writes to the log what a sender is not told.
    #[cfg(any(feature = "actix", feature = "axum"))]
    pub(crate) fn log(&self) {
        match self {
            Self::NoToken | Self::Invalid(_) | Self::Forbidden => tracing::debug!(why = %self, "a request is refused"),
            Self::Unavailable(_) => tracing::warn!(error = self as &dyn std::error::Error, "tokens cannot be checked"),
            Self::NoGate => tracing::error!(error = self as &dyn std::error::Error, "tokens cannot be checked"),
        }
    }
}

impl Problem {
    /// The body.
    #[must_use]
    pub fn body(&self) -> String {
        serde_json::json!({
            "type": format!("urn:voxgate:problem:{}", self.code),
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        })
        .to_string()
    }
}
