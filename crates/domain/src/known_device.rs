//! Devices on which a user has logged in before: each holds a token of its own (OWASP ASVS 5.0, 6.3).
//!
//! A login on one is nothing that its owner needs to be told of, and counts its failures apart, so that nobody else can
//! lock the owner out.

use std::time::Duration;

use crate::ids::DeviceId;
use crate::session::named;
use crate::time::days;
use crate::{Timestamp, TokenHash, UserId};

/// A device on which a user has logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    /// Which device it is.
    pub id: DeviceId,
    /// Who logged in there.
    pub user_id: UserId,
    /// The hash of the token that the device keeps.
    pub hash: TokenHash,
    /// When the first login was.
    pub created_at: Timestamp,
    /// When the latest login was.
    pub last_seen_at: Timestamp,
}

impl KnownDevice {
    /// A device is forgotten so long after its latest login: 180 days.
    pub const FORGOTTEN_AFTER: Duration = days(180);
    /// The most devices of a user; the one unused longest is forgotten first.
    pub const MAX_PER_USER: u32 = 20;

    /// The device of a first login.
    #[must_use]
    pub const fn first_seen(id: DeviceId, user_id: UserId, hash: TokenHash, now: Timestamp) -> Self {
        Self { id, user_id, hash, created_at: now, last_seen_at: now }
    }

    /// Whether it still speaks for `user`.
    #[must_use]
    pub fn vouches_for(&self, user: UserId, now: Timestamp) -> bool {
        self.user_id == user && now.since(self.last_seen_at) < Self::FORGOTTEN_AFTER
    }
}

named! {
    /// Whether a user was seen on a device before.
    pub enum DeviceStanding {
        /// They logged in there before.
        Known = "known",
        /// They did not.
        New = "new",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_speaks_for_its_own_user_until_it_is_forgotten() {
        let [ada, bob] = [1, 2].map(|n| UserId::from(uuid::Uuid::from_u128(n)));
        let id = DeviceId::from(uuid::Uuid::nil());
        let device = KnownDevice::first_seen(id, ada, TokenHash::from_bytes([0; 32]), Timestamp::EPOCH);
        let late = Timestamp::EPOCH.plus(KnownDevice::FORGOTTEN_AFTER);
        assert!(device.vouches_for(ada, Timestamp::EPOCH));
        assert!(!device.vouches_for(bob, Timestamp::EPOCH));
        assert!(!device.vouches_for(ada, late));
    }
}
