//! What can go wrong in the store.

use super::Cause;

/// What went wrong in the store, by what a caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something that must be unique is there already.
    #[error("conflict: {0}")]
    Conflict(Conflict),
    /// The row was changed or is gone since it was read: read it again.
    #[error("the row was changed by somebody else")]
    Stale,
    /// The store does not answer, or not in time: try again later.
    #[error("the store is unavailable")]
    Unavailable(#[source] Cause),
    /// What is stored is no valid value.
    #[error("{table}.{column} holds what it cannot: {detail}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong, without the value.
        detail: String,
    },
    /// A fault of the program or the schema.
    #[error("the store failed")]
    Internal(#[source] Cause),
}

/// What is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Conflict {
    /// An account with the same address.
    #[error("the address has an account")]
    EmailTaken,
    /// The role is assigned already.
    #[error("the user has the role")]
    RoleAssigned,
    /// The second factor is on already.
    #[error("the second factor is on")]
    MfaOn,
    /// There is no second factor, nor one that is being enrolled.
    #[error("the second factor is not on")]
    MfaOff,
    /// An emergency access of the same holder to the same subject is open.
    #[error("the emergency access is open")]
    EmergencyOpen,
    /// A service account that is on has the same name.
    #[error("a service account has the name")]
    ServiceNameTaken,
    /// Anything else that must be unique.
    #[error("the row exists")]
    Duplicate,
}
