//! Filling PostgreSQL, by COPY.

use std::io::Cursor;
use std::pin::pin;

use futures_util::SinkExt as _;
use tokio::sync::mpsc;
use tokio_postgres::{Client, CopyInSink, NoTls};
use voxgate_domain::audit::{Hash, Seal, SealDraft};
use voxgate_domain::role::seed_roles;
use voxgate_domain::{Permission, Timestamp};

use super::SeedError;
use super::copy;
use super::progress::Progress;
use super::rows::Batch;
use super::trail::Chain;

/// The trigger that queues events for sealing, event by event: their rows are written here along with them.
const TRIGGER: &str = "audit_logs_await_seal";

/// A connection.
pub(super) struct Postgres(Client);

impl Postgres {
    pub(super) async fn connect(url: &str) -> Result<Self, SeedError> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        // It ends with the client; what went wrong the client tells.
        tokio::spawn(connection);
        Ok(Self(client))
    }

    /// Where the trail ends.
    pub(super) async fn chain(&self) -> Result<Chain, SeedError> {
        const NEWEST: &str = "SELECT number, first_position, last_position, root, previous, \
                              (extract(epoch FROM sealed_at) * 1000000)::bigint, key_id, signature \
                              FROM audit_seals ORDER BY number DESC LIMIT 1";
        let Some(row) = self.0.query_opt(NEWEST, &[]).await? else { return Ok(Chain::EMPTY) };
        let hash = |column: usize| Ok::<_, SeedError>(as_hash(row.try_get::<_, Vec<u8>>(column)?));
        let number = |column: usize| Ok::<_, SeedError>(row.try_get::<_, i64>(column)?.cast_unsigned());
        let draft = SealDraft {
            number: number(0)?,
            first_position: number(1)?,
            last_position: number(2)?,
            root: hash(3)?,
            previous: hash(4)?,
            sealed_at: Timestamp::from_unix_micros(row.try_get(5)?).unwrap_or(Timestamp::EPOCH),
        };
        Ok(Chain::after(&Seal { draft, key_id: row.try_get(6)?, signature: row.try_get(7)? }))
    }

    /// Writes every batch in one transaction, and gathers statistics.
    pub(super) async fn fill(
        &mut self,
        mut batches: mpsc::Receiver<Batch>,
        (from, until): (Timestamp, Timestamp),
        progress: &Progress,
    ) -> Result<(), SeedError> {
        let partitions = include_str!("partitions.sql");
        let partitions = partitions.replace("{from}", &from.to_string()).replace("{until}", &until.to_string());
        let transaction = self.0.transaction().await?;
        transaction.batch_execute("SET LOCAL synchronous_commit = off; SET LOCAL statement_timeout = 0").await?;
        transaction.batch_execute(&partitions).await?;
        for role in seed_roles() {
            // The roles that every installation begins with, unless a start of the server made them.
            let permissions: Vec<&str> = role.permissions.iter().map(Permission::as_str).collect();
            let statement = "INSERT INTO user_roles VALUES ($1, $2, $3, now()) ON CONFLICT DO NOTHING";
            transaction.execute(statement, &[&role.name.as_str(), &role.description, &permissions]).await?;
        }
        transaction.batch_execute(&format!("ALTER TABLE audit_logs DISABLE TRIGGER {TRIGGER}")).await?;
        while let Some(batch) = batches.recv().await {
            let (table, columns) = (batch.table.name, batch.table.columns.join(", "));
            let statement = format!("COPY {table} ({columns}) FROM STDIN (FORMAT binary)");
            let sink: CopyInSink<Cursor<Vec<u8>>> = transaction.copy_in(&statement).await?;
            let mut sink = pin!(sink);
            for message in copy::messages(&batch) {
                sink.feed(Cursor::new(message)).await?;
            }
            sink.finish().await?;
            progress.wrote(&batch);
        }
        transaction.batch_execute(&format!("ALTER TABLE audit_logs ENABLE TRIGGER {TRIGGER}")).await?;
        transaction.commit().await?;
        progress.step("gathering statistics");
        // Pages of the tables are marked as visible to everybody, as they are in a database that has aged.
        self.0.batch_execute("VACUUM (ANALYZE)").await?;
        progress.step("writing all of it to the disk");
        // Else PostgreSQL does that while the first loads are measured.
        Ok(self.0.batch_execute("CHECKPOINT").await?)
    }
}

fn as_hash(bytes: Vec<u8>) -> Hash {
    bytes.try_into().map_or(Hash::NONE, Hash)
}
