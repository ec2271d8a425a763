//! The storage contract on both databases: the names of the tests show which one breaks a rule.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test needs and does not get shall stop it")]

mod support;

use std::sync::OnceLock;

use voxgate_storage::{Database, GroupedReads};
use voxgate_testkit::contract::Adapter;
use voxgate_testkit::postgres::TestDatabase;

mod sqlite {
    voxgate_testkit::storage_contract!(crate::on_sqlite);
}

mod postgres {
    voxgate_testkit::storage_contract!(crate::on_postgres);
}

/// Every rule has a database for itself. Making its tables would take most of the time; so they are copied.
async fn on_sqlite() -> Adapter {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    let content = FILE.get_or_init(|| {
        let (url, folder) = support::sqlite_url();
        migrate(&url);
        std::fs::read(folder.path().join("data/voxgate.db")).unwrap()
    });
    let (url, folder) = support::sqlite_url();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/voxgate.db"), content).unwrap();
    adapter(&url, folder).await
}

async fn on_postgres() -> Adapter {
    let made = || {
        let (url, server) = support::postgres_url();
        migrate(&url);
        Ok(server)
    };
    let server = TestDatabase::like(made).unwrap_or_else(|error| panic!("{error}"));
    adapter(&server.url(), server).await
}

async fn adapter(url: &str, keeper: impl Send + Sync + 'static) -> Adapter {
    let database = Database::connect(url, support::patient()).await.unwrap();
    Adapter::new(database.clone(), keeper).authenticating_by(GroupedReads::start(database))
}

/// On a runtime of its own, whose end ends every connection.
fn migrate(url: &str) {
    std::thread::scope(|scope| {
        let apart = scope.spawn(|| tokio::runtime::Runtime::new().unwrap().block_on(support::migrated(url)));
        drop(apart.join().unwrap());
    });
}
