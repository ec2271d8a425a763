//! What people were told.

use diesel::prelude::*;
use voxgate_domain::notification::{Delivery, Notification};
use voxgate_domain::ports::StoreError;

use crate::error::corrupt;
use crate::schema::notification_history;
use crate::sql_types::{At, Id};

/// A message.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = notification_history)]
pub(crate) struct NotificationRow {
    id: Id,
    user_id: Id,
    kind: String,
    queued_at: At,
    sent_at: Option<At>,
    failed_at: Option<At>,
}

impl From<&Notification> for NotificationRow {
    fn from(message: &Notification) -> Self {
        let (sent_at, failed_at) = match message.delivery {
            Delivery::Queued => (None, None),
            Delivery::Sent(at) => (Some(At(at)), None),
            Delivery::GivenUp(at) => (None, Some(At(at))),
        };
        Self {
            id: message.id.into(),
            user_id: message.user_id.into(),
            kind: message.kind.clone(),
            queued_at: message.queued_at.into(),
            sent_at,
            failed_at,
        }
    }
}

impl TryFrom<NotificationRow> for Notification {
    type Error = StoreError;

    fn try_from(row: NotificationRow) -> Result<Self, StoreError> {
        let delivery = match (row.sent_at, row.failed_at) {
            (None, None) => Delivery::Queued,
            (Some(at), None) => Delivery::Sent(at.into()),
            (None, Some(at)) => Delivery::GivenUp(at.into()),
            (Some(_), Some(_)) => return Err(corrupt("notification_history", "failed_at", "contradicts sent_at")),
        };
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            kind: row.kind,
            queued_at: row.queued_at.into(),
            delivery,
        })
    }
}
