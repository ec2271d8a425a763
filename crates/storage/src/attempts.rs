//! Failed logins.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::{LoginAttempts, StoreError};
use voxgate_domain::{AttemptKey, Timestamp};

use crate::cached::CachedDsl as _;
use crate::connection::{Connection, maybe, on};
use crate::error::exactly_one;
use crate::rows::{count, hash};
use crate::schema::login_attempts;
use crate::sql_types::At;
use crate::unit_of_work::Transaction;

type Counted = (i32, Option<At>, Option<At>);

#[diesel::dsl::auto_type]
fn counted() -> _ {
    (login_attempts::failures, login_attempts::last_failure_at, login_attempts::locked_until)
}

fn attempts_of((failures, last_failure_at, locked_until): Counted) -> Result<Attempts, StoreError> {
    Ok(Attempts {
        failures: count("login_attempts", "failures", failures)?,
        last_failure_at: last_failure_at.map(Into::into),
        locked_until: locked_until.map(Into::into),
    })
}

/// The failed logins that are counted under `key`.
pub(crate) async fn attempts(connection: &mut Connection, key: AttemptKey) -> Result<Attempts, StoreError> {
    let query = login_attempts::table.find(key.as_bytes().as_slice()).select(counted());
    let found: Option<Counted> = on!(connection, c => maybe(query.first(c)))?;
    found.map_or_else(|| Ok(Attempts::default()), attempts_of)
}

/// The failed logins that are counted under those of `keys` that were locked.
pub(crate) async fn locks(
    connection: &mut Connection,
    keys: &[AttemptKey],
) -> Result<Vec<(AttemptKey, Attempts)>, StoreError> {
    let keys: Vec<&[u8]> = keys.iter().map(|key| key.as_bytes().as_slice()).collect();
    let query = login_attempts::table
        .filter(login_attempts::key.eq_any(keys))
        .filter(login_attempts::locked_until.is_not_null())
        .select((login_attempts::key, counted()));
    let rows: Vec<(Vec<u8>, Counted)> = on!(connection, c => query.load(c))?;
    rows.into_iter()
        .map(|(key, row)| Ok((AttemptKey::from_bytes(hash("login_attempts", "key", &key)?), attempts_of(row)?)))
        .collect()
}

#[async_trait]
impl LoginAttempts for Transaction {
    /// One statement adds the row when it is missing and holds it when it is there: with two, somebody could take the
    /// row away in between, and what does not exist cannot be held.
    async fn lock(&mut self, key: AttemptKey, now: Timestamp) -> Result<Attempts, StoreError> {
        let touched = login_attempts::updated_at.eq(At(now));
        let none = (login_attempts::key.eq(key.as_bytes().as_slice()), login_attempts::failures.eq(0), touched);
        let held: Counted = on!(self.connection(), c => diesel::insert_into(login_attempts::table)
            .values(none)
            .on_conflict(login_attempts::key)
            .do_update()
            .set(touched)
            .returning(counted())
            .cached()
            .get_result(c))?;
        attempts_of(held)
    }

    async fn save(&mut self, key: AttemptKey, attempts: Attempts, now: Timestamp) -> Result<(), StoreError> {
        let counted = (
            login_attempts::failures.eq(i32::try_from(attempts.failures).unwrap_or(i32::MAX)),
            login_attempts::last_failure_at.eq(attempts.last_failure_at.map(At)),
            login_attempts::locked_until.eq(attempts.locked_until.map(At)),
            login_attempts::updated_at.eq(At(now)),
        );
        let saved = on!(self.connection(), c => diesel::insert_into(login_attempts::table)
            .values((login_attempts::key.eq(key.as_bytes().as_slice()), counted))
            .on_conflict(login_attempts::key)
            .do_update()
            .set(counted)
            .cached()
            .execute(c))?;
        exactly_one(saved)
    }
}
