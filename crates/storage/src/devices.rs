//! Devices on which users have logged in before.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{KnownDevices, StoreError};
use voxgate_domain::{DeviceId, KnownDevice, Timestamp, TokenHash, UserId};

use crate::cached::CachedDsl as _;
use crate::connection::{Connection, both, maybe, on};
use crate::error::{at_most_one, exactly_one};
use crate::rows::DeviceRow;
use crate::schema::known_devices;
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

/// The device that keeps the token of this hash.
pub(crate) async fn known_device(
    connection: &mut Connection,
    hash: TokenHash,
) -> Result<Option<KnownDevice>, StoreError> {
    let query = known_devices::table.filter(known_devices::token_hash.eq(hash.as_bytes().as_slice()));
    on!(connection, c => maybe(query.select(DeviceRow::as_select()).first(c)))?.map(KnownDevice::try_from).transpose()
}

diesel::alias!(known_devices as older: Older);

#[diesel::dsl::auto_type]
fn of_user(user: Id) -> _ {
    known_devices::table.filter(known_devices::user_id.eq(user))
}

#[async_trait]
impl KnownDevices for Transaction {
    async fn add(&mut self, device: &KnownDevice, forgotten_before: Timestamp, max: u32) -> Result<(), StoreError> {
        let row = DeviceRow::from(device);
        let user = Id::from(device.user_id);
        let forgotten = of_user(user).filter(known_devices::last_seen_at.le(At(forgotten_before)));
        let (added, _) = both!(self.connection(),
            c => diesel::insert_into(known_devices::table).values(&row).cached().execute(c),
            diesel::delete(forgotten).execute(c)
        )?;
        exactly_one(added)?;
        let excess = older
            .filter(older.field(known_devices::user_id).eq(user))
            .order((older.field(known_devices::last_seen_at).desc(), older.field(known_devices::id).desc()))
            .offset(max.into())
            .limit(max.into())
            .select(older.field(known_devices::id));
        let excess = known_devices::table.filter(known_devices::id.eq_any(excess));
        on!(self.connection(), c => diesel::delete(excess).cached().execute(c)).map(drop)
    }

    async fn seen(&mut self, device: DeviceId, now: Timestamp) -> Result<(), StoreError> {
        // A clock that was set back leaves the later time.
        let earlier = known_devices::table.find(Id::from(device)).filter(known_devices::last_seen_at.lt(At(now)));
        let change = known_devices::last_seen_at.eq(At(now));
        let noted = on!(self.connection(), c => diesel::update(earlier).set(change).cached().execute(c))?;
        at_most_one(noted).map(drop)
    }

    async fn of(&mut self, user: UserId) -> Result<Vec<KnownDevice>, StoreError> {
        let query = of_user(user.into()).limit(i64::from(KnownDevice::MAX_PER_USER));
        on!(self.connection(), c => query.select(DeviceRow::as_select()).load(c))?
            .into_iter()
            .map(KnownDevice::try_from)
            .collect()
    }

    async fn forget(&mut self, user: UserId) -> Result<(), StoreError> {
        on!(self.connection(), c => diesel::delete(of_user(user.into())).execute(c)).map(drop)
    }
}
