//! The sealed side of the audit trail.

use async_trait::async_trait;

use super::StoreError;
use crate::audit::{Entry, EventKey, Leaf, RecordedEvent, Seal};
use crate::{AuditEventId, Timestamp};

/// Events on their way to a seal, seals, and the places of sealed events.
///
/// An event waits from the moment it is committed, whatever its time or id say, until the seal that it is in is
/// committed: so none is ever skipped.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait Trail: Send + Sync {
    /// The newest seal.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn last_seal(&self) -> Result<Option<Seal>, StoreError>;

    /// At most `limit` events that wait to be sealed, in the order of time and id, from the one after `after` on.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn waiting(&self, after: Option<EventKey>, limit: u32) -> Result<Vec<RecordedEvent>, StoreError>;

    /// The time of the oldest event that waits.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn oldest_waiting(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Adds a seal and the leaves that it is for, in one transaction; these events no longer wait. Requests that record
    /// events do not wait for it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`] when the seal's number, a place or an event is taken: somebody else sealed in between;
    /// [`StoreError::Stale`] when an event did not wait. Nothing is done then.
    async fn append(&self, seal: &Seal, leaves: &[Leaf]) -> Result<(), StoreError>;

    /// At most `limit` seals after seal `number`, in order.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn seals_after(&self, number: u64, limit: u32) -> Result<Vec<Seal>, StoreError>;

    /// At most `limit` places after `position` with the events that are there now, in order.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn entries_after(&self, position: u64, limit: u32) -> Result<Vec<Entry>, StoreError>;

    /// Looks at `limit` events after `key`, in the order of time and id, for one that neither waits nor is sealed.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn strays_after(&self, key: Option<EventKey>, limit: u32) -> Result<Strays, StoreError>;

    /// An event that waits to be sealed and is not there.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn vanished(&self) -> Result<Option<AuditEventId>, StoreError>;

    /// Whether there is an event of this id, whatever its time. It may look at every event.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn has_event(&self, id: AuditEventId) -> Result<bool, StoreError>;

    /// Makes room for the events of the next months, where the database needs that.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn make_room(&self) -> Result<(), StoreError>;
}

/// What a look for stray events saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strays {
    /// The first that neither waits nor is sealed.
    pub stray: Option<AuditEventId>,
    /// The last event looked at; nothing when there was none.
    pub last: Option<EventKey>,
}
