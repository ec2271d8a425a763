//! A trail over a real database, with keys of its own, and a way to its tables that knows nothing of the service.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tempfile::TempDir;
use voxgate_application::{AuditTrail, TrailPorts, Verdict, Verification};
use voxgate_crypto::{KeyOrigin, SealAnchorFile, SealKeys, Sha256Digest, SystemClock};
use voxgate_domain::audit::Finding;
use voxgate_domain::ports::{Clock as _, SealAnchor};
use voxgate_storage::{Database, PoolOptions};
use voxgate_testkit::postgres::TestDatabase;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// A trail and all that is around it.
pub(crate) struct Case {
    pub(crate) trail: AuditTrail,
    pub(crate) database: Database,
    pub(crate) keys: Arc<SealKeys>,
    pub(crate) dir: TempDir,
    postgres: Option<TestDatabase>,
}

/// What is dropped by whoever changes the trail: it refuses changes.
const DROP_ON_SQLITE: &str = "DROP TRIGGER IF EXISTS audit_logs_no_update; DROP TRIGGER IF EXISTS audit_logs_no_delete; \
    DROP TRIGGER IF EXISTS audit_logs_no_replace; DROP TRIGGER IF EXISTS audit_logs_await_seal; \
    DROP TRIGGER IF EXISTS audit_seals_no_update; DROP TRIGGER IF EXISTS audit_seals_no_delete; \
    DROP TRIGGER IF EXISTS audit_positions_no_update; DROP TRIGGER IF EXISTS audit_positions_no_delete;";
const DROP_ON_POSTGRES: &str = "DROP TRIGGER audit_logs_append_only ON audit_logs; \
    DROP TRIGGER audit_logs_await_seal ON audit_logs; DROP TRIGGER audit_seals_append_only ON audit_seals; \
    DROP TRIGGER audit_positions_append_only ON audit_positions;";

fn patient() -> PoolOptions {
    let long = Duration::from_secs(60);
    PoolOptions {
        max_connections: 40,
        acquire_timeout: long,
        connect_timeout: long,
        lock_timeout: long,
        statement_timeout: long,
        idle_in_transaction_timeout: long,
        ..PoolOptions::default()
    }
}

/// A trail over `database`, signed by `keys`.
pub(crate) fn trail_of(database: &Database, keys: &Arc<SealKeys>, anchor: Arc<dyn SealAnchor>) -> AuditTrail {
    AuditTrail::new(TrailPorts {
        trail: Arc::new(database.clone()),
        digest: Arc::new(Sha256Digest),
        signer: Arc::clone(keys) as _,
        verifier: Arc::clone(keys) as _,
        anchor,
        clock: Arc::new(SystemClock),
    })
}

