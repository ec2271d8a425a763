//! One-time tokens.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{OneTimeTokens, StoreError};
use voxgate_domain::{OneTimeToken, Purpose, Timestamp, TokenHash, UserId};

use crate::cached::CachedDsl as _;
use crate::connection::{maybe, on};
use crate::dialect::holding;
use crate::error::exactly_one;
use crate::rows::{NewToken, TokenRow};
use crate::schema::{one_time_tokens, users};
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

#[diesel::dsl::auto_type]
fn unspent() -> _ {
    one_time_tokens::used_at.is_null().and(one_time_tokens::voided_at.is_null())
}

fn names(purposes: &[Purpose]) -> Vec<&'static str> {
    purposes.iter().map(|purpose| purpose.as_str()).collect()
}

#[async_trait]
impl OneTimeTokens for Transaction {
    /// The user is held first, so that of two requests for a link at once the later voids the token of the earlier,
    /// which it could not see otherwise.
    async fn replace(&mut self, token: &OneTimeToken, hash: TokenHash) -> Result<(), StoreError> {
        let owner = users::table.find(Id::from(token.user_id)).select(users::id);
        let owner: Option<Id> = holding!(self.connection(), owner, |held, c| maybe(held.first(c)))?;
        exactly_one(owner.iter().len())?;
        self.void(token.user_id, &[token.purpose], token.issued_at).await?;
        let row = NewToken::new(token, hash);
        let added =
            on!(self.connection(), c => diesel::insert_into(one_time_tokens::table).values(&row).cached().execute(c))?;
        exactly_one(added)
    }

    async fn consume(
        &mut self,
        hash: TokenHash,
        purposes: &[Purpose],
        now: Timestamp,
    ) -> Result<Option<OneTimeToken>, StoreError> {
        // Its user is held first, as by whoever voids tokens: two that lock in one order cannot wait for each other.
        let owner = one_time_tokens::table
            .filter(one_time_tokens::token_hash.eq(hash.as_bytes().as_slice()))
            .select(one_time_tokens::user_id);
        let Some(owner) = on!(self.connection(), c => maybe(owner.first::<Id>(c)))? else { return Ok(None) };
        let owner = users::table.find(owner).select(users::id);
        let _: Option<Id> = holding!(self.connection(), owner, |held, c| maybe(held.first(c)))?;
        let good = one_time_tokens::table
            .filter(one_time_tokens::token_hash.eq(hash.as_bytes().as_slice()))
            .filter(one_time_tokens::purpose.eq_any(names(purposes)))
            .filter(one_time_tokens::expires_at.gt(At(now)))
            .filter(unspent());
        let used = one_time_tokens::used_at.eq(At(now));
        on!(self.connection(), c => maybe(
            diesel::update(good.clone()).set(used).returning(TokenRow::as_returning()).cached().get_result(c)
        ))?
        .map(OneTimeToken::try_from)
        .transpose()
    }

    async fn void(&mut self, user: UserId, purposes: &[Purpose], now: Timestamp) -> Result<(), StoreError> {
        let good = one_time_tokens::table
            .filter(one_time_tokens::user_id.eq(Id::from(user)))
            .filter(one_time_tokens::purpose.eq_any(names(purposes)))
            .filter(unspent());
        let voided = one_time_tokens::voided_at.eq(At(now));
        on!(self.connection(), c => diesel::update(good.clone()).set(voided).cached().execute(c)).map(drop)
    }
}
