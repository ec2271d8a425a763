//! A PostgreSQL that tests have for themselves.
//!
//! The first test that asks for a database starts a server; tests in other processes find it by a file beside it, so
//! that it pays off also where each test is a process (cargo-nextest). Whoever uses the server holds a lock that ends
//! with the process, however it ends; a watchdog stops the server and deletes its folder once nobody has held the lock
//! for a while.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `TEST_DATABASE_URL` | use this server, as a user who may create databases, and start none |
//! | `TEST_DATABASE_FSYNC=off` | do not wait for the disk: faster, and no good for tests of machines that go down |
//! | `TEST_DATABASE_DIR` | where the shared server has its files; without it, where temporary files are |

mod cluster;
mod programs;

use std::env;
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};

pub use cluster::{Cluster, Fsync};

use programs::psql;

/// Why there is no PostgreSQL to test with.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// It is not installed.
    #[error("PostgreSQL is not installed: `apt-get install postgresql`, or name a server in TEST_DATABASE_URL")]
    NotInstalled,
    /// One of its programs failed.
    #[error("{program} failed: {output}")]
    Failed {
        /// Which program.
        program: String,
        /// What it wrote.
        output: String,
    },
    /// A file could not be read or written.
    #[error("a file of the test server")]
    Io(#[from] io::Error),
}

/// A fresh database; dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    admin_url: String,
    name: String,
    /// What it is a copy of.
    _template: Option<Arc<TestDatabase>>,
}

/// What copies are made of, for as long as there are some.
static TEMPLATE: Mutex<Weak<TestDatabase>> = Mutex::new(Weak::new());

impl TestDatabase {
    /// Creates an empty one, on a server that is started for it when none runs.
    ///
    /// # Errors
    ///
    /// A [`PostgresError`] that says what to do, so that a test without PostgreSQL fails and is not skipped.
    pub fn create() -> Result<Self, PostgresError> {
        let admin_url = match env::var("TEST_DATABASE_URL") {
            Ok(url) => url,
            Err(_) => cluster::shared()?.admin_url(),
        };
        Self::new(admin_url, None)
    }

    /// Creates a copy of the one that `make` makes, to which nobody may be connected any more. It is made once, for as long
    /// as there are copies of it.
    ///
    /// # Errors
    ///
    /// A [`PostgresError`], as above.
    pub fn like(make: impl FnOnce() -> Result<Self, PostgresError>) -> Result<Self, PostgresError> {
        let mut kept = TEMPLATE.lock().unwrap_or_else(PoisonError::into_inner);
        let template = match kept.upgrade() {
            Some(template) => template,
            None => {
                let template = Arc::new(make()?);
                *kept = Arc::downgrade(&template);
                template
            }
        };
        drop(kept);
        Self::new(template.admin_url.clone(), Some(template))
    }

    fn new(admin_url: String, template: Option<Arc<Self>>) -> Result<Self, PostgresError> {
        let name = format!("voxgate_test_{:016x}", RandomState::new().hash_one(0));
        let alike = template.as_ref().map(|template| format!(" TEMPLATE {}", template.name)).unwrap_or_default();
        psql(&admin_url, &format!("CREATE DATABASE {name}{alike}"))?;
        Ok(Self { admin_url, name, _template: template })
    }

    /// Runs statements by `psql`, the database's own client; what they answer.
    ///
    /// # Errors
    ///
    /// [`PostgresError::Failed`] with what `psql` says.
    pub fn psql(&self, statements: &str) -> Result<String, PostgresError> {
        psql(&self.url(), statements)
    }

    /// Where it is: `postgres://user@host:port/name`.
    #[must_use]
    pub fn url(&self) -> String {
        // The name of the database comes after the last slash and before any question mark.
        let (address, query) = self.admin_url.split_once('?').unwrap_or((&self.admin_url, ""));
        let server = address.rsplit_once('/').map_or(address, |(server, _)| server);
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{server}/{}{separator}{query}", self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // A database that stays goes with its server.
        let _ = psql(&self.admin_url, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}
