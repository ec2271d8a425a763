//! The repository of service accounts, within a transaction.

use async_trait::async_trait;

use super::StoreError;
use crate::ids::ServiceAccountId;
use crate::service_account::ServiceAccount;

/// Service accounts.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait ServiceAccounts: Send {
    /// Adds one.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] with [`ServiceNameTaken`](super::Conflict::ServiceNameTaken) when one that is on has the
    /// name.
    async fn add(&mut self, account: &ServiceAccount) -> Result<(), StoreError>;

    /// The account, held against others until the transaction ends.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn lock(&mut self, id: ServiceAccountId) -> Result<Option<ServiceAccount>, StoreError>;

    /// Saves its secrets and whether it is off; name and permissions stay.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] when it is gone.
    async fn save(&mut self, account: &ServiceAccount) -> Result<(), StoreError>;
}
