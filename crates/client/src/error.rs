//! Why a call came to nothing.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::types::Problem;

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The service refused, and says why (RFC 9457).
    #[error("{problem}")]
    Problem {
        /// What it said.
        problem: Box<Problem>,
        /// When to try again (RFC 9110, section 10.2.3).
        retry_after: Option<Duration>,
    },
    /// The access token does not count any more, and there was no other: the session is over, or could not be renewed now.
    #[error("the session was not renewed: {0}")]
    NotRenewed(#[source] Arc<Self>),
    /// No answer came. Whether the service did what was asked is not known.
    #[error("no answer came")]
    Transport(#[source] reqwest::Error),
    /// Something answered, but not Voxgate by its contract: a proxy, or another version.
    #[error("the answer with status {status} is not one of Voxgate")]
    Unexpected {
        /// The status.
        status: u16,
        /// What is wrong with its body.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// The answer is larger than this client reads.
    #[error("the answer has more than {limit} bytes")]
    TooLarge {
        /// The most that it reads, in bytes.
        limit: usize,
    },
    /// The address of the service, or a value for a query or a header, cannot be sent.
    #[error("the request cannot be written: {0}")]
    Request(String),
    /// The runtime stopped meanwhile.
    #[error("the runtime stopped")]
    Stopped,
}

impl Error {
    /// What the service said, when it refused.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem { problem, .. } => Some(problem),
            Self::NotRenewed(error) => error.problem(),
            _ => None,
        }
    }

    /// Whether the service refused with this code (`docs/errors.md` lists them).
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.problem().is_some_and(|problem| problem.code == code)
    }

    /// When to try again, where the service said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Problem { retry_after, .. } => *retry_after,
            Self::NotRenewed(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.title, self.code, self.detail)?;
        for error in &self.errors {
            write!(f, "; {}: {}", error.field, error.message)?;
        }
        write!(f, " [request {}]", self.request_id)
    }
}
