//! The public part of a key, as whoever reads our JWKS uses it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};

use crate::signing_key::SigningKey;

/// Whether what `key` signs verifies by its members of the JWKS (RFC 7518, section 6.3.1), read as clients read them: by
/// the library that most of them use, and not by ours. A key that fails would lock everybody out, so it is found when it
/// is loaded, before it signs anything.
pub(crate) fn verifies(key: &SigningKey) -> bool {
    const PROBE: &[u8] = b"voxgate probe";
    let public = key.public();
    let Ok(signature) = key.sign(PROBE) else { return false };
    let Ok(published) = DecodingKey::from_rsa_components(&public.modulus, &public.exponent) else { return false };
    let signature = URL_SAFE_NO_PAD.encode(signature);
    jsonwebtoken::crypto::verify(&signature, PROBE, &published, Algorithm::RS256).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_signs_verifies_by_what_is_published_of_it() {
        let (key, _) = SigningKey::generate().unwrap();
        assert!(verifies(&key));
    }

    #[test]
    fn a_key_whose_published_part_is_anothers_is_found() {
        let (key, _) = SigningKey::generate().unwrap();
        let (other, _) = SigningKey::generate().unwrap();
        assert!(!verifies(&key.publishing(other.public().clone())));
    }
}
