//! Checking access tokens, by the rules of `voxgate-verify`: those that services beside Voxgate go by too.

use voxgate_domain::Timestamp;
use voxgate_domain::ports::{PublicKey, TokenClaims, TokenError, TokenVerifier};

use crate::jwt::JwtTokens;

impl TokenVerifier for JwtTokens {
    fn verify(&self, token: &str, now: Timestamp) -> Result<TokenClaims, TokenError> {
        let ring = self.ring();
        let find = |key_id: &str| Some(ring.verifying_at(key_id, now)?.verifying());
        self.verifier.verify_with(token, now, find).map_err(|_| TokenError::Invalid)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.ring().public_keys()
    }
}

#[cfg(test)]
#[path = "jwt_tests.rs"]
mod tests;
