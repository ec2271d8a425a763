//! The form of a token: three parts, and a header that says exactly what ours say.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::Refusal;

/// `alg` of every token: the only one that is accepted (RFC 8725, section 3.1).
pub const ALGORITHM: &str = "RS256";
/// `typ` of every token (RFC 9068, section 2.1).
pub const TOKEN_TYPE: &str = "at+jwt";
/// A longer token is not looked at, in bytes; those of Voxgate have less than 2 KiB.
pub const MAX_TOKEN_BYTES: usize = 8 * 1_024;

/// A token taken apart (RFC 7515, section 7.1), and nothing of it believed yet.
pub(crate) struct Parts<'t> {
    pub(crate) header: &'t str,
    pub(crate) claims: &'t str,
    pub(crate) signature: &'t str,
    /// What is signed: header and claims as they came, with the dot between.
    pub(crate) signed: &'t str,
}

impl<'t> Parts<'t> {
    pub(crate) fn of(token: &'t str) -> Result<Self, Refusal> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Refusal::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Refusal::Malformed)?;
        if header.is_empty() || claims.is_empty() || claims.contains('.') || signature.is_empty() {
            return Err(Refusal::Malformed);
        }
        Ok(Self { header, claims, signature, signed })
    }
}

/// A part's bytes. Padding, other characters and stray bits at the end are refused, so that a token has one form.
pub(crate) fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)
}

/// The header: exactly what Voxgate writes. Any other member (`jwk`, `jku`, `x5u`, `x5c`, `crit`, …) or a second one of
/// the same name is refused, since no token of ours has it (RFC 8725, sections 3.9 and 3.10).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header<'h> {
    #[serde(borrow)]
    alg: Cow<'h, str>,
    #[serde(borrow)]
    pub(crate) kid: Cow<'h, str>,
    #[serde(borrow)]
    typ: Cow<'h, str>,
}

impl<'h> Header<'h> {
    pub(crate) fn parse(json: &'h [u8]) -> Result<Self, Refusal> {
        let header: Self = serde_json::from_slice(json).map_err(|_| Refusal::Header)?;
        if header.alg != ALGORITHM {
            return Err(Refusal::Algorithm);
        }
        if is_access_token_type(&header.typ) { Ok(header) } else { Err(Refusal::Type) }
    }
}

/// Media types ignore case, and `application/` may be left out (RFC 7515, section 4.1.9; RFC 9068, section 4).
fn is_access_token_type(typ: &str) -> bool {
    const PREFIX: &str = "application/";
    let name = typ.split_at_checked(PREFIX.len()).filter(|(prefix, _)| prefix.eq_ignore_ascii_case(PREFIX));
    name.map_or(typ, |(_, name)| name).eq_ignore_ascii_case(TOKEN_TYPE)
}
