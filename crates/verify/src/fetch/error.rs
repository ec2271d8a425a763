//! Why something was not got from Voxgate.

use crate::InvalidKeySet;

/// Why something was not got from Voxgate. Each is worth trying again, later.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// No connection, or it broke.
    #[error("Voxgate cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No answer in time.
    #[error("Voxgate did not answer in time")]
    Late,
    /// Another status than 200.
    #[error("Voxgate answered {status}")]
    Status {
        /// Which.
        status: u16,
    },
    /// The answer is longer than any that Voxgate gives.
    #[error("the answer is too long")]
    TooLong,
    /// The answer is not of the form that Voxgate gives.
    #[error("the answer is not of the form that Voxgate gives")]
    Malformed,
    /// The answer is no set of keys.
    #[error("the answer is no set of keys")]
    Keys(#[from] InvalidKeySet),
}
