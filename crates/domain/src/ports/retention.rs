//! The repository of what is purged, within a transaction.

use async_trait::async_trait;

use super::StoreError;
use crate::policy::{RetentionCounts, RetentionCutoffs};
use crate::{Timestamp, UserId};

/// Purges what is not needed any more.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Retention: Send {
    /// How much there is to purge.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn due(&mut self, cutoffs: &RetentionCutoffs) -> Result<RetentionCounts, StoreError>;

    /// Erases all that is personal of at most `limit` users whose account was closed before `closed_before` and on whom
    /// there is no legal hold, oldest first: their particulars, passwords, sessions, tokens and mails. The row stays,
    /// for what names its id. Answers who they were.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn purge_users(
        &mut self,
        closed_before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError>;

    /// Deletes at most `limit` of each other kind; how much it deleted.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn purge_records(&mut self, cutoffs: &RetentionCutoffs, limit: u32) -> Result<RetentionCounts, StoreError>;

    /// Puts a legal hold on a user, which suspends purging; `false` when there is no such user or they are purged.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn hold(&mut self, user: UserId, reason: &str, now: Timestamp) -> Result<bool, StoreError>;

    /// Lifts the legal hold; `false` when there was none.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn release(&mut self, user: UserId) -> Result<bool, StoreError>;
}
