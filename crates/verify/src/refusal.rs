//! Why a token is not accepted.

/// Why a token is not accepted. For logs and tests: a caller is told only that the token is not valid, since a precise
/// answer helps nobody but an attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is longer than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES).
    #[error("the token is too long")]
    TooLong,
    /// It is not three parts of base64url without padding (RFC 7515, section 7.1).
    #[error("not a signed token in compact form")]
    Malformed,
    /// Its header has a member other than `alg`, `kid` and `typ`, lacks one, or has one twice (RFC 8725, section 3.10).
    #[error("the header is not one that Voxgate writes")]
    Header,
    /// Its `alg` is not `RS256` (RFC 8725, section 3.1).
    #[error("the algorithm is not RS256")]
    Algorithm,
    /// Its `typ` is not `at+jwt` (RFC 9068, section 4; RFC 8725, section 3.11).
    #[error("the type is not at+jwt")]
    Type,
    /// Its `kid` names none of the known keys.
    #[error("the key is not known")]
    UnknownKey,
    /// The signature is not of that key, or of other bytes.
    #[error("the signature does not fit")]
    Signature,
    /// A claim is missing, there twice, or of another form (RFC 9068, section 2.2; RFC 7519, section 4).
    #[error("the claims are not those of an access token of Voxgate")]
    Claims,
    /// Its `iss` is another (RFC 8725, section 3.8).
    #[error("the issuer is another")]
    Issuer,
    /// Its `aud` is another (RFC 8725, section 3.9).
    #[error("the audience is another")]
    Audience,
    /// Its `exp` has passed, or is not after `iat`.
    #[error("the token has expired")]
    Expired,
    /// Its `iat` or `nbf` is yet to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Its session has ended.
    #[error("the session of the token has ended")]
    SessionEnded,
    /// It lives longer than ended sessions are remembered, so that its session could end unnoticed.
    #[error("the token lives longer than ended sessions are remembered")]
    LivesTooLong,
}
