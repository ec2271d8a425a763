//! The repository of what people were told, within a transaction.

use async_trait::async_trait;

use super::StoreError;
use crate::notification::Notification;
use crate::{MailId, Timestamp};

/// What people were told, kept after the mail itself is gone.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Notifications: Send {
    /// Adds a message that was queued.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn add(&mut self, notification: &Notification) -> Result<(), StoreError>;

    /// The mail server took the message, if it is one that is kept.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn sent(&mut self, id: MailId, now: Timestamp) -> Result<(), StoreError>;

    /// The message was given up, if it is one that is kept.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn given_up(&mut self, id: MailId, now: Timestamp) -> Result<(), StoreError>;
}
