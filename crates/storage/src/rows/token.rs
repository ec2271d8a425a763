//! One-time tokens.

use diesel::prelude::*;
use voxgate_domain::ports::StoreError;
use voxgate_domain::{EmailAddress, OneTimeToken, Purpose, TokenHash};

use super::named;
use crate::error::corrupt;
use crate::schema::one_time_tokens;
use crate::sql_types::{At, Id};

/// A one-time token without its hash.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = one_time_tokens)]
pub(crate) struct TokenRow {
    pub(crate) id: Id,
    pub(crate) user_id: Id,
    pub(crate) purpose: String,
    pub(crate) address: String,
    pub(crate) issued_at: At,
    pub(crate) expires_at: At,
}

/// A one-time token that is added.
#[derive(Insertable)]
#[diesel(table_name = one_time_tokens)]
pub(crate) struct NewToken {
    #[diesel(embed)]
    token: TokenRow,
    token_hash: Vec<u8>,
}

impl NewToken {
    pub(crate) fn new(token: &OneTimeToken, hash: TokenHash) -> Self {
        let row = TokenRow {
            id: token.id.into(),
            user_id: token.user_id.into(),
            purpose: token.purpose.as_str().to_owned(),
            address: token.address.as_typed().to_owned(),
            issued_at: token.issued_at.into(),
            expires_at: token.expires_at.into(),
        };
        Self { token: row, token_hash: hash.as_bytes().to_vec() }
    }
}

impl TryFrom<TokenRow> for OneTimeToken {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        const TABLE: &str = "one_time_tokens";
        Ok(Self {
            id: row.id.into(),
            user_id: row.user_id.into(),
            purpose: named(TABLE, "purpose", &row.purpose, Purpose::parse)?,
            address: EmailAddress::parse(&row.address).map_err(|why| corrupt(TABLE, "address", why))?,
            issued_at: row.issued_at.into(),
            expires_at: row.expires_at.into(),
        })
    }
}
