//! SQLite with Voxgate's settings: read on the worker's own connection, and written by one connection for which all queue.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel_async::SimpleAsyncConnection;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use tokio::sync::Mutex;

use super::http::{Cause, Row};

diesel::table! {
    users (id) {
        id -> Binary,
        email -> Text,
        first_name -> Nullable<Text>,
        last_name -> Nullable<Text>,
        version -> BigInt,
    }
}

thread_local! {
    static READER: RefCell<Option<SqliteConnection>> = const { RefCell::new(None) };
}

#[derive(Clone)]
pub(super) struct Sqlite {
    path: Arc<str>,
    writer: Arc<Mutex<SyncConnectionWrapper<SqliteConnection>>>,
    people: Arc<Vec<Vec<u8>>>,
    next: Arc<AtomicUsize>,
}

fn connect(path: &str) -> Result<SqliteConnection, Cause> {
    let mut connection = SqliteConnection::establish(path)?;
    connection.batch_execute("PRAGMA busy_timeout = 2000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")?;
    Ok(connection)
}

impl Sqlite {
    pub(super) fn open(path: &str) -> Result<Self, Cause> {
        let mut connection = connect(path)?;
        let query = users::table.filter(users::email.like("bench-0%")).select(users::id);
        let people = RunQueryDsl::load(query, &mut connection)?;
        let writer = Arc::new(Mutex::new(SyncConnectionWrapper::new(connection)));
        Ok(Self { path: path.into(), writer, people: Arc::new(people), next: Arc::default() })
    }

    fn somebody(&self) -> Vec<u8> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.people.get(turn % self.people.len().max(1)).cloned().unwrap_or_default()
    }

    pub(super) fn row(&self) -> Result<Row, Cause> {
        READER.with_borrow_mut(|reader| {
            let connection = match reader {
                Some(connection) => connection,
                none => none.insert(connect(&self.path)?),
            };
            let query = users::table.find(self.somebody());
            let query = query.select((users::email, users::first_name, users::last_name));
            let (email, first_name, last_name) = RunQueryDsl::first(query, connection)?;
            Ok(Row { email, first_name, last_name })
        })
    }

    pub(super) async fn transaction(&self) -> Result<(), Cause> {
        let (mut writer, id) = (self.writer.lock().await, self.somebody());
        SimpleAsyncConnection::batch_execute(&mut *writer, "BEGIN IMMEDIATE").await?;
        let update = diesel::update(users::table.find(id)).set(users::version.eq(users::version + 1));
        diesel_async::RunQueryDsl::execute(update, &mut *writer).await?;
        SimpleAsyncConnection::batch_execute(&mut *writer, "COMMIT").await?;
        Ok(())
    }
}
