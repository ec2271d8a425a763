//! The rules by which an access token is accepted: RFC 8725 and RFC 9068, section 4.

use std::time::Duration;

use voxgate_domain::Timestamp;
use voxgate_domain::ports::TokenClaims;

use crate::jws::{Header, Parts, decode};
use crate::token::believed;
use crate::wire_claims::WireClaims;
use crate::{KeySet, Refusal, VerifyingKey};

/// How far two clocks may differ (RFC 7519, section 4.1.4: "a few minutes" at most; here much less).
pub const SKEW: Duration = Duration::from_secs(5);

/// Checks access tokens of one issuer for one audience: offline, without a clock of its own, without side effects.
///
/// ```
/// use voxgate_verify::{KeySet, Refusal, Verifier};
/// # use voxgate_domain::Timestamp;
/// # let jwks = include_bytes!("../tests/data/jwks.json");
/// let verifier = Verifier::new("https://auth.example.org", "recordings");
/// let keys = KeySet::from_jwks(jwks)?;
/// let now = Timestamp::from_unix_micros(1_790_000_000_000_000).unwrap();
/// assert_eq!(verifier.verify("eyJhbGciOiJub25lIn0.e30.", &keys, now), Err(Refusal::Malformed));
/// # Ok::<(), voxgate_verify::InvalidKeySet>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    issuer: String,
    audience: String,
}

impl Verifier {
    /// Tokens of `issuer` (`iss`) for `audience` (`aud`), each exactly as in the tokens.
    #[must_use]
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), audience: audience.into() }
    }

    /// `iss` of the tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `aud` of the tokens.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// What `token` says, when it was signed by one of `keys` and holds at `now`.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] that says why it is not accepted.
    pub fn verify(&self, token: &str, keys: &KeySet, now: Timestamp) -> Result<TokenClaims, Refusal> {
        self.verify_with(token, now, |key_id| keys.find(key_id))
    }

    /// The same with keys that are kept in some other way: `find` gives the key of a name, if there is one.
    ///
    /// # Errors
    ///
    /// A [`Refusal`] that says why it is not accepted.
    pub fn verify_with<'k>(
        &self,
        token: &str,
        now: Timestamp,
        find: impl FnOnce(&str) -> Option<&'k VerifyingKey>,
    ) -> Result<TokenClaims, Refusal> {
        let parts = Parts::of(token)?;
        let header = decode(parts.header)?;
        let header = Header::parse(&header)?;
        let key = find(&header.kid).ok_or(Refusal::UnknownKey)?;
        if !key.verifies(parts.signed.as_bytes(), &decode(parts.signature)?) {
            return Err(Refusal::Signature);
        }
        // Signed by Voxgate from here on; what is wrong now was not made by a stranger.
        let claims = decode(parts.claims)?;
        let claims = WireClaims::parse(&claims)?;
        believed(claims, self, now)
    }
}
