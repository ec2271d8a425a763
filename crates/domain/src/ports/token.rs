//! Access tokens, and hashes of opaque ones.

use async_trait::async_trait;
use secrecy::SecretString;

use super::Cause;
use crate::session::AuthMethods;
use crate::{
    AttemptKey, DeviceId, EmailAddress, PermissionSet, RoleName, SecretToken, ServiceAccountId, SessionId, Timestamp,
    TokenHash, UserId,
};

/// What an access token says (RFC 9068, section 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// `sub`: whose it is.
    pub subject: UserId,
    /// `sid`: of which session.
    pub session: SessionId,
    /// `jti`: which token.
    pub token_id: uuid::Uuid,
    /// `iat`: since when it is valid.
    pub issued_at: Timestamp,
    /// `exp`: until when.
    pub expires_at: Timestamp,
    /// `auth_time`: when its owner proved last who they are.
    pub auth_time: Timestamp,
    /// `roles`: the roles at that time. Voxgate itself decides by those of now.
    pub roles: Vec<RoleName>,
    /// `amr`: how its owner proved who they are.
    pub amr: AuthMethods,
}

/// What the access token of a service account says (RFC 9068, section 2.2; RFC 6749, section 4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceClaims {
    /// `sub` and `client_id`: whose it is.
    pub account: ServiceAccountId,
    /// `jti`: which token.
    pub token_id: uuid::Uuid,
    /// `iat`: since when it is valid.
    pub issued_at: Timestamp,
    /// `exp`: until when.
    pub expires_at: Timestamp,
    /// `scope`: what it was given for. Voxgate itself takes away what the account has lost since.
    pub scope: PermissionSet,
}

/// What an access token says, by who bears it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenClaims {
    /// A person, in a session.
    User(AccessClaims),
    /// A machine.
    Service(ServiceClaims),
}

/// A signed access token in the compact form of JWS (RFC 7515, section 7.1): a secret, since whoever bears it is believed
/// (RFC 6750).
#[derive(Clone, Debug)]
pub struct SignedToken(pub SecretString);

/// Signs access tokens. A signature takes a good part of a millisecond of a core, so it is waited for.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait TokenIssuer: Send + Sync {
    /// Signs `claims` with the current key.
    ///
    /// # Errors
    ///
    /// [`TokenError::Failed`] when there is no key to do it with.
    async fn issue(&self, claims: &AccessClaims) -> Result<SignedToken, TokenError>;

    /// Signs the claims of a service account with the current key.
    ///
    /// # Errors
    ///
    /// [`TokenError::Failed`] when there is no key to do it with.
    async fn issue_to_service(&self, claims: &ServiceClaims) -> Result<SignedToken, TokenError>;
}

/// Checks access tokens, by the rules of RFC 8725.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait TokenVerifier: Send + Sync {
    /// What `token` says, when it is ours and valid `now`.
    ///
    /// # Errors
    ///
    /// [`TokenError::Invalid`] for any other token.
    fn verify(&self, token: &str, now: Timestamp) -> Result<TokenClaims, TokenError>;

    /// Every public key by which a token can still be valid.
    fn public_keys(&self) -> Vec<PublicKey>;
}

/// An RSA key for verifying signatures (RFC 7517; RFC 7518, section 6.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// `kid`: which key.
    pub key_id: String,
    /// `n`: the modulus, in unpadded base64url.
    pub modulus: String,
    /// `e`: the exponent, in unpadded base64url.
    pub exponent: String,
}

/// Why a token was neither signed nor accepted.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is not ours, not valid now, or no token at all.
    #[error("not a valid access token")]
    Invalid,
    /// It could not be signed.
    #[error("signing failed")]
    Failed(#[source] Cause),
}

/// Hashes opaque tokens for storing and finding them.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait TokenHasher: Send + Sync {
    /// The hash of `token`.
    fn token(&self, token: &SecretToken) -> TokenHash;

    /// What failed logins for `address` are counted under.
    fn attempt_key(&self, address: &EmailAddress) -> AttemptKey;

    /// What failed proofs of somebody who is logged in are counted under: apart from logins, so that nobody else can lock
    /// an owner out of an open session.
    fn proof_key(&self, user: UserId) -> AttemptKey;

    /// What failed logins on a known device are counted under: apart from those anywhere else, so that nobody else can
    /// lock an owner out there.
    fn device_key(&self, device: DeviceId) -> AttemptKey;
}
