//! Purging what is not needed any more.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::policy::{RetentionCounts, RetentionCutoffs};
use voxgate_domain::ports::{Retention, StoreError};
use voxgate_domain::{Timestamp, UserId};

use crate::connection::on;
use crate::dialect::holding;
use crate::error::{at_most_one, exactly_one};
use crate::schema::{
    known_devices, login_attempts, mail_outbox, mfa_challenges, notification_history, notification_preferences,
    one_time_tokens, password_history, recovery_codes, refresh_tokens, totp_factors, user_events, user_sessions, users,
    webhook_deliveries,
};
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

#[diesel::dsl::auto_type]
fn purgeable(closed_before: At) -> _ {
    users::deleted_at.lt(closed_before).and(users::purged_at.is_null()).and(users::legal_hold_at.is_null())
}

/// Users of whom nothing goes.
#[diesel::dsl::auto_type]
fn on_hold() -> _ {
    users::table.filter(users::legal_hold_at.is_not_null()).select(users::id)
}

#[diesel::dsl::auto_type]
fn over(before: At) -> _ {
    let ended = user_sessions::ended_at.lt(before).or(user_sessions::expires_at.lt(before).nullable());
    ended.and(user_sessions::user_id.ne_all(on_hold()))
}

#[diesel::dsl::auto_type]
fn spent(before: At) -> _ {
    one_time_tokens::expires_at.lt(before).and(one_time_tokens::user_id.ne_all(on_hold()))
}

#[diesel::dsl::auto_type]
fn done_with(before: At) -> _ {
    let left = mail_outbox::sent_at.lt(before).or(mail_outbox::failed_at.lt(before));
    let held = users::table.filter(users::legal_hold_at.is_not_null()).select(users::id.nullable());
    left.and(mail_outbox::user_id.is_null().or(mail_outbox::user_id.ne_all(held)))
}

/// Events of which nothing is on its way any more, nor was a short while ago.
#[diesel::dsl::auto_type]
fn told(before: At) -> _ {
    user_events::occurred_at.lt(before).and(diesel::dsl::not(diesel::dsl::exists(
        webhook_deliveries::table.filter(webhook_deliveries::sequence.eq(user_events::sequence)),
    )))
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

impl Transaction {
    /// Deletes sessions with their refresh tokens.
    async fn delete_sessions(&mut self, sessions: &[Id]) -> Result<(), StoreError> {
        let tokens = refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(sessions.to_vec()));
        on!(self.connection(), c => diesel::delete(tokens.clone()).execute(c))?;
        let sessions = user_sessions::table.filter(user_sessions::id.eq_any(sessions.to_vec()));
        on!(self.connection(), c => diesel::delete(sessions.clone()).execute(c)).map(drop)
    }

    /// Erases all that is personal of one user.
    async fn purge_user(&mut self, user: Id, now: Timestamp) -> Result<(), StoreError> {
        let sessions = user_sessions::table.filter(user_sessions::user_id.eq(user)).select(user_sessions::id);
        let sessions: Vec<Id> = on!(self.connection(), c => sessions.load(c))?;
        self.delete_sessions(&sessions).await?;
        let passwords = password_history::table.filter(password_history::user_id.eq(user));
        on!(self.connection(), c => diesel::delete(passwords).execute(c))?;
        let tokens = one_time_tokens::table.filter(one_time_tokens::user_id.eq(user));
        on!(self.connection(), c => diesel::delete(tokens).execute(c))?;
        let challenges = mfa_challenges::table.filter(mfa_challenges::user_id.eq(user));
        on!(self.connection(), c => diesel::delete(challenges).execute(c))?;
        let codes = recovery_codes::table.filter(recovery_codes::user_id.eq(user));
        on!(self.connection(), c => diesel::delete(codes).execute(c))?;
        on!(self.connection(), c => diesel::delete(totp_factors::table.find(user)).execute(c))?;
        let preferences = notification_preferences::table.find(user);
        on!(self.connection(), c => diesel::delete(preferences).execute(c))?;
        let devices = known_devices::table.filter(known_devices::user_id.eq(user));
        on!(self.connection(), c => diesel::delete(devices).execute(c))?;
        let told = notification_history::table.filter(notification_history::user_id.eq(user));
        on!(self.connection(), c => diesel::delete(told).execute(c))?;
        let mails = mail_outbox::table.filter(mail_outbox::user_id.eq(user));
        on!(self.connection(), c => diesel::delete(mails).execute(c))?;
        // A name that no mail server can have (RFC 6761, section 6.4), and that tells nothing but the id.
        let nobody = format!("{}@purged.invalid", UserId::from(user));
        let erased = (
            (users::email.eq(&nobody), users::email_normalized.eq(&nobody), users::email_verified_at.eq(None::<At>)),
            (users::password_hash.eq(None::<&str>), users::last_login_at.eq(None::<At>)),
            (users::first_name.eq(None::<&str>), users::last_name.eq(None::<&str>)),
            (users::phone_number.eq(None::<&str>), users::date_of_birth.eq(None::<chrono::NaiveDate>)),
            (users::locale.eq(None::<&str>), users::time_zone.eq(None::<&str>), users::mfa_enabled.eq(false)),
            (users::purged_at.eq(At(now)), users::updated_at.eq(At(now)), users::version.eq(users::version + 1)),
        );
        let purged = on!(self.connection(), c => diesel::update(users::table.find(user)).set(erased).execute(c))?;
        exactly_one(purged)
    }
}

