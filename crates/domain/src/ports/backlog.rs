//! How much the background jobs have before them, for operators.

use async_trait::async_trait;

use super::StoreError;
use crate::Timestamp;

/// How much waits for a background job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many things.
    pub count: u64,
    /// Since when the oldest waits.
    pub oldest: Option<Timestamp>,
}

/// Tells how much the background jobs have before them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Backlog: Send + Sync {
    /// Mail that neither has left nor was given up.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn unsent_mail(&self) -> Result<Waiting, StoreError>;

    /// Audit events that are not sealed.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn unsealed_events(&self) -> Result<Waiting, StoreError>;

    /// Events that endpoints which are switched on have not got yet and which were not given up.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn undelivered_webhooks(&self) -> Result<Waiting, StoreError>;
}
