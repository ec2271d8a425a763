//! Failed logins.

use voxgate_domain::policy::Attempts;

use super::{Adapter, RACERS};

pub async fn nothing_is_counted_at_first(adapter: &Adapter) {
    let (key, now) = (adapter.fixtures.attempt_key(), adapter.fixtures.now());
    assert_eq!(adapter.store.attempts(key).await.unwrap(), Attempts::default());
    let mut unit = adapter.begin().await;
    assert_eq!(unit.attempts().lock(key, now).await.unwrap(), Attempts::default());
    assert_eq!(unit.attempts().lock(key, now).await.unwrap(), Attempts::default());
}

pub async fn what_is_counted_comes_back_under_its_key(adapter: &Adapter) {
    let (fixtures, now) = (&adapter.fixtures, adapter.fixtures.now());
    let (key, other) = (fixtures.attempt_key(), fixtures.attempt_key());
    let counted = Attempts { failures: 5, last_failure_at: Some(now), locked_until: Some(fixtures.after(900)) };
    for saved in [counted, Attempts::default(), counted] {
        let mut unit = adapter.begin().await;
        unit.attempts().save(key, saved, now).await.unwrap();
        assert_eq!(unit.attempts().lock(key, now).await.unwrap(), saved);
        unit.commit().await.unwrap();
        assert_eq!(adapter.store.attempts(key).await.unwrap(), saved);
    }
    assert_eq!(adapter.store.attempts(other).await.unwrap(), Attempts::default());
}

pub async fn concurrent_failures_are_all_counted(adapter: &Adapter) {
    let (key, now) = (adapter.fixtures.attempt_key(), adapter.fixtures.now());
    let failures = (0..RACERS).map(|_| {
        let store = adapter.store.clone();
        tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            let before = unit.attempts().lock(key, now).await.unwrap();
            let after = Attempts { failures: before.failures + 1, ..before };
            unit.attempts().save(key, after, now).await.unwrap();
            unit.commit().await.unwrap();
        })
    });
    for failure in failures.collect::<Vec<_>>() {
        failure.await.unwrap();
    }
    assert_eq!(adapter.store.attempts(key).await.unwrap().failures, u32::try_from(RACERS).unwrap());
}

pub async fn locks_are_found_by_their_keys(adapter: &Adapter) {
    let fixtures = &adapter.fixtures;
    let (locked, failed, unknown, elsewhere) =
        (fixtures.attempt_key(), fixtures.attempt_key(), fixtures.attempt_key(), fixtures.attempt_key());
    let now = fixtures.now();
    let failures = Attempts { failures: 1, last_failure_at: Some(now), locked_until: None };
    let lock = Attempts { failures: 5, locked_until: Some(fixtures.after(900)), ..failures };
    let mut unit = adapter.begin().await;
    for (key, attempts) in [(locked, lock), (failed, failures), (elsewhere, lock)] {
        unit.attempts().save(key, attempts, now).await.unwrap();
    }
    unit.commit().await.unwrap();
    assert_eq!(adapter.store.locks(&[unknown, failed, locked]).await.unwrap(), [(locked, lock)]);
    assert_eq!(adapter.store.locks(&[]).await.unwrap(), []);
}
