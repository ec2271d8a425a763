//! The sealed side of the audit trail.

use std::time::Duration;

use voxgate_domain::audit::{EventKey, Hash, Leaf, RecordedEvent, Seal, SealDraft};
use voxgate_domain::ports::{Conflict, StoreError, UnitOfWork};
use voxgate_domain::{Act, AuditEvent, AuditEventId};

use super::{Adapter, RACERS};

/// An event that is committed, `seconds` after the time of the clock.
async fn recorded(adapter: &Adapter, seconds: u64) -> AuditEvent {
    let event = an_event(adapter, seconds);
    let mut unit = adapter.begin().await;
    unit.audit().record(&event).await.unwrap();
    unit.commit().await.unwrap();
    event
}

fn an_event(adapter: &Adapter, seconds: u64) -> AuditEvent {
    let user = adapter.fixtures.user().id;
    AuditEvent { occurred_at: adapter.fixtures.after(seconds), ..adapter.fixtures.event(Act::EmailVerified, user) }
}

fn key(event: &AuditEvent) -> EventKey {
    EventKey { occurred_at: event.occurred_at, id: event.id }
}

/// A seal of `events` that come after place `after`. What it is signed by is nothing to the store.
fn seal(adapter: &Adapter, number: u64, after: u64, events: &[EventKey]) -> (Seal, Vec<Leaf>) {
    let last_position = after + u64::try_from(events.len()).unwrap();
    let leaves = (after + 1..=last_position).zip(events).map(|(position, event)| Leaf {
        position,
        event: *event,
        hash: Hash([u8::try_from(position % 251).unwrap(); 32]),
    });
    let draft = SealDraft {
        number,
        first_position: after + 1,
        last_position,
        root: Hash([7; 32]),
        previous: Hash([8; 32]),
        sealed_at: adapter.fixtures.now(),
    };
    (Seal { draft, key_id: "key".to_owned(), signature: vec![1, 2, 3] }, leaves.collect())
}

async fn waiting(adapter: &Adapter) -> Vec<AuditEventId> {
    let events = adapter.trail.waiting(None, 100).await.unwrap();
    events.into_iter().map(|event| event.id).collect()
}

pub async fn events_wait_in_the_order_of_time_until_they_are_sealed(adapter: &Adapter) {
    assert_eq!(adapter.trail.oldest_waiting().await.unwrap(), None);
    let (late, early) = (recorded(adapter, 60).await, recorded(adapter, 0).await);
    assert_eq!(waiting(adapter).await, [early.id, late.id]);
    assert_eq!(adapter.trail.oldest_waiting().await.unwrap(), Some(early.occurred_at));
    let rest = adapter.trail.waiting(Some(key(&early)), 100).await.unwrap();
    assert_eq!(rest.into_iter().map(|event| event.id).collect::<Vec<_>>(), [late.id]);
    assert_eq!(adapter.trail.waiting(None, 1).await.unwrap().len(), 1);

    let (first, leaves) = seal(adapter, 1, 0, &[key(&early)]);
    adapter.trail.append(&first, &leaves).await.unwrap();
    assert_eq!(waiting(adapter).await, [late.id]);
    assert_eq!(adapter.trail.oldest_waiting().await.unwrap(), Some(late.occurred_at));
}

pub async fn an_event_that_is_committed_late_with_an_early_time_waits_all_the_same(adapter: &Adapter) {
    let early = an_event(adapter, 0);
    let late = recorded(adapter, 60).await;
    let (first, leaves) = seal(adapter, 1, 0, &[key(&late)]);
    adapter.trail.append(&first, &leaves).await.unwrap();

    let mut unit = adapter.begin().await;
    unit.audit().record(&early).await.unwrap();
    assert_eq!(waiting(adapter).await, []);
    unit.commit().await.unwrap();
    assert_eq!(waiting(adapter).await, [early.id]);
}

