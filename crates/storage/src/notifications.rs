//! What people were told.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::notification::Notification;
use voxgate_domain::ports::{Notifications, StoreError};
use voxgate_domain::{MailId, Timestamp, UserId};

use crate::cached::CachedDsl as _;
use crate::connection::{Connection, on};
use crate::error::{at_most_one, exactly_one};
use crate::rows::NotificationRow;
use crate::schema::notification_history;
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

/// At most `limit` messages to the user, newest first and older than `after`.
pub(crate) async fn notifications_of(
    connection: &mut Connection,
    user: UserId,
    after: Option<MailId>,
    limit: u32,
) -> Result<Vec<Notification>, StoreError> {
    let query = notification_history::table
        .filter(notification_history::user_id.eq(Id::from(user)))
        .filter(notification_history::id.lt(after.map_or(Id::LAST, Id::from)))
        .order(notification_history::id.desc())
        .limit(limit.into());
    on!(connection, c => query.select(NotificationRow::as_select()).load(c))?
        .into_iter()
        .map(Notification::try_from)
        .collect()
}

#[async_trait]
impl Notifications for Transaction {
    async fn add(&mut self, notification: &Notification) -> Result<(), StoreError> {
        let row = NotificationRow::from(notification);
        let added = on!(self.connection(), c => diesel::insert_into(notification_history::table).values(&row).cached().execute(c))?;
        exactly_one(added)
    }

    async fn sent(&mut self, id: MailId, now: Timestamp) -> Result<(), StoreError> {
        let message = notification_history::table.find(Id::from(id));
        let change = notification_history::sent_at.eq(At(now));
        let noted = on!(self.connection(), c => diesel::update(message).set(change).cached().execute(c))?;
        at_most_one(noted).map(drop)
    }

    async fn given_up(&mut self, id: MailId, now: Timestamp) -> Result<(), StoreError> {
        let message = notification_history::table.find(Id::from(id));
        let change = notification_history::failed_at.eq(At(now));
        let noted = on!(self.connection(), c => diesel::update(message).set(change).cached().execute(c))?;
        at_most_one(noted).map(drop)
    }
}
