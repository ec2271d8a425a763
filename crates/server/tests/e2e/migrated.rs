//! Databases with their tables, made once and then copied: making them takes a quarter of a second of a core.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::OnceLock;

use voxgate_testkit::postgres::TestDatabase;

use super::{Backend, voxgate};

/// The file of SQLite.
static FILE: OnceLock<Vec<u8>> = OnceLock::new();

/// The address of a migrated database, and what keeps it.
pub(super) fn database(backend: Backend, dir: &Path) -> (String, Option<TestDatabase>) {
    match backend {
        Backend::Sqlite => {
            let path = dir.join("voxgate.db");
            let content = FILE.get_or_init(|| {
                let dir = tempfile::tempdir().unwrap();
                let path = dir.path().join("voxgate.db");
                migrate(&format!("sqlite://{}", path.display()));
                std::fs::read(path).unwrap()
            });
            let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path);
            file.unwrap().write_all(content).unwrap();
            (format!("sqlite://{}", path.display()), None)
        }
        Backend::Postgres => {
            let made = || {
                let database = TestDatabase::create()?;
                migrate(&database.url());
                Ok(database)
            };
            let database = TestDatabase::like(made).unwrap_or_else(|error| panic!("{error}"));
            (database.url(), Some(database))
        }
    }
}

fn migrate(url: &str) {
    let dir = tempfile::tempdir().unwrap();
    let output = voxgate(dir.path(), &[("DATABASE_URL".to_owned(), url.to_owned())]).arg("migrate").output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