pub async fn what_is_sealed_comes_back_with_its_place_and_hash(adapter: &Adapter) {
    let events = [recorded(adapter, 0).await, recorded(adapter, 1).await, recorded(adapter, 2).await];
    let (first, leaves) = seal(adapter, 1, 0, &[key(&events[0]), key(&events[1])]);
    adapter.trail.append(&first, &leaves).await.unwrap();
    let (second, more) = seal(adapter, 2, 2, &[key(&events[2])]);
    adapter.trail.append(&second, &more).await.unwrap();

    assert_eq!(adapter.trail.last_seal().await.unwrap(), Some(second.clone()));
    assert_eq!(adapter.trail.seals_after(0, 10).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(adapter.trail.seals_after(0, 1).await.unwrap(), [first]);
    assert_eq!(adapter.trail.seals_after(1, 10).await.unwrap(), [second]);

    let entries = adapter.trail.entries_after(0, 10).await.unwrap();
    let stored = adapter.store.events_about(events[0].subject.unwrap(), 1).await.unwrap();
    assert_eq!(entries[0].event.as_ref(), stored.first(), "both ways of reading agree on every column");
    for ((entry, event), leaf) in entries.iter().zip(&events).zip(leaves.iter().chain(&more)) {
        assert_eq!((entry.position, entry.id, entry.kept), (leaf.position, event.id, Some(leaf.hash)));
        assert_eq!(entry.event.as_ref().map(RecordedEvent::key), Some(key(event)));
    }
    assert_eq!(adapter.trail.entries_after(1, 1).await.unwrap(), entries[1..2]);
}

pub async fn numbers_and_places_and_events_are_taken_once(adapter: &Adapter) {
    let (one, two) = (recorded(adapter, 0).await, recorded(adapter, 1).await);
    let (first, leaves) = seal(adapter, 1, 0, &[key(&one)]);
    adapter.trail.append(&first, &leaves).await.unwrap();
    for (number, after, event) in [(1, 1, &two), (2, 0, &two), (2, 1, &one)] {
        let (taken, leaves) = seal(adapter, number, after, &[key(event)]);
        let refused = adapter.trail.append(&taken, &leaves).await;
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Duplicate))), "{number} {after}: {refused:?}");
    }
    assert_eq!(adapter.trail.seals_after(0, 10).await.unwrap(), [first]);
    assert_eq!(waiting(adapter).await, [two.id]);
}

pub async fn an_event_that_does_not_wait_is_not_sealed(adapter: &Adapter) {
    let unknown = an_event(adapter, 0);
    let (first, leaves) = seal(adapter, 1, 0, &[key(&unknown)]);
    assert!(matches!(adapter.trail.append(&first, &leaves).await, Err(StoreError::Stale)));
    assert_eq!(adapter.trail.last_seal().await.unwrap(), None);
}

pub async fn of_concurrent_seals_of_one_number_one_is_made(adapter: &Adapter) {
    let event = recorded(adapter, 0).await;
    let tries = (0..RACERS).map(|_| {
        let (trail, (first, leaves)) = (adapter.trail.clone(), seal(adapter, 1, 0, &[key(&event)]));
        tokio::spawn(async move { trail.append(&first, &leaves).await.is_ok() })
    });
    let mut made = 0;
    for one in tries.collect::<Vec<_>>() {
        made += usize::from(one.await.unwrap());
    }
    assert_eq!(made, 1);
    assert_eq!(adapter.trail.entries_after(0, 10).await.unwrap().len(), 1);
}

pub async fn a_full_batch_is_sealed_at_once(adapter: &Adapter) {
    const BATCH: u64 = 4_096;
    let mut unit: Box<dyn UnitOfWork> = adapter.begin().await;
    for seconds in 0..BATCH {
        unit.audit().record(&an_event(adapter, seconds)).await.unwrap();
    }
    unit.commit().await.unwrap();
    let events = adapter.trail.waiting(None, u32::try_from(BATCH).unwrap()).await.unwrap();
    let keys: Vec<EventKey> = events.iter().map(RecordedEvent::key).collect();
    let (first, leaves) = seal(adapter, 1, 0, &keys);
    adapter.trail.append(&first, &leaves).await.unwrap();
    assert_eq!(waiting(adapter).await, []);
    assert_eq!(adapter.trail.entries_after(BATCH - 1, 10).await.unwrap().len(), 1);
}

pub async fn a_sound_trail_has_neither_stray_nor_vanished_events(adapter: &Adapter) {
    let (sealed, waits) = (recorded(adapter, 0).await, recorded(adapter, 40 * 24 * 3_600).await);
    let (first, leaves) = seal(adapter, 1, 0, &[key(&sealed)]);
    adapter.trail.append(&first, &leaves).await.unwrap();

    let page = adapter.trail.strays_after(None, 1).await.unwrap();
    assert_eq!((page.stray, page.last), (None, Some(key(&sealed))));
    let page = adapter.trail.strays_after(page.last, 10).await.unwrap();
    assert_eq!((page.stray, page.last), (None, Some(key(&waits))));
    let end = adapter.trail.strays_after(page.last, 10).await.unwrap();
    assert_eq!((end.stray, end.last), (None, None));

    assert_eq!(adapter.trail.vanished().await.unwrap(), None);
    assert!(adapter.trail.has_event(sealed.id).await.unwrap());
    assert!(!adapter.trail.has_event(an_event(adapter, 0).id).await.unwrap());
}

pub async fn room_is_made_again_and_again(adapter: &Adapter) {
    for _ in 0..2 {
        adapter.trail.make_room().await.unwrap();
    }
    let event = AuditEvent {
        occurred_at: adapter.fixtures.now().plus(Duration::from_secs(10 * 365 * 24 * 3_600)),
        ..an_event(adapter, 0)
    };
    let mut unit = adapter.begin().await;
    unit.audit().record(&event).await.unwrap();
    unit.commit().await.unwrap();
    adapter.trail.make_room().await.unwrap();
    assert_eq!(waiting(adapter).await, [event.id]);
}
