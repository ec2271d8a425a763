//! Mail that shall leave.

use std::time::Duration;

use voxgate_domain::mail::OutboxEntry;
use voxgate_domain::ports::StoreError;
use voxgate_domain::{Locale, MailId, Timestamp};

use super::Adapter;
use crate::fixtures::email;

async fn pushed(adapter: &Adapter) -> OutboxEntry {
    let entry = adapter.fixtures.mail();
    let mut unit = adapter.begin().await;
    unit.outbox().push(&entry).await.unwrap();
    unit.commit().await.unwrap();
    entry
}

async fn due(adapter: &Adapter, now: Timestamp) -> Vec<MailId> {
    let due = adapter.begin().await.outbox().due(now, 10).await.unwrap();
    due.into_iter().map(|entry| entry.id).collect()
}

pub async fn an_entry_is_due_at_once_with_all_values(adapter: &Adapter) {
    let entry = OutboxEntry {
        user_id: Some(adapter.fixtures.user().id),
        recipient: email("Ada@Bücher.example"),
        locale: Locale::parse("de-CH").ok(),
        sealed: vec![0, 255, 1],
        ..adapter.fixtures.mail()
    };
    let mut unit = adapter.begin().await;
    unit.outbox().push(&entry).await.unwrap();
    let due = unit.outbox().due(entry.queued_at, 10).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(due, [entry]);
    assert_eq!(due[0].recipient.as_typed(), "Ada@Bücher.example");
}

pub async fn the_oldest_entries_come_first(adapter: &Adapter) {
    let mut entries = Vec::new();
    for _ in 0..3 {
        entries.push(pushed(adapter).await.id);
        adapter.fixtures.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(due(adapter, adapter.fixtures.now()).await, entries);
    let first_two = adapter.begin().await.outbox().due(adapter.fixtures.now(), 2).await.unwrap();
    assert_eq!(first_two.iter().map(|entry| entry.id).collect::<Vec<_>>(), entries[..2]);
}

pub async fn an_attempt_is_counted_and_puts_the_entry_off(adapter: &Adapter) {
    let entry = pushed(adapter).await;
    let later = adapter.fixtures.after(30);
    let mut unit = adapter.begin().await;
    unit.outbox().begin_attempt(entry.id, later).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(due(adapter, adapter.fixtures.after(29)).await, []);
    let again = adapter.begin().await.outbox().due(later, 10).await.unwrap();
    assert_eq!(again, [OutboxEntry { attempts: 1, ..entry }]);
}

pub async fn a_finished_entry_is_done_for_good(adapter: &Adapter) {
    let (entry, now) = (pushed(adapter).await, adapter.fixtures.now());
    let mut unit = adapter.begin().await;
    unit.outbox().finish(entry.id, now).await.unwrap();
    let again = unit.outbox().finish(entry.id, now).await;
    let attempt = unit.outbox().begin_attempt(entry.id, now).await;
    unit.commit().await.unwrap();
    assert!(matches!((again, attempt), (Err(StoreError::Stale), Err(StoreError::Stale))));
    assert_eq!(due(adapter, adapter.fixtures.after(3_600)).await, []);
}

pub async fn a_failed_entry_comes_back_at_its_next_time(adapter: &Adapter) {
    let (entry, now) = (pushed(adapter).await, adapter.fixtures.now());
    let long = "Zoë ".repeat(1_000);
    let mut unit = adapter.begin().await;
    unit.outbox().fail(entry.id, &long, Some(adapter.fixtures.after(60)), now).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(due(adapter, adapter.fixtures.after(59)).await, []);
    assert_eq!(due(adapter, adapter.fixtures.after(60)).await, [entry.id]);
}

pub async fn an_entry_that_was_given_up_is_not_due_again(adapter: &Adapter) {
    let (entry, now) = (pushed(adapter).await, adapter.fixtures.now());
    let mut unit = adapter.begin().await;
    unit.outbox().fail(entry.id, "refused", None, now).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(due(adapter, adapter.fixtures.after(3_600)).await, []);
}

pub async fn contents_that_have_not_left_are_listed_in_batches_and_sealed_anew(adapter: &Adapter) {
    let now = adapter.fixtures.now();
    let [due, given_up, sent] = [pushed(adapter).await, pushed(adapter).await, pushed(adapter).await];
    let mut unit = adapter.begin().await;
    unit.outbox().fail(given_up.id, "refused", None, now).await.unwrap();
    unit.outbox().finish(sent.id, now).await.unwrap();
    let mut expected = [(due.id, due.sealed.clone()), (given_up.id, given_up.sealed.clone())];
    expected.sort();
    assert_eq!(unit.outbox().sealed_after(None, 10).await.unwrap(), expected);
    assert_eq!(unit.outbox().sealed_after(None, 1).await.unwrap(), expected[..1]);
    assert_eq!(unit.outbox().sealed_after(Some(expected[0].0), 10).await.unwrap(), expected[1..]);

    assert!(!unit.outbox().reseal(due.id, b"another", b"anew").await.unwrap());
    assert!(unit.outbox().reseal(due.id, &due.sealed, b"anew").await.unwrap());
    assert!(!unit.outbox().reseal(sent.id, &sent.sealed, b"anew").await.unwrap());
    unit.commit().await.unwrap();
    let read = adapter.begin().await.outbox().due(now, 10).await.unwrap();
    assert_eq!(read, [OutboxEntry { sealed: b"anew".to_vec(), ..due }]);
}
