//! One RSA key: what signs, what verifies, and its name.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use voxgate_domain::ports::PublicKey;
use voxgate_verify::VerifyingKey;
use zeroize::Zeroizing;

use crate::pem;

/// The smallest modulus, in bytes (RFC 7518, section 3.3: 2048 bits or larger).
const MIN_MODULUS: usize = 256;
/// How many tokens a key knows again without an RSA operation: those in use at a time, at about 60 bytes each.
const TOKENS_REMEMBERED: usize = 16_384;

/// An RSA key that was parsed once: parsing it at every signature costs more than half of the time.
pub(crate) struct SigningKey {
    pair: KeyPair,
    verifying: VerifyingKey,
    public: PublicKey,
}

/// Why a file holds no key that can sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SigningKeyFault {
    #[error("is not an RSA private key in PKCS#8 PEM (`-----BEGIN PRIVATE KEY-----`)")]
    NotPkcs8,
    #[error("has fewer than 2048 bits")]
    TooSmall,
}

impl SigningKey {
    /// A new key of 2048 bits, and its PEM.
    pub(crate) fn generate() -> Result<(Self, Zeroizing<String>), Unspecified> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let der: Pkcs8V1Der<'_> = pair.as_der()?;
        let pem = pem::encode(der.as_ref());
        Ok((Self::new(pair).map_err(|_| Unspecified)?, pem))
    }

    /// Parses PKCS#8 PEM.
    pub(crate) fn from_pem(pem: &[u8]) -> Result<Self, SigningKeyFault> {
        let der = pem::decode(pem).ok_or(SigningKeyFault::NotPkcs8)?;
        let pair = KeyPair::from_pkcs8(&der).map_err(|_| SigningKeyFault::NotPkcs8)?;
        if pair.public_modulus_len() < MIN_MODULUS {
            return Err(SigningKeyFault::TooSmall);
        }
        Self::new(pair)
    }

    fn new(pair: KeyPair) -> Result<Self, SigningKeyFault> {
        let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
        let (n, e) = (n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero());
        let verifying = VerifyingKey::from_components(n, e).map_err(|_| SigningKeyFault::NotPkcs8)?;
        let verifying = verifying.remembering(TOKENS_REMEMBERED);
        let (modulus, exponent) = (URL_SAFE_NO_PAD.encode(n), URL_SAFE_NO_PAD.encode(e));
        let key_id = thumbprint(&modulus, &exponent);
        Ok(Self { public: PublicKey { key_id, modulus, exponent }, verifying, pair })
    }

    /// The name of the key: its JWK thumbprint.
    pub(crate) fn key_id(&self) -> &str {
        &self.public.key_id
    }

    pub(crate) const fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) const fn verifying(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// The public part as X.509 `SubjectPublicKeyInfo` (RFC 5280, section 4.1).
    pub(crate) fn public_der(&self) -> Result<Vec<u8>, Unspecified> {
        let der: PublicKeyX509Der<'_> = self.pair.public_key().as_der()?;
        Ok(der.as_ref().to_vec())
    }

    /// The RS256 signature of `message` (RFC 7518, section 3.3).
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &aws_lc_rs::rand::SystemRandom::new(), message, &mut signature)?;
        Ok(signature)
    }
}

#[cfg(test)]
impl SigningKey {
    /// The same key that says something else of itself.
    pub(crate) fn publishing(self, public: PublicKey) -> Self {
        Self { public, ..self }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, …)", self.public.key_id)
    }
}

/// The JWK thumbprint of an RSA key (RFC 7638, section 3): SHA-256 of its required members in alphabetic order.
fn thumbprint(modulus: &str, exponent: &str) -> String {
    let members = format!(r#"{{"e":"{exponent}","kty":"RSA","n":"{modulus}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_example_in_rfc_7638() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        assert_eq!(thumbprint(n, "AQAB"), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn a_key_comes_back_from_its_pem_and_does_not_print() {
        let (key, pem) = SigningKey::generate().unwrap();
        let again = SigningKey::from_pem(pem.as_bytes()).unwrap();
        assert_eq!(key.public(), again.public());
        assert_eq!(key.sign(b"message").unwrap(), again.sign(b"message").unwrap());
        assert!(format!("{key:?}").len() < 80);
        assert_eq!(SigningKey::from_pem(b"no key").unwrap_err(), SigningKeyFault::NotPkcs8);
    }
}
