//! The public keys of a Voxgate, each parsed once.

use std::collections::HashMap;
use std::fmt;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::verified_signatures::VerifiedSignatures;

/// The sizes of modulus that are accepted, in bytes: 2048 bits or larger (RFC 7518, section 3.3), and not larger than
/// aws-lc-rs checks.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;
/// More keys than any rotation needs.
const MAX_KEYS: usize = 32;
/// A longer name of a key is not looked at; ours have 43 characters.
const MAX_KEY_ID_BYTES: usize = 128;

/// An RSA key for checking RS256 signatures (RFC 7518, section 3.3). It is parsed once: parsing it for each token costs
/// a tenth of the check.
pub struct VerifyingKey {
    key: ParsedPublicKey,
    verified: Option<VerifiedSignatures>,
}

/// What was given is no RSA key of 2048 to 8192 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RSA public key of 2048 to 8192 bits")]
pub struct InvalidKey;

impl VerifyingKey {
    /// The key of a modulus and an exponent, big-endian without leading zeros.
    ///
    /// # Errors
    ///
    /// [`InvalidKey`] when they are not those of an RSA key of 2048 to 8192 bits.
    pub fn from_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, InvalidKey> {
        if !MODULUS_BYTES.contains(&modulus.len()) {
            return Err(InvalidKey);
        }
        let components = RsaPublicKeyComponents { n: modulus, e: exponent };
        let key = components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).map_err(|_| InvalidKey)?;
        Ok(Self { key, verified: None })
    }

    /// The same key, which remembers the last `tokens` signatures that it found good: a client sends a token with each
    /// request of a quarter of an hour, and the RSA operation is most of what accepting it costs. All else is looked at
    /// each time, and what the key remembers goes with it.
    #[must_use]
    pub fn remembering(self, tokens: usize) -> Self {
        Self { verified: Some(VerifiedSignatures::new(tokens)), ..self }
    }

    /// Whether `signature` is that of `message` by this key.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let by_rsa = || self.key.verify_sig(message, signature).is_ok();
        match &self.verified {
            Some(verified) => verified.has_or(message, signature, by_rsa),
            None => by_rsa(),
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyingKey(…)")
    }
}

/// The keys of a JWKS (RFC 7517, section 5), by their names.
#[derive(Debug)]
pub struct KeySet {
    by_id: HashMap<String, VerifyingKey>,
}

/// Why a document is no set of keys that tokens can be checked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidKeySet {
    /// It is no JWKS.
    #[error("not a JSON Web Key Set")]
    Malformed,
    /// It has no RSA key for RS256 signatures.
    #[error("the key set has no RSA key for RS256 signatures")]
    Empty,
    /// It has more than 32 keys.
    #[error("the key set has more than {MAX_KEYS} keys")]
    TooMany,
    /// Two keys have one name, or one has none or too long a name.
    #[error("the key set has a key without a name of its own")]
    KeyId,
    /// An RSA key in it is not fit.
    #[error("the key {key_id:?} of the set is unfit")]
    Key {
        /// Which one.
        key_id: String,
        /// Why.
        #[source]
        why: InvalidKey,
    },
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    r#use: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl Jwk {
    /// Whether it is for RS256 signatures. A key of another kind is passed over (RFC 7517, section 5): it may be one that
    /// a later version adds.
    fn is_ours(&self) -> bool {
        let absent_or = |member: &Option<String>, value| member.as_deref().is_none_or(|given| given == value);
        self.kty == "RSA" && absent_or(&self.r#use, "sig") && absent_or(&self.alg, "RS256")
    }

    fn parse(&self) -> Result<VerifyingKey, InvalidKey> {
        let decode = |part: &Option<String>| URL_SAFE_NO_PAD.decode(part.as_deref()?).ok();
        let (Some(modulus), Some(exponent)) = (decode(&self.n), decode(&self.e)) else { return Err(InvalidKey) };
        VerifyingKey::from_components(&modulus, &exponent)
    }
}

impl KeySet {
    /// Reads a JWKS: what `GET /.well-known/jwks.json` answers.
    ///
    /// # Errors
    ///
    /// An [`InvalidKeySet`] when it is no JWKS, has no key for RS256, or one that is unfit.
    pub fn from_jwks(json: &[u8]) -> Result<Self, InvalidKeySet> {
        let document: Document = serde_json::from_slice(json).map_err(|_| InvalidKeySet::Malformed)?;
        if document.keys.len() > MAX_KEYS {
            return Err(InvalidKeySet::TooMany);
        }
        let mut by_id = HashMap::new();
        for jwk in document.keys.iter().filter(|jwk| jwk.is_ours()) {
            let key_id = jwk.kid.clone().filter(|id| (1..=MAX_KEY_ID_BYTES).contains(&id.len()));
            let key_id = key_id.ok_or(InvalidKeySet::KeyId)?;
            let key = jwk.parse().map_err(|why| InvalidKeySet::Key { key_id: key_id.clone(), why })?;
            if by_id.insert(key_id, key).is_some() {
                return Err(InvalidKeySet::KeyId);
            }
        }
        if by_id.is_empty() { Err(InvalidKeySet::Empty) } else { Ok(Self { by_id }) }
    }

    /// The key of that name. The name is only looked up among those that are known, never used as a path or an address
    /// (RFC 8725, section 3.10).
    #[must_use]
    pub fn find(&self, key_id: &str) -> Option<&VerifyingKey> {
        self.by_id.get(key_id)
    }

    /// The names of the keys, in no order.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }
}
