//! What is behind the signature, for `voxgate-hostile` alone: nothing here is part of the interface.

use voxgate_domain::Timestamp;
use voxgate_domain::ports::TokenClaims;

use crate::token::believed;
use crate::wire_claims::WireClaims;
use crate::{Refusal, Verifier};

/// What the claims `json` of a token say whose signature is right.
///
/// # Errors
///
/// A [`Refusal`] that says why they are not accepted.
pub fn claims(json: &[u8], verifier: &Verifier, now: Timestamp) -> Result<TokenClaims, Refusal> {
    believed(WireClaims::parse(json)?, verifier, now)
}
