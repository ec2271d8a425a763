//! Mail that shall leave.

use diesel::prelude::*;
use voxgate_domain::mail::OutboxEntry;
use voxgate_domain::ports::StoreError;
use voxgate_domain::{EmailAddress, Locale};

use super::{count, parsed};
use crate::error::corrupt;
use crate::schema::mail_outbox;
use crate::sql_types::{At, Id};

/// An entry of the outbox.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_outbox)]
pub(crate) struct OutboxRow {
    id: Id,
    user_id: Option<Id>,
    kind: String,
    recipient: String,
    locale: Option<String>,
    sealed: Option<Vec<u8>>,
    queued_at: At,
    attempts: i32,
}

/// An entry that is queued: it is due at once.
#[derive(Insertable)]
#[diesel(table_name = mail_outbox)]
pub(crate) struct NewMail {
    #[diesel(embed)]
    entry: OutboxRow,
    next_attempt_at: At,
}

impl From<&OutboxEntry> for NewMail {
    fn from(entry: &OutboxEntry) -> Self {
        let row = OutboxRow {
            id: entry.id.into(),
            user_id: entry.user_id.map(Id::from),
            kind: entry.kind.clone(),
            recipient: entry.recipient.as_typed().to_owned(),
            locale: entry.locale.clone().map(String::from),
            sealed: Some(entry.sealed.clone()),
            queued_at: entry.queued_at.into(),
            attempts: i32::try_from(entry.attempts).unwrap_or(i32::MAX),
        };
        Self { entry: row, next_attempt_at: entry.queued_at.into() }
    }
}

impl TryFrom<OutboxRow> for OutboxEntry {
    type Error = StoreError;

    fn try_from(row: OutboxRow) -> Result<Self, StoreError> {
        const TABLE: &str = "mail_outbox";
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.map(Into::into),
            recipient: EmailAddress::parse(&row.recipient).map_err(|why| corrupt(TABLE, "recipient", why))?,
            locale: parsed(TABLE, "locale", row.locale.as_deref(), Locale::parse)?,
            kind: row.kind,
            sealed: row.sealed.ok_or_else(|| corrupt(TABLE, "sealed", "wiped before the mail left"))?,
            queued_at: row.queued_at.into(),
            attempts: count(TABLE, "attempts", row.attempts)?,
        })
    }
}
