//! Access tokens: RS256 JWTs (RFC 9068) with the keys of a ring.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::available_parallelism;

use serde::Serialize;
use tokio::sync::Semaphore;
use voxgate_domain::Timestamp;
use voxgate_verify::Verifier;

use crate::key_ring::{KeyRing, KeyRingError};

/// The header of a token, as it is written. How it is read is said once, in `voxgate-verify`.
#[derive(Serialize)]
pub(crate) struct Header {
    pub(crate) alg: String,
    pub(crate) kid: String,
    pub(crate) typ: String,
}

/// The claims of a token, as they are written: those of a session or those of a service account.
#[derive(Serialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    pub(crate) sub: String,
    pub(crate) jti: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) roles: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) amr: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
}

/// Issues and verifies access tokens; the ring can be replaced while it serves.
#[derive(Debug)]
pub struct JwtTokens {
    dir: PathBuf,
    ring: RwLock<Arc<KeyRing>>,
    pub(crate) verifier: Verifier,
    /// As many signatures are made at once as there are cores.
    pub(crate) signing: Arc<Semaphore>,
}

impl JwtTokens {
    /// Tokens of `issuer` for `audience`, signed by the keys in `dir`.
    ///
    /// # Errors
    ///
    /// A [`KeyRingError`] when the keys cannot be loaded.
    pub fn load(dir: PathBuf, issuer: String, audience: String, now: Timestamp) -> Result<Self, KeyRingError> {
        let ring = RwLock::new(Arc::new(KeyRing::load(&dir, now)?));
        let signing = Arc::new(Semaphore::new(available_parallelism().map_or(1, NonZero::get)));
        Ok(Self { dir, ring, verifier: Verifier::new(issuer, audience), signing })
    }

    /// Reads the keys again. Tokens that are checked meanwhile see the ring of before or of after.
    ///
    /// # Errors
    ///
    /// A [`KeyRingError`] when the keys cannot be loaded; those of before stay in use.
    pub fn reload(&self, now: Timestamp) -> Result<(), KeyRingError> {
        let ring = Arc::new(KeyRing::load(&self.dir, now)?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    /// The ring in use.
    #[must_use]
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}
