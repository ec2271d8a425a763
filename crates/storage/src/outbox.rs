//! Mail that shall leave.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::mail::OutboxEntry;
use voxgate_domain::ports::{Outbox, StoreError};
use voxgate_domain::{MailId, Timestamp};

use crate::cached::CachedDsl as _;
use crate::connection::{Connection, on};
use crate::error::{at_most_one, exactly_one};
use crate::rows::{NewMail, OutboxRow};
use crate::schema::mail_outbox;
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

/// The most characters of an error that are kept.
const ERROR_CHARS: usize = 500;

#[diesel::dsl::auto_type]
pub(crate) fn waiting() -> _ {
    mail_outbox::sent_at.is_null().and(mail_outbox::failed_at.is_null())
}

/// At most `limit` mails that are due, the oldest first.
async fn due(connection: &mut Connection, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, StoreError> {
    let query = mail_outbox::table
        .filter(waiting())
        .filter(mail_outbox::next_attempt_at.le(At(now)))
        .order((mail_outbox::queued_at, mail_outbox::id))
        .limit(limit.into());
    on!(connection, c => query.select(OutboxRow::as_select()).load(c))?.into_iter().map(OutboxEntry::try_from).collect()
}

#[async_trait]
impl Outbox for Transaction {
    async fn push(&mut self, entry: &OutboxEntry) -> Result<(), StoreError> {
        let row = NewMail::from(entry);
        let added =
            on!(self.connection(), c => diesel::insert_into(mail_outbox::table).values(&row).cached().execute(c))?;
        exactly_one(added)
    }

    async fn due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<OutboxEntry>, StoreError> {
        due(self.connection(), now, limit).await
    }

    async fn begin_attempt(&mut self, id: MailId, next_attempt_at: Timestamp) -> Result<(), StoreError> {
        let entry = mail_outbox::table.find(Id::from(id)).filter(waiting());
        let change =
            (mail_outbox::attempts.eq(mail_outbox::attempts + 1), mail_outbox::next_attempt_at.eq(At(next_attempt_at)));
        let begun = on!(self.connection(), c => diesel::update(entry).set(change).cached().execute(c))?;
        exactly_one(begun)
    }

    async fn finish(&mut self, id: MailId, now: Timestamp) -> Result<(), StoreError> {
        let entry = mail_outbox::table.find(Id::from(id)).filter(waiting());
        let change = (mail_outbox::sent_at.eq(At(now)), mail_outbox::sealed.eq(None::<&[u8]>));
        let finished = on!(self.connection(), c => diesel::update(entry).set(change).cached().execute(c))?;
        exactly_one(finished)
    }

    async fn sealed_after(&mut self, after: Option<MailId>, limit: u32) -> Result<Vec<(MailId, Vec<u8>)>, StoreError> {
        let after = Id(after.map_or(uuid::Uuid::nil(), MailId::as_uuid));
        let query = mail_outbox::table
            .filter(mail_outbox::id.gt(after))
            .filter(mail_outbox::sent_at.is_null())
            .order(mail_outbox::id)
            .limit(limit.into())
            .select((mail_outbox::id, mail_outbox::sealed.assume_not_null()));
        let rows: Vec<(Id, Vec<u8>)> = on!(self.connection(), c => query.load(c))?;
        Ok(rows.into_iter().map(|(id, sealed)| (id.into(), sealed)).collect())
    }

    async fn reseal(&mut self, id: MailId, old: &[u8], new: &[u8]) -> Result<bool, StoreError> {
        let stored = mail_outbox::table.find(Id::from(id)).filter(mail_outbox::sealed.eq(old));
        let change = mail_outbox::sealed.eq(new);
        let resealed = on!(self.connection(), c => diesel::update(stored).set(change).cached().execute(c))?;
        at_most_one(resealed)
    }

    async fn fail(
        &mut self,
        id: MailId,
        error: &str,
        next_attempt_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let entry = mail_outbox::table.find(Id::from(id)).filter(waiting());
        let error: String = error.chars().take(ERROR_CHARS).collect();
        let error = mail_outbox::last_error.eq(error.as_str());
        let failed = match next_attempt_at {
            Some(next) => {
                let change = (error, mail_outbox::next_attempt_at.eq(At(next)));
                on!(self.connection(), c => diesel::update(entry).set(change).cached().execute(c))
            }
            None => {
                let change = (error, mail_outbox::failed_at.eq(At(now)));
                on!(self.connection(), c => diesel::update(entry).set(change).cached().execute(c))
            }
        };
        exactly_one(failed?)
    }
}