#[async_trait]
impl Retention for Transaction {
    async fn due(&mut self, cutoffs: &RetentionCutoffs) -> Result<RetentionCounts, StoreError> {
        let users = users::table.filter(purgeable(At(cutoffs.deleted_users))).count();
        let sessions = user_sessions::table.filter(over(At(cutoffs.ended_sessions))).count();
        let tokens = one_time_tokens::table.filter(spent(At(cutoffs.spent_tokens))).count();
        let challenges = mfa_challenges::table.filter(mfa_challenges::expires_at.lt(At(cutoffs.spent_tokens))).count();
        let mails = mail_outbox::table.filter(done_with(At(cutoffs.sent_mail))).count();
        let attempts = login_attempts::table.filter(login_attempts::updated_at.lt(At(cutoffs.login_attempts))).count();
        let over =
            webhook_deliveries::table.filter(webhook_deliveries::finished_at.lt(At(cutoffs.user_events))).count();
        let events = user_events::table.filter(told(At(cutoffs.user_events))).count();
        let connection = self.connection();
        let [users, sessions, tokens, challenges, mails, attempts, over, events] = [
            on!(connection, c => users.get_result::<i64>(c))?,
            on!(connection, c => sessions.get_result::<i64>(c))?,
            on!(connection, c => tokens.get_result::<i64>(c))?,
            on!(connection, c => challenges.get_result::<i64>(c))?,
            on!(connection, c => mails.get_result::<i64>(c))?,
            on!(connection, c => attempts.get_result::<i64>(c))?,
            on!(connection, c => over.get_result::<i64>(c))?,
            on!(connection, c => events.get_result::<i64>(c))?,
        ]
        .map(|rows| u64::try_from(rows).unwrap_or(0));
        let (tokens, events) = (tokens.saturating_add(challenges), events.saturating_add(over));
        Ok(RetentionCounts { users, sessions, tokens, mails, attempts, events })
    }

