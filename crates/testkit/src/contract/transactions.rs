//! Units of work.

use std::time::{Duration, Instant};

use voxgate_domain::User;
use voxgate_domain::ports::{Conflict, StoreError};

use super::Adapter;

/// Whether `user` is in the store, and whether somebody else can write at once.
async fn is_undone(adapter: &Adapter, user: &User) -> bool {
    let asked = Instant::now();
    adapter.stored_user().await;
    assert!(asked.elapsed() < Duration::from_secs(1), "the next writer waited {:?}", asked.elapsed());
    adapter.store.account(user.id).await.unwrap().is_none()
}

pub async fn the_store_answers(adapter: &Adapter) {
    adapter.store.ping().await.unwrap();
}

pub async fn what_is_not_committed_is_seen_by_nobody(adapter: &Adapter) {
    let user = adapter.fixtures.user();
    let mut unit = adapter.begin().await;
    unit.users().add(&user, None).await.unwrap();
    assert!(adapter.store.account(user.id).await.unwrap().is_none());
    unit.commit().await.unwrap();
    assert!(adapter.store.account(user.id).await.unwrap().is_some());
}

pub async fn a_rollback_undoes_all_and_frees_the_writer(adapter: &Adapter) {
    let user = adapter.fixtures.user();
    let mut unit = adapter.begin().await;
    unit.users().add(&user, Some(&adapter.fixtures.password_hash())).await.unwrap();
    unit.rollback().await.unwrap();
    assert!(is_undone(adapter, &user).await);
    assert_eq!(adapter.store.password_history(user.id, 1).await.unwrap(), []);
}

pub async fn a_dropped_unit_undoes_all_and_frees_the_writer(adapter: &Adapter) {
    for _ in 0..20 {
        let user = adapter.fixtures.user();
        let mut unit = adapter.begin().await;
        unit.users().add(&user, None).await.unwrap();
        unit.users().lock(user.id).await.unwrap();
        drop(unit);
        assert!(is_undone(adapter, &user).await);
    }
}

pub async fn a_cancelled_request_undoes_all_and_frees_the_writer(adapter: &Adapter) {
    let user = adapter.fixtures.user();
    let (store, added) = (adapter.store.clone(), user.clone());
    let request = tokio::spawn(async move {
        let mut unit = store.begin().await.unwrap();
        unit.users().add(&added, None).await.unwrap();
        std::future::pending::<()>().await;
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    assert!(is_undone(adapter, &user).await);
}

pub async fn a_request_cancelled_in_the_middle_of_a_statement_leaves_nothing(adapter: &Adapter) {
    for patience in (0..20).map(|step| Duration::from_micros(step * 200)) {
        let (store, user) = (adapter.store.clone(), adapter.fixtures.user());
        let added = user.clone();
        let request = async move {
            let mut unit = store.begin().await.unwrap();
            loop {
                unit.users().save(&added).await.ok();
                unit.users().lock(added.id).await.unwrap();
            }
        };
        let cancelled: Result<(), _> = tokio::time::timeout(patience, request).await;
        assert!(cancelled.is_err());
        assert!(is_undone(adapter, &user).await);
    }
}

pub async fn a_cancelled_read_spoils_no_connection(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    for patience in (0..50).map(|step| Duration::from_micros(step * 20)) {
        let _ = tokio::time::timeout(patience, adapter.store.account(user.id)).await;
        assert!(adapter.store.account(user.id).await.unwrap().is_some());
    }
}

pub async fn after_a_conflict_a_unit_can_only_be_undone(adapter: &Adapter) {
    let (taken, user) = (adapter.stored_user().await, adapter.fixtures.user());
    let mut unit = adapter.begin().await;
    unit.users().add(&user, None).await.unwrap();
    let conflict = unit.users().add(&User { email: taken.email, ..adapter.fixtures.user() }, None).await.unwrap_err();
    assert!(matches!(conflict, StoreError::Conflict(Conflict::EmailTaken)), "{conflict:?}");
    assert!(unit.users().lock(user.id).await.is_err());
    assert!(unit.commit().await.is_err());
    assert!(is_undone(adapter, &user).await);
}

pub async fn readers_do_not_wait_for_a_writer(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let mut unit = adapter.begin().await;
    let held = unit.users().lock(user.id).await.unwrap().unwrap().user;
    unit.users().save(&held).await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(1), adapter.store.account(user.id)).await;
    assert_eq!(read.unwrap().unwrap().unwrap().user.version, user.version);
    unit.rollback().await.unwrap();
}