impl Case {
    pub(crate) async fn new(backend: Backend) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (url, postgres) = match backend {
            Backend::Sqlite => (format!("sqlite://{}", dir.path().join("voxgate.db").display()), None),
            Backend::Postgres => {
                let database = TestDatabase::create().unwrap_or_else(|error| panic!("{error}"));
                (database.url(), Some(database))
            }
        };
        let database = Database::connect(&url, patient()).await.unwrap();
        database.migrate().await.unwrap();
        let keys_dir = dir.path().join("audit");
        SealKeys::generate(&keys_dir, SystemClock.now(), KeyOrigin::Operator).unwrap();
        let keys = Arc::new(SealKeys::load(keys_dir, SystemClock.now()).unwrap());
        let trail = trail_of(&database, &keys, Arc::new(SealAnchorFile::new(&dir.path().join("audit"))));
        Self { trail, database, keys, dir, postgres }
    }

    /// A copy of an SQLite trail, with the same keys and the same remembered seal.
    pub(crate) async fn copy(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::copy(self.sqlite_path(), dir.path().join("voxgate.db")).unwrap();
        std::fs::create_dir(dir.path().join("audit")).unwrap();
        for file in std::fs::read_dir(self.dir.path().join("audit")).unwrap() {
            let path = file.unwrap().path();
            std::fs::copy(&path, dir.path().join("audit").join(path.file_name().unwrap())).unwrap();
        }
        let url = format!("sqlite://{}", dir.path().join("voxgate.db").display());
        let database = Database::connect(&url, patient()).await.unwrap();
        let anchor = Arc::new(SealAnchorFile::new(&dir.path().join("audit")));
        let trail = trail_of(&database, &self.keys, anchor);
        Self { trail, database, keys: Arc::clone(&self.keys), dir, postgres: None }
    }

    pub(crate) fn sqlite_path(&self) -> PathBuf {
        self.dir.path().join("voxgate.db")
    }

    /// Runs statements by the database's own means, on a connection that the service has not set up.
    pub(crate) fn raw(&self, statements: &str) {
        match &self.postgres {
            Some(database) => drop(database.psql(statements).unwrap_or_else(|error| panic!("{error}"))),
            None => self.sqlite().batch_execute(statements).unwrap_or_else(|error| panic!("{error}: {statements}")),
        }
    }

    pub(crate) fn sqlite(&self) -> SqliteConnection {
        let mut connection = SqliteConnection::establish(self.sqlite_path().to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF").unwrap();
        connection
    }

    /// One value as text.
    pub(crate) fn ask(&self, query: &str) -> String {
        #[derive(QueryableByName)]
        struct Answer {
            #[diesel(sql_type = Text)]
            answer: String,
        }
        match &self.postgres {
            Some(database) => database.psql(query).unwrap().trim().to_owned(),
            None => {
                let query = format!("SELECT CAST(({query}) AS TEXT) AS answer");
                diesel::sql_query(query).get_result::<Answer>(&mut self.sqlite()).unwrap().answer
            }
        }
    }

    /// The id of the event at a place, as this database writes it, and as a UUID.
    pub(crate) fn event_at(&self, position: u64) -> (String, String) {
        let query = format!("FROM audit_positions WHERE position = {position}");
        match &self.postgres {
            Some(_) => {
                let id = self.ask(&format!("SELECT event_id {query}"));
                (format!("'{id}'"), id)
            }
            None => {
                let hex = self.ask(&format!("SELECT lower(hex(event_id)) {query}"));
                let uuid = format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
                (format!("x'{hex}'"), uuid)
            }
        }
    }

    /// Takes away what refuses changes.
    pub(crate) fn drop_triggers(&self) {
        self.raw(if self.postgres.is_some() { DROP_ON_POSTGRES } else { DROP_ON_SQLITE });
    }

    /// Records `count` events that look like those of the service, in one statement. They begin `minutes` ago.
    pub(crate) fn insert_events(&self, count: u32, minutes: u32) {
        let columns = "(id, occurred_at, event, outcome, actor_id, subject_id, session_id, ip_address, user_agent, \
                       request_id, reason, details)";
        self.raw(&match &self.postgres {
            Some(_) => format!(
                "INSERT INTO audit_logs {columns} SELECT gen_random_uuid(), \
                 date_trunc('second', now()) - interval '{minutes} minutes' + n * interval '10 microseconds', \
                 'login.failed', 'failure', NULL, gen_random_uuid(), gen_random_uuid(), '192.0.2.' || n % 256, \
                 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'request-' || n, NULL, \
                 '{{\"why\": \"wrong_password\", \"count\": 3}}' FROM generate_series(1, {count}) AS n"
            ),
            None => format!(
                "INSERT INTO audit_logs {columns} WITH RECURSIVE counter(n) AS \
                 (VALUES (1) UNION ALL SELECT n + 1 FROM counter WHERE n < {count}) SELECT randomblob(16), \
                 (unixepoch() - {minutes} * 60) * 1000000 + n * 10, \
                 'login.failed', 'failure', NULL, randomblob(16), randomblob(16), '192.0.2.' || n % 256, \
                 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'request-' || n, NULL, \
                 jsonb('{{\"why\":\"wrong_password\",\"count\":3}}') FROM counter"
            ),
        });
    }

    pub(crate) async fn verify(&self) -> Verdict {
        self.trail.verify(Verification::default(), &mut |_, _| ()).await.unwrap()
    }

    /// The first thing that is wrong.
    pub(crate) async fn finding(&self) -> Finding {
        self.verify().await.finding.expect("something is found")
    }
}
