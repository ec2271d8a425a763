//! The repository of known devices, within a transaction.

use async_trait::async_trait;

use super::StoreError;
use crate::ids::DeviceId;
use crate::known_device::KnownDevice;
use crate::{Timestamp, UserId};

/// Devices on which users have logged in before.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait KnownDevices: Send {
    /// Adds a device, and forgets those of its user that were not seen after `forgotten_before` and the ones seen
    /// longest ago beyond `max`.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn add(&mut self, device: &KnownDevice, forgotten_before: Timestamp, max: u32) -> Result<(), StoreError>;

    /// Notes a login on the device; one that was forgotten meanwhile stays so.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn seen(&mut self, device: DeviceId, now: Timestamp) -> Result<(), StoreError>;

    /// The devices of the user, in no order.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn of(&mut self, user: UserId) -> Result<Vec<KnownDevice>, StoreError>;

    /// Forgets every device of the user.
    ///
    /// # Errors
    ///
    /// A [`StoreError`] when the store does not answer.
    async fn forget(&mut self, user: UserId) -> Result<(), StoreError>;
}
