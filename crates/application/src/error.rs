//! Why a use case did not do what it was asked.

use std::time::Duration;

use voxgate_domain::RoleName;
use voxgate_domain::policy::{Inadmissible, PasswordFault};
use voxgate_domain::ports::{CipherError, CodesError, Conflict, HasherError, StoreError, TokenError};
use voxgate_domain::service_account::ServiceAccountError;
use voxgate_domain::user::InvalidTransition;

/// Why a use case did not do what it was asked. Each variant means something to whoever asked; causes are for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such address, wrong password or closed account: never told apart.
    #[error("the address or the password is wrong")]
    InvalidCredentials,
    /// The code or recovery code is wrong, was used before, or is missing; or the login that it was for is no longer.
    #[error("the code is wrong")]
    InvalidMfaCode,
    /// The password is right but the address is not proven yet.
    #[error("the address is not verified")]
    EmailNotVerified,
    /// The password is right but the account is switched off.
    #[error("the account is inactive")]
    AccountInactive,
    /// Too many failures for this address.
    #[error("the address is locked")]
    AccountLocked {
        /// For how long still.
        retry_after: Duration,
    },
    /// No such client, or its secret is wrong, or it was switched off: never told apart.
    #[error("the client is not who it says")]
    InvalidClient,
    /// The client has nothing of what it asks for.
    #[error("the client has nothing of that scope")]
    InvalidScope,
    /// A service account cannot be as it is wanted.
    #[error(transparent)]
    ServiceAccount(#[from] ServiceAccountError),
    /// The access token is not valid, or its session or user is no longer.
    #[error("not authenticated")]
    Unauthenticated,
    /// The last proof of identity is too old for this act.
    #[error("authentication is too long ago")]
    ReauthenticationRequired {
        /// How old it may be.
        max_age: Duration,
    },
    /// None of the caller's roles allows it.
    #[error("not permitted")]
    Forbidden,
    /// The caller's roles allow it, but not from where they call.
    #[error("not from this network")]
    NotFromThere,
    /// One of the caller's roles must have a second factor, and they have none.
    #[error("a second factor is needed")]
    SecondFactorRequired,
    /// The one-time token is unknown, used, void or expired: never told apart.
    #[error("the one-time token is not valid")]
    InvalidOneTimeToken,
    /// The refresh token is unknown, or its session is over.
    #[error("the refresh token is not valid")]
    InvalidRefreshToken,
    /// The refresh token had been rotated away; its session was ended.
    #[error("the refresh token was used before")]
    RefreshTokenReused,
    /// The new password is bad.
    #[error("the new password is not good enough")]
    PasswordRejected(Vec<PasswordFault>),
    /// The new address is the present one.
    #[error("the address is the present one")]
    AddressUnchanged,
    /// It would break the service, or give somebody more than others gave them.
    #[error(transparent)]
    Inadmissible(#[from] Inadmissible),
    /// There is no role of this name.
    #[error("there is no role {0}")]
    UnknownRole(RoleName),
    /// The URL of an endpoint is not encrypted, where it must be.
    #[error("webhooks leave encrypted")]
    UnsafeWebhookUrl,
    /// The cursor is none of ours, or of another list.
    #[error("the cursor is not valid")]
    InvalidCursor,
    /// There is no such thing, or it is somebody else's.
    #[error("not found")]
    NotFound,
    /// It was changed since the caller read it.
    #[error("it was changed since it was read")]
    PreconditionFailed,
    /// It is there already.
    #[error("{0}")]
    Conflict(Conflict),
    /// Too much to do just now.
    #[error("overloaded")]
    Overloaded {
        /// After how long it is worth trying again.
        retry_after: Duration,
    },
    /// Something that the service needs does not answer.
    #[error("unavailable")]
    Unavailable(#[source] StoreError),
    /// A fault of the service.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(conflict) => Self::Conflict(conflict),
            StoreError::Unavailable(_) => Self::Unavailable(error),
            StoreError::Stale | StoreError::Corrupt { .. } | StoreError::Internal(_) => Self::Internal(error.into()),
        }
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<CodesError> for Error {
    fn from(error: CodesError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<HasherError> for Error {
    fn from(error: HasherError) -> Self {
        match error {
            HasherError::Overloaded { retry_after } => Self::Overloaded { retry_after },
            HasherError::Failed(_) => Self::Internal(error.into()),
        }
    }
}

impl From<TokenError> for Error {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid => Self::Unauthenticated,
            TokenError::Failed(_) => Self::Internal(error.into()),
        }
    }
}

impl From<CipherError> for Error {
    fn from(error: CipherError) -> Self {
        Self::Internal(error.into())
    }
}

impl From<InvalidTransition> for Error {
    fn from(error: InvalidTransition) -> Self {
        Self::Internal(error.into())
    }
}
