//! Authenticator apps and recovery codes.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::factor::{MfaStatus, Totp};
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::{Factors, StoreError};
use voxgate_domain::{Timestamp, TokenHash, UserId};

use crate::cached::CachedDsl as _;
use crate::connection::{Connection, maybe, on};
use crate::dialect::holding;
use crate::error::{at_most_one, exactly_one};
use crate::rows::{TotpRow, stored_step};
use crate::schema::{recovery_codes, totp_factors, users};
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

/// What the user can be told of their second factor.
pub(crate) async fn status(connection: &mut Connection, user: UserId) -> Result<MfaStatus, StoreError> {
    let factor = totp_factors::table.find(Id::from(user)).select(totp_factors::confirmed_at);
    let confirmed_at: Option<Option<At>> = on!(connection, c => maybe(factor.first(c)))?;
    let left = recovery_codes::table.filter(unused_of(user.into())).count();
    let left: i64 = on!(connection, c => left.get_result(c))?;
    Ok(MfaStatus {
        confirmed_at: confirmed_at.flatten().map(Into::into),
        recovery_codes_remaining: u32::try_from(left).unwrap_or(u32::MAX),
    })
}

/// The app of the user, which nobody else changes before the transaction ends.
async fn locked(connection: &mut Connection, user: UserId) -> Result<Option<Totp>, StoreError> {
    let query = totp_factors::table.find(Id::from(user));
    holding!(connection, query.select(TotpRow::as_select()), |held, c| maybe(held.first(c)))?
        .map(Totp::try_from)
        .transpose()
}

#[diesel::dsl::auto_type]
fn unused_of(user: Id) -> _ {
    recovery_codes::user_id.eq(user).and(recovery_codes::used_at.is_null())
}

impl Transaction {
    /// Notes at the user whether they have a second factor. The version counts up, so that whoever read the user before
    /// cannot save over it.
    async fn note_at_user(&mut self, user: UserId, mfa_enabled: bool, now: Timestamp) -> Result<(), StoreError> {
        let stored = users::table.find(Id::from(user));
        let change =
            (users::mfa_enabled.eq(mfa_enabled), users::updated_at.eq(At(now)), users::version.eq(users::version + 1));
        let noted = on!(self.connection(), c => diesel::update(stored).set(change).cached().execute(c))?;
        exactly_one(noted)
    }

    async fn delete_recovery_codes(&mut self, user: UserId) -> Result<(), StoreError> {
        let all = recovery_codes::table.filter(recovery_codes::user_id.eq(Id::from(user)));
        on!(self.connection(), c => diesel::delete(all).execute(c)).map(drop)
    }
}

#[async_trait]
impl Factors for Transaction {
    async fn lock(&mut self, user: UserId) -> Result<Option<Totp>, StoreError> {
        locked(self.connection(), user).await
    }

    async fn enroll(&mut self, totp: &Totp) -> Result<bool, StoreError> {
        let row = TotpRow::from(totp);
        let former = totp_factors::table.find(Id::from(totp.user_id)).filter(totp_factors::confirmed_at.is_null());
        on!(self.connection(), c => diesel::delete(former).execute(c))?;
        let added = on!(self.connection(), c => diesel::insert_into(totp_factors::table)
            .values(&row)
            .on_conflict(totp_factors::user_id)
            .do_nothing()
            .cached()
            .execute(c))?;
        at_most_one(added)
    }

    async fn confirm(&mut self, user: UserId, step: u64, now: Timestamp) -> Result<bool, StoreError> {
        let enrolling = totp_factors::table.find(Id::from(user)).filter(totp_factors::confirmed_at.is_null());
        let change = (
            totp_factors::confirmed_at.eq(At(now)),
            totp_factors::last_step.eq(stored_step(step)),
            totp_factors::failures.eq(0),
            totp_factors::last_failure_at.eq(None::<At>),
            totp_factors::locked_until.eq(None::<At>),
        );
        let confirmed = on!(self.connection(), c => diesel::update(enrolling).set(change).cached().execute(c))?;
        if !at_most_one(confirmed)? {
            return Ok(false);
        }
        self.note_at_user(user, true, now).await?;
        Ok(true)
    }

    async fn accept_step(&mut self, user: UserId, step: u64) -> Result<bool, StoreError> {
        let step = stored_step(step);
        let earlier = totp_factors::table.find(Id::from(user)).filter(totp_factors::last_step.lt(step));
        let change = totp_factors::last_step.eq(step);
        let accepted = on!(self.connection(), c => diesel::update(earlier).set(change).cached().execute(c))?;
        at_most_one(accepted)
    }

    async fn save_attempts(&mut self, user: UserId, attempts: Attempts) -> Result<(), StoreError> {
        let change = (
            totp_factors::failures.eq(i32::try_from(attempts.failures).unwrap_or(i32::MAX)),
            totp_factors::last_failure_at.eq(attempts.last_failure_at.map(At)),
            totp_factors::locked_until.eq(attempts.locked_until.map(At)),
        );
        let factor = totp_factors::table.find(Id::from(user));
        let saved = on!(self.connection(), c => diesel::update(factor).set(change).cached().execute(c))?;
        exactly_one(saved)
    }

    async fn disable(&mut self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let on = totp_factors::table.find(Id::from(user)).filter(totp_factors::confirmed_at.is_not_null());
        let removed = on!(self.connection(), c => diesel::delete(on).execute(c))?;
        if !at_most_one(removed)? {
            return Ok(false);
        }
        self.delete_recovery_codes(user).await?;
        self.note_at_user(user, false, now).await?;
        Ok(true)
    }

    async fn replace_recovery_codes(
        &mut self,
        user: UserId,
        codes: &[TokenHash],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.delete_recovery_codes(user).await?;
        for code in codes {
            let values = (
                recovery_codes::hash.eq(code.as_bytes().as_slice()),
                recovery_codes::user_id.eq(Id::from(user)),
                recovery_codes::created_at.eq(At(now)),
            );
            let added = on!(self.connection(), c => diesel::insert_into(recovery_codes::table).values(values).cached().execute(c))?;
            exactly_one(added)?;
        }
        Ok(())
    }

    async fn consume_recovery_code(
        &mut self,
        user: UserId,
        code: TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let good = recovery_codes::table.find(code.as_bytes().as_slice()).filter(unused_of(user.into()));
        let used = recovery_codes::used_at.eq(At(now));
        let consumed = on!(self.connection(), c => diesel::update(good).set(used).cached().execute(c))?;
        at_most_one(consumed)
    }

    async fn sealed_after(&mut self, after: Option<UserId>, limit: u32) -> Result<Vec<(UserId, Vec<u8>)>, StoreError> {
        let after = Id(after.map_or(uuid::Uuid::nil(), UserId::as_uuid));
        let query = totp_factors::table
            .filter(totp_factors::user_id.gt(after))
            .order(totp_factors::user_id)
            .limit(limit.into())
            .select((totp_factors::user_id, totp_factors::sealed_secret));
        let rows: Vec<(Id, Vec<u8>)> = on!(self.connection(), c => query.load(c))?;
        Ok(rows.into_iter().map(|(user, sealed)| (user.into(), sealed)).collect())
    }

    async fn reseal(&mut self, user: UserId, old: &[u8], new: &[u8]) -> Result<bool, StoreError> {
        let stored = totp_factors::table.find(Id::from(user)).filter(totp_factors::sealed_secret.eq(old));
        let change = totp_factors::sealed_secret.eq(new);
        let resealed = on!(self.connection(), c => diesel::update(stored).set(change).cached().execute(c))?;
        at_most_one(resealed)
    }
}
