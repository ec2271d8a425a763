//! Service accounts.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{ServiceAccounts, StoreError};
use voxgate_domain::{ServiceAccount, ServiceAccountId};

use crate::connection::{Connection, maybe, on};
use crate::dialect::holding;
use crate::error::exactly_one;
use crate::rows::{ServiceAccountRow, ServiceState};
use crate::schema::service_accounts;
use crate::sql_types::Id;
use crate::unit_of_work::Transaction;

/// The account of this client id.
pub(crate) async fn account(
    connection: &mut Connection,
    id: ServiceAccountId,
) -> Result<Option<ServiceAccount>, StoreError> {
    let query = service_accounts::table.find(Id::from(id));
    on!(connection, c => maybe(query.select(ServiceAccountRow::as_select()).first(c)))?
        .map(ServiceAccount::try_from)
        .transpose()
}

/// At most `limit` accounts, newest first and older than `after`.
pub(crate) async fn accounts(
    connection: &mut Connection,
    after: Option<ServiceAccountId>,
    limit: u32,
) -> Result<Vec<ServiceAccount>, StoreError> {
    let query = service_accounts::table
        .filter(service_accounts::id.lt(after.map_or(Id::LAST, Id::from)))
        .order(service_accounts::id.desc())
        .limit(limit.into());
    on!(connection, c => query.select(ServiceAccountRow::as_select()).load(c))?
        .into_iter()
        .map(ServiceAccount::try_from)
        .collect()
}

/// The account, which nobody else changes before the transaction ends.
async fn locked(connection: &mut Connection, id: ServiceAccountId) -> Result<Option<ServiceAccount>, StoreError> {
    let query = service_accounts::table.find(Id::from(id));
    holding!(connection, query.select(ServiceAccountRow::as_select()), |held, c| maybe(held.first(c)))?
        .map(ServiceAccount::try_from)
        .transpose()
}

#[async_trait]
impl ServiceAccounts for Transaction {
    async fn add(&mut self, account: &ServiceAccount) -> Result<(), StoreError> {
        let row = ServiceAccountRow::from(account);
        let added = on!(self.connection(), c => diesel::insert_into(service_accounts::table).values(&row).execute(c))?;
        exactly_one(added)
    }

    async fn lock(&mut self, id: ServiceAccountId) -> Result<Option<ServiceAccount>, StoreError> {
        locked(self.connection(), id).await
    }

    async fn save(&mut self, account: &ServiceAccount) -> Result<(), StoreError> {
        let row = service_accounts::table.find(Id::from(account.id));
        let state = ServiceState::from(account);
        let saved = on!(self.connection(), c => diesel::update(row).set(&state).execute(c))?;
        exactly_one(saved)
    }
}
