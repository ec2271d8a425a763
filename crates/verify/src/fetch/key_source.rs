//! Where keys come from.

use async_trait::async_trait;

use super::{FetchError, Http};
use crate::KeySet;

/// Where the keys of a Voxgate come from: over HTTP, or in a test from wherever the test says.
#[async_trait]
pub trait KeySource: Send + Sync + 'static {
    /// The keys as they are now.
    ///
    /// # Errors
    ///
    /// A [`FetchError`] when they cannot be had now.
    async fn fetch(&self) -> Result<KeySet, FetchError>;
}

/// `GET /.well-known/jwks.json`.
#[derive(Debug)]
pub(crate) struct HttpKeys(pub(crate) Http);

#[async_trait]
impl KeySource for HttpKeys {
    async fn fetch(&self) -> Result<KeySet, FetchError> {
        Ok(KeySet::from_jwks(&self.0.get("/.well-known/jwks.json", &[], None).await?)?)
    }
}
