//! PostgreSQL through the pool that Voxgate uses: diesel-async on deadpool, 16 connections, statements prepared once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use deadpool::managed::QueueMode;
use diesel::prelude::*;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::http::{Cause, Row};

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        first_name -> Nullable<Text>,
        last_name -> Nullable<Text>,
        version -> BigInt,
    }
}

/// As many as Voxgate has by default.
const CONNECTIONS: usize = 16;

#[derive(Clone)]
pub(super) struct Postgres {
    pool: Pool<AsyncPgConnection>,
    people: Arc<Vec<Uuid>>,
    next: Arc<AtomicUsize>,
}

impl Postgres {
    pub(super) async fn connect(url: &str) -> Result<Self, Cause> {
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
        let pool = Pool::builder(manager).max_size(CONNECTIONS).queue_mode(QueueMode::Lifo).build()?;
        let mut connection = pool.get().await?;
        let people = users::table.filter(users::email.like("bench-0%")).select(users::id).load(&mut connection).await?;
        drop(connection);
        Ok(Self { pool, people: Arc::new(people), next: Arc::default() })
    }

    fn somebody(&self) -> Uuid {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.people.get(turn % self.people.len().max(1)).copied().unwrap_or_default()
    }

    pub(super) async fn row(&self) -> Result<Row, Cause> {
        let mut connection = self.pool.get().await?;
        let (email, first_name, last_name) = users::table
            .find(self.somebody())
            .select((users::email, users::first_name, users::last_name))
            .first(&mut connection)
            .await?;
        Ok(Row { email, first_name, last_name })
    }

    pub(super) async fn transaction(&self) -> Result<(), Cause> {
        let (mut connection, id) = (self.pool.get().await?, self.somebody());
        connection
            .transaction(async move |connection| {
                let update = diesel::update(users::table.find(id)).set(users::version.eq(users::version + 1));
                update.execute(connection).await.map(drop)
            })
            .await
            .map_err(|error: diesel::result::Error| error.into())
    }
}
