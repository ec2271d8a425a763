//! Access tokens: RS256 JWTs (RFC 9068) with the keys of a ring.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};
use voxgate_domain::Timestamp;

use crate::key_ring::{KeyRing, KeyRingError};

/// `alg` of every token: the only one that is written or accepted (RFC 8725, section 3.1).
pub(crate) const ALGORITHM: &str = "RS256";
/// `typ` of every token (RFC 9068, section 2.1).
pub(crate) const TYPE: &str = "at+jwt";
/// How far the clocks of two replicas may differ.
pub(crate) const SKEW: Duration = Duration::from_secs(5);
/// A longer token is not looked at; ours have less than 2 KiB.
pub(crate) const MAX_BYTES: usize = 8 * 1_024;

/// The header of a token: exactly what we write. Any other member (`jwk`, `jku`, `x5u`, `x5c`, `crit`, …) or a second
/// one of the same name is refused, since nothing of ours has it (RFC 8725, sections 3.9 and 3.10).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    pub(crate) alg: String,
    pub(crate) kid: String,
    pub(crate) typ: String,
}

/// The claims of a token, each of which stands there once; claims of a later version are ignored, so that replicas of two
/// versions can serve side by side. Those of a session are all there or none, and so are those of a service account.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    pub(crate) sub: String,
    pub(crate) jti: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) auth_time: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) roles: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) amr: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<String>,
}

/// Issues and verifies access tokens; the ring can be replaced while it serves.
#[derive(Debug)]
pub struct JwtTokens {
    dir: PathBuf,
    ring: RwLock<Arc<KeyRing>>,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) validation: Validation,
}

impl JwtTokens {
    /// Tokens of `issuer` for `audience`, signed by the keys in `dir`.
    ///
    /// # Errors
    ///
    /// A [`KeyRingError`] when the keys cannot be loaded.
    pub fn load(dir: PathBuf, issuer: String, audience: String, now: Timestamp) -> Result<Self, KeyRingError> {
        let ring = RwLock::new(Arc::new(KeyRing::load(&dir, now)?));
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[&issuer]);
        validation.set_audience(&[&audience]);
        validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        // Time comes in as a value; jsonwebtoken would ask the machine.
        validation.validate_exp = false;
        Ok(Self { dir, ring, issuer, audience, validation })
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
