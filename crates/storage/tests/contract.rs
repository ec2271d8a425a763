//! The storage contract on both databases: the names of the tests show which one breaks a rule.

mod support;

mod sqlite {
    voxgate_testkit::storage_contract!(crate::support::on_sqlite);
}

mod postgres {
    voxgate_testkit::storage_contract!(crate::support::on_postgres);
}