    async fn purge_users(
        &mut self,
        closed_before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<UserId>, StoreError> {
        let due = users::table
            .filter(purgeable(At(closed_before)))
            .order(users::deleted_at)
            .limit(limit.into())
            .select(users::id);
        let due: Vec<Id> = holding!(self.connection(), due, |held, c| held.load(c))?;
        for user in &due {
            self.purge_user(*user, now).await?;
        }
        Ok(due.into_iter().map(UserId::from).collect())
    }

    async fn purge_records(&mut self, cutoffs: &RetentionCutoffs, limit: u32) -> Result<RetentionCounts, StoreError> {
        let limit = i64::from(limit);
        let sessions =
            user_sessions::table.filter(over(At(cutoffs.ended_sessions))).limit(limit).select(user_sessions::id);
        let sessions: Vec<Id> = on!(self.connection(), c => sessions.load(c))?;
        self.delete_sessions(&sessions).await?;

        let tokens =
            one_time_tokens::table.filter(spent(At(cutoffs.spent_tokens))).limit(limit).select(one_time_tokens::id);
        let tokens: Vec<Id> = on!(self.connection(), c => tokens.load(c))?;
        let expired = one_time_tokens::table.filter(one_time_tokens::id.eq_any(tokens));
        let tokens = on!(self.connection(), c => diesel::delete(expired.clone()).execute(c))?;

        let challenges = mfa_challenges::table
            .filter(mfa_challenges::expires_at.lt(At(cutoffs.spent_tokens)))
            .limit(limit)
            .select(mfa_challenges::hash);
        let challenges: Vec<Vec<u8>> = on!(self.connection(), c => challenges.load(c))?;
        let expired = mfa_challenges::table.filter(mfa_challenges::hash.eq_any(challenges));
        let challenges = on!(self.connection(), c => diesel::delete(expired.clone()).execute(c))?;

        let mails = mail_outbox::table.filter(done_with(At(cutoffs.sent_mail))).limit(limit).select(mail_outbox::id);
        let mails: Vec<Id> = on!(self.connection(), c => mails.load(c))?;
        let done = mail_outbox::table.filter(mail_outbox::id.eq_any(mails));
        let mails = on!(self.connection(), c => diesel::delete(done.clone()).execute(c))?;

        let stale = login_attempts::table
            .filter(login_attempts::updated_at.lt(At(cutoffs.login_attempts)))
            .limit(limit)
            .select(login_attempts::key);
        let stale: Vec<Vec<u8>> = on!(self.connection(), c => stale.load(c))?;
        let stale = login_attempts::table.filter(login_attempts::key.eq_any(stale));
        let attempts = on!(self.connection(), c => diesel::delete(stale.clone()).execute(c))?;

        let over = webhook_deliveries::table
            .filter(webhook_deliveries::finished_at.lt(At(cutoffs.user_events)))
            .limit(limit)
            .select((webhook_deliveries::endpoint_id, webhook_deliveries::sequence));
        let over: Vec<(Id, i64)> = on!(self.connection(), c => over.load(c))?;
        for key in &over {
            let delivery = webhook_deliveries::table.find(*key);
            on!(self.connection(), c => diesel::delete(delivery).execute(c))?;
        }

        let events =
            user_events::table.filter(told(At(cutoffs.user_events))).limit(limit).select(user_events::sequence);
        let events: Vec<i64> = on!(self.connection(), c => events.load(c))?;
        let told = user_events::table.filter(user_events::sequence.eq_any(events));
        let events = on!(self.connection(), c => diesel::delete(told.clone()).execute(c))?;

        Ok(RetentionCounts {
            users: 0,
            sessions: count(sessions.len()),
            tokens: count(tokens).saturating_add(count(challenges)),
            mails: count(mails),
            attempts: count(attempts),
            events: count(events).saturating_add(count(over.len())),
        })
    }

    async fn hold(&mut self, user: UserId, reason: &str, now: Timestamp) -> Result<bool, StoreError> {
        let there = users::table.find(Id::from(user)).filter(users::purged_at.is_null());
        let change = (users::legal_hold_at.eq(At(now)), users::legal_hold_reason.eq(reason));
        let held = on!(self.connection(), c => diesel::update(there).set(change).execute(c))?;
        at_most_one(held)
    }

    async fn release(&mut self, user: UserId) -> Result<bool, StoreError> {
        let held = users::table.find(Id::from(user)).filter(users::legal_hold_at.is_not_null());
        let change = (users::legal_hold_at.eq(None::<At>), users::legal_hold_reason.eq(None::<&str>));
        let released = on!(self.connection(), c => diesel::update(held).set(change).execute(c))?;
        at_most_one(released)
    }
}
