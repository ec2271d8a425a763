//! What seals are made and checked with.

use super::Cause;
use crate::audit::Hash;

/// Hashes by SHA-256 (FIPS 180-4).
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Digest: Send + Sync {
    /// The hash of `parts` one after the other.
    #[expect(clippy::needless_lifetimes, reason = "mockall cannot mock it without the name")]
    fn sha256<'a>(&self, parts: &[&'a [u8]]) -> Hash;
}

/// Signs seals, with keys that the database does not have.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SealSigner: Send + Sync {
    /// The id of the key that signs now.
    ///
    /// # Errors
    ///
    /// [`SealError::NoKey`] when there is none.
    fn key_id(&self) -> Result<String, SealError>;

    /// Signs `bytes` with the key of that id.
    ///
    /// # Errors
    ///
    /// A [`SealError`] when it cannot be done.
    fn sign(&self, key_id: &str, bytes: &[u8]) -> Result<Vec<u8>, SealError>;
}

/// Checks the signatures of seals, also of keys that have long been retired.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SealVerifier: Send + Sync {
    /// Whether the key of that id signed `bytes`, and is one of ours.
    fn verify(&self, key_id: &str, bytes: &[u8], signature: &[u8]) -> bool;
}

/// Remembers the newest seal outside of the database, so that cutting off the end of the trail together with its seals
/// shows.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SealAnchor: Send + Sync {
    /// The newest seal that is remembered.
    ///
    /// # Errors
    ///
    /// A [`SealError`] when it cannot be read.
    fn newest(&self) -> Result<Option<(u64, Hash)>, SealError>;

    /// Remembers a seal, unless a newer one is.
    ///
    /// # Errors
    ///
    /// A [`SealError`] when it cannot be written.
    fn remember(&self, number: u64, hash: Hash) -> Result<(), SealError>;
}

/// Why a seal was neither signed nor remembered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// There is no key to sign with.
    #[error("there is no key to sign seals with")]
    NoKey,
    /// It could not be done.
    #[error("the seal failed")]
    Failed(#[source] Cause),
}
