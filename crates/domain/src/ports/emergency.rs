//! The repository of emergency accesses, within a transaction.

use async_trait::async_trait;

use super::StoreError;
use crate::emergency::EmergencyAccess;
use crate::ids::EmergencyAccessId;
use crate::{Timestamp, UserId};

/// Emergency accesses.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait EmergencyAccesses: Send {
    /// Adds an access. One of the same holder to the same subject that has expired gives way.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] with [`EmergencyOpen`](super::Conflict::EmergencyOpen) when one is open.
    async fn add(&mut self, access: &EmergencyAccess) -> Result<(), StoreError>;

    /// Closes the access of this holder, when it is open; the access as it was.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn close(
        &mut self,
        id: EmergencyAccessId,
        holder: UserId,
        now: Timestamp,
    ) -> Result<Option<EmergencyAccess>, StoreError>;
}
