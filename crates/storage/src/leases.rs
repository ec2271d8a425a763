//! Leases of background jobs.

use std::time::Duration;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use voxgate_domain::Timestamp;
use voxgate_domain::ports::{Leases, StoreError};

use crate::Database;
use crate::cached::CachedDsl as _;
use crate::connection::{Connection, on};
use crate::error::at_most_one;
use crate::schema::leases;
use crate::sql_types::At;

#[async_trait]
impl Leases for Database {
    async fn acquire(&self, name: &str, holder: &str, now: Timestamp, ttl: Duration) -> Result<bool, StoreError> {
        let mut connection = self.writer().await?;
        connection.begin().await?;
        let outcome = acquire(&mut connection, name, holder, now, ttl).await;
        connection.end(outcome).await
    }

    async fn release(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let mut connection = self.writer().await?;
        connection.begin().await?;
        let outcome = release(&mut connection, name, holder).await;
        connection.end(outcome).await
    }
}

/// One conditional statement decides, so that of two replicas one gets it.
async fn acquire(
    connection: &mut Connection,
    name: &str,
    holder: &str,
    now: Timestamp,
    ttl: Duration,
) -> Result<bool, StoreError> {
    use diesel::query_dsl::methods::FilterDsl as _;

    let wanted = (leases::name.eq(name), leases::holder.eq(holder), leases::expires_at.eq(At(now.plus(ttl))));
    let rows = on!(connection, c => diesel::insert_into(leases::table)
        .values(wanted)
        .on_conflict(leases::name)
        .do_update()
        .set((leases::holder.eq(excluded(leases::holder)), leases::expires_at.eq(excluded(leases::expires_at))))
        .filter(leases::holder.eq(holder).or(leases::expires_at.le(At(now))))
        .cached()
        .execute(c))?;
    at_most_one(rows)
}

async fn release(connection: &mut Connection, name: &str, holder: &str) -> Result<(), StoreError> {
    let held = leases::table.find(name).filter(leases::holder.eq(holder));
    on!(connection, c => diesel::delete(held).execute(c)).map(drop)
}
