//! Webhooks: who is told, what waits for them, and how it leaves.

use async_trait::async_trait;

use super::{Cause, StoreError};
use crate::webhook::{DeliveryStatus, Replay, UserEvent, WebhookDelivery, WebhookEndpoint, WebhookSecret, WebhookUrl};
use crate::{AuditEventId, Timestamp, WebhookId};

/// Endpoints and what is on its way to them, within a transaction. Events of users come by themselves, with the
/// [audit event](super::AuditLog::record) that tells them.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Webhooks: Send {
    /// Adds an endpoint; `false` when there are [as many as there may be](WebhookEndpoint::MOST).
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn add(&mut self, endpoint: &WebhookEndpoint) -> Result<bool, StoreError>;

    /// The endpoint, held against other transactions until this one ends.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn lock(&mut self, id: WebhookId) -> Result<Option<WebhookEndpoint>, StoreError>;

    /// Saves an endpoint that is held.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] when it is not there any more.
    async fn save(&mut self, endpoint: &WebhookEndpoint) -> Result<(), StoreError>;

    /// Removes the endpoint with all that is on its way to it; `false` when it is not there.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn remove(&mut self, id: WebhookId) -> Result<bool, StoreError>;

    /// Queues a test to one endpoint.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn queue_test(&mut self, endpoint: WebhookId, test: &UserEvent) -> Result<(), StoreError>;

    /// Queues again what `replay` says, oldest first and at most [`Replay::MOST`]; how much that is. What is pending stays
    /// so; it is due at once, unless it may be under way, which ends by `under_way_until`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn replay(
        &mut self,
        endpoint: &WebhookEndpoint,
        replay: &Replay,
        now: Timestamp,
        under_way_until: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Claims at most `limit` deliveries to the endpoint that are due, until `until`: counts the attempt and puts them off
    /// until then, before sending begins. Of each user it is the first that is pending, so the next is not claimed before
    /// that one was delivered or given up. Of two transactions that claim at once, one gets each delivery.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn claim(
        &mut self,
        endpoint: WebhookId,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<WebhookDelivery>, StoreError>;

    /// The delivery that was claimed is over for now: it was delivered, it was given up, or it is tried again at its next
    /// time, as it says. What waits behind it is due with it, or at once. `false` when it was replayed or claimed by
    /// somebody else since.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn settle(&mut self, delivery: &WebhookDelivery, now: Timestamp) -> Result<bool, StoreError>;

    /// The endpoints after `after`, at most `limit`, by id.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn after(&mut self, after: Option<WebhookId>, limit: u32) -> Result<Vec<WebhookEndpoint>, StoreError>;
}

/// Endpoints and what is on its way to them, read without a transaction.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait WebhookReader: Send + Sync {
    /// Every endpoint, oldest first.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn endpoints(&self) -> Result<Vec<WebhookEndpoint>, StoreError>;

    /// The endpoint.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn endpoint(&self, id: WebhookId) -> Result<Option<WebhookEndpoint>, StoreError>;

    /// At most `limit` deliveries to the endpoint, of this status when one is given, latest event first, before the one of
    /// the sequence `before`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn deliveries(
        &self,
        endpoint: WebhookId,
        status: Option<DeliveryStatus>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<WebhookDelivery>, StoreError>;

    /// The endpoints that are switched on and for which something is due.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn due_endpoints(&self, now: Timestamp) -> Result<Vec<WebhookId>, StoreError>;
}

/// What is sent to an endpoint.
#[derive(Clone, Debug)]
pub struct WebhookMessage {
    /// To where.
    pub url: WebhookUrl,
    /// Which event it is: the same at each try.
    pub id: AuditEventId,
    /// The time of this try.
    pub sent_at: Timestamp,
    /// The JSON.
    pub body: String,
    /// The secrets that sign, each with a signature of its own.
    pub secrets: Vec<WebhookSecret>,
}

/// Signs a message and hands it to its receiver.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Sends `message`; when it returns, the receiver has taken responsibility for it.
    ///
    /// # Errors
    ///
    /// A [`WebhookError`] that says what to do about it.
    async fn send(&self, message: &WebhookMessage) -> Result<(), WebhookError>;
}

/// Why a receiver did not take a message.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// It wants none any more: 410 (RFC 9110, section 15.5.11).
    #[error("the receiver is gone (410)")]
    Gone,
    /// It answered something else than success.
    #[error("the receiver answered {status}")]
    Refused {
        /// The status.
        status: u16,
    },
    /// Its name leads to an address where nothing is sent.
    #[error("the receiver is at an address where no webhook is sent")]
    ForbiddenAddress,
    /// It did not answer in time.
    #[error("the receiver did not answer in time")]
    TimedOut,
    /// It cannot be reached.
    #[error("the receiver cannot be reached")]
    NotReached(#[source] Cause),
}
