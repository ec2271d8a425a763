//! Logins that have the password right and still owe a code.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::factor::MfaChallenge;
use voxgate_domain::ports::{MfaChallenges, StoreError};
use voxgate_domain::{Timestamp, TokenHash, UserId};

use crate::cached::CachedDsl as _;
use crate::connection::{Connection, maybe, on};
use crate::dialect::holding;
use crate::error::{at_most_one, exactly_one};
use crate::rows::ChallengeRow;
use crate::schema::mfa_challenges;
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

/// The challenge of this hash.
pub(crate) async fn challenge(
    connection: &mut Connection,
    hash: TokenHash,
) -> Result<Option<MfaChallenge>, StoreError> {
    let query = mfa_challenges::table.find(hash.as_bytes().as_slice());
    on!(connection, c => maybe(query.select(ChallengeRow::as_select()).first(c)))?
        .map(MfaChallenge::try_from)
        .transpose()
}

/// The same, which nobody else changes before the transaction ends.
async fn locked(connection: &mut Connection, hash: TokenHash) -> Result<Option<MfaChallenge>, StoreError> {
    let query = mfa_challenges::table.find(hash.as_bytes().as_slice());
    holding!(connection, query.select(ChallengeRow::as_select()), |held, c| maybe(held.first(c)))?
        .map(MfaChallenge::try_from)
        .transpose()
}

#[async_trait]
impl MfaChallenges for Transaction {
    async fn add(&mut self, challenge: &MfaChallenge) -> Result<(), StoreError> {
        let expired = mfa_challenges::table
            .filter(mfa_challenges::user_id.eq(Id::from(challenge.user_id)))
            .filter(mfa_challenges::expires_at.le(At(challenge.created_at)));
        on!(self.connection(), c => diesel::delete(expired).execute(c))?;
        let row = ChallengeRow::from(challenge);
        let added =
            on!(self.connection(), c => diesel::insert_into(mfa_challenges::table).values(&row).cached().execute(c))?;
        exactly_one(added)
    }

    async fn lock(&mut self, hash: TokenHash) -> Result<Option<MfaChallenge>, StoreError> {
        locked(self.connection(), hash).await
    }

    async fn count_failure(&mut self, hash: TokenHash) -> Result<(), StoreError> {
        let challenge = mfa_challenges::table.find(hash.as_bytes().as_slice());
        let change = mfa_challenges::failures.eq(mfa_challenges::failures + 1);
        let counted = on!(self.connection(), c => diesel::update(challenge).set(change).cached().execute(c))?;
        exactly_one(counted)
    }

    async fn consume(&mut self, hash: TokenHash, now: Timestamp) -> Result<bool, StoreError> {
        let good = mfa_challenges::table
            .find(hash.as_bytes().as_slice())
            .filter(mfa_challenges::used_at.is_null())
            .filter(mfa_challenges::expires_at.gt(At(now)));
        let used = mfa_challenges::used_at.eq(At(now));
        let consumed = on!(self.connection(), c => diesel::update(good).set(used).cached().execute(c))?;
        at_most_one(consumed)
    }

    async fn forget(&mut self, user: UserId) -> Result<(), StoreError> {
        let all = mfa_challenges::table.filter(mfa_challenges::user_id.eq(Id::from(user)));
        on!(self.connection(), c => diesel::delete(all).execute(c)).map(drop)
    }
}
