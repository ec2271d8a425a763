//! Service accounts.

use diesel::prelude::*;
use voxgate_domain::ports::StoreError;
use voxgate_domain::service_account::PreviousSecret;
use voxgate_domain::{Permission, ServiceAccount, ServiceName, TokenHash};

use super::hash;
use crate::error::corrupt;
use crate::schema::service_accounts;
use crate::sql_types::{At, Id, Words};

/// The name of the table, for what is wrong in it.
const TABLE: &str = "service_accounts";

/// A service account.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = service_accounts)]
pub(crate) struct ServiceAccountRow {
    id: Id,
    name: String,
    permissions: Words,
    secret_hash: Vec<u8>,
    previous_hash: Option<Vec<u8>>,
    previous_until: Option<At>,
    disabled_at: Option<At>,
    created_at: At,
}

/// What changes of one.
#[derive(AsChangeset)]
#[diesel(table_name = service_accounts, treat_none_as_null = true)]
pub(crate) struct ServiceState {
    secret_hash: Vec<u8>,
    previous_hash: Option<Vec<u8>>,
    previous_until: Option<At>,
    disabled_at: Option<At>,
}

impl From<&ServiceAccount> for ServiceState {
    fn from(account: &ServiceAccount) -> Self {
        Self {
            secret_hash: account.secret.as_bytes().to_vec(),
            previous_hash: account.previous.map(|previous| previous.hash.as_bytes().to_vec()),
            previous_until: account.previous.map(|previous| At(previous.until)),
            disabled_at: account.disabled_at.map(At),
        }
    }
}

impl From<&ServiceAccount> for ServiceAccountRow {
    fn from(account: &ServiceAccount) -> Self {
        let ServiceState { secret_hash, previous_hash, previous_until, disabled_at } = account.into();
        let names = account.permissions.iter().map(|permission| permission.as_str().to_owned());
        Self {
            id: account.id.into(),
            name: account.name.as_str().to_owned(),
            permissions: Words(names.collect()),
            secret_hash,
            previous_hash,
            previous_until,
            disabled_at,
            created_at: At(account.created_at),
        }
    }
}

impl TryFrom<ServiceAccountRow> for ServiceAccount {
    type Error = StoreError;

    /// A permission of an unknown name is skipped, as one of a role is.
    fn try_from(row: ServiceAccountRow) -> Result<Self, StoreError> {
        let previous = match (row.previous_hash, row.previous_until) {
            (Some(bytes), Some(At(until))) => {
                let hash = TokenHash::from_bytes(hash(TABLE, "previous_hash", &bytes)?);
                Some(PreviousSecret { hash, until })
            }
            _ => None,
        };
        Ok(Self {
            id: row.id.into(),
            name: ServiceName::parse(&row.name).map_err(|why| corrupt(TABLE, "name", why))?,
            permissions: row.permissions.0.iter().filter_map(|name| Permission::parse(name)).collect(),
            secret: TokenHash::from_bytes(hash(TABLE, "secret_hash", &row.secret_hash)?),
            previous,
            created_at: row.created_at.into(),
            disabled_at: row.disabled_at.map(Into::into),
        })
    }
}
