//! Devices on which users have logged in before.

use diesel::prelude::*;
use voxgate_domain::ports::StoreError;
use voxgate_domain::{KnownDevice, TokenHash};

use super::hash;
use crate::schema::known_devices;
use crate::sql_types::{At, Id};

/// A device.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = known_devices)]
pub(crate) struct DeviceRow {
    id: Id,
    user_id: Id,
    token_hash: Vec<u8>,
    created_at: At,
    last_seen_at: At,
}

impl From<&KnownDevice> for DeviceRow {
    fn from(device: &KnownDevice) -> Self {
        Self {
            id: device.id.into(),
            user_id: device.user_id.into(),
            token_hash: device.hash.as_bytes().to_vec(),
            created_at: device.created_at.into(),
            last_seen_at: device.last_seen_at.into(),
        }
    }
}

impl TryFrom<DeviceRow> for KnownDevice {
    type Error = StoreError;

    fn try_from(row: DeviceRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            hash: TokenHash::from_bytes(hash("known_devices", "token_hash", &row.token_hash)?),
            created_at: row.created_at.into(),
            last_seen_at: row.last_seen_at.into(),
        })
    }
}
