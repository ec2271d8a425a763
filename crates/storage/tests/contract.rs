//! The storage contract on both databases: the names of the tests show which one breaks a rule.

mod support;

use voxgate_storage::GroupedReads;
use voxgate_testkit::contract::Adapter;

mod sqlite {
    voxgate_testkit::storage_contract!(crate::on_sqlite);
}

mod postgres {
    voxgate_testkit::storage_contract!(crate::on_postgres);
}

async fn on_sqlite() -> Adapter {
    let (url, folder) = support::sqlite_url();
    let database = support::migrated(&url).await;
    Adapter::new(database.clone(), folder).authenticating_by(GroupedReads::start(database))
}

async fn on_postgres() -> Adapter {
    let (url, server) = support::postgres_url();
    let database = support::migrated(&url).await;
    Adapter::new(database.clone(), server).authenticating_by(GroupedReads::start(database))
}
