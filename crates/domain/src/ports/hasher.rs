//! Password hashing.

use std::time::Duration;

use async_trait::async_trait;

use super::Cause;
use crate::policy::NewPassword;
use crate::{Password, PasswordHash};

/// Hashes passwords so that guessing them is slow, on threads of its own.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password for storing.
    ///
    /// # Errors
    ///
    /// [`HasherError::Overloaded`] at once when too many wait already.
    async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, HasherError>;

    /// Compares `password` with `hash`. Without a hash the answer is [`Verification::Mismatch`] after the same work, so
    /// that time does not tell whether an account exists.
    ///
    /// # Errors
    ///
    /// [`HasherError::Overloaded`] at once when too many wait already; [`HasherError::Failed`] for a hash that is no
    /// PHC string of a known algorithm.
    async fn verify<'a>(
        &self,
        password: &'a Password,
        hash: Option<&'a PasswordHash>,
    ) -> Result<Verification, HasherError>;

    /// Hashes again a password that was just verified, whose stored hash has other parameters than today's.
    ///
    /// # Errors
    ///
    /// As [`PasswordHasher::hash`].
    async fn rehash(&self, password: &Password) -> Result<PasswordHash, HasherError>;
}

/// How a password compares with a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It is the password.
    Match {
        /// The hash was made with other parameters than today's and should be renewed.
        outdated: bool,
    },
    /// It is not the password.
    Mismatch,
}

/// Why a password was neither hashed nor compared.
#[derive(Debug, thiserror::Error)]
pub enum HasherError {
    /// Too many wait already.
    #[error("the hashing queue is full")]
    Overloaded {
        /// After how long it is worth trying again.
        retry_after: Duration,
    },
    /// It could not be done.
    #[error("hashing failed")]
    Failed(#[source] Cause),
}
