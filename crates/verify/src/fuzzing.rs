//! What is behind the signature, for `voxgate-hostile` alone: nothing here is part of the interface.

use voxgate_domain::Timestamp;
use voxgate_domain::ports::TokenClaims;

use crate::token::believed;
use crate::{Refusal, Verifier};

/// What the claims `json` of a token say whose signature is right.
///
/// # Errors
///
/// A [`Refusal`] that says why they are not accepted.
pub fn claims(json: &[u8], verifier: &Verifier, now: Timestamp) -> Result<TokenClaims, Refusal> {
    let claims = serde_json::from_slice(json).map_err(|_| Refusal::Claims)?;
    believed(claims, verifier, now)
}
