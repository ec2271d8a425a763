//! How much the background jobs have before them.

use std::time::Duration;

use voxgate_domain::Act;
use voxgate_domain::ports::Waiting;

use super::Adapter;

pub async fn mail_that_has_not_left_is_counted_from_the_oldest_on(adapter: &Adapter) {
    assert_eq!(adapter.backlog.unsent_mail().await.unwrap(), Waiting::default());
    let mut entries = Vec::new();
    for _ in 0..4 {
        let entry = adapter.fixtures.mail();
        let mut unit = adapter.begin().await;
        unit.outbox().push(&entry).await.unwrap();
        unit.commit().await.unwrap();
        adapter.fixtures.clock.advance(Duration::from_secs(1));
        entries.push(entry);
    }
    let (sent, given_up, put_off) = (&entries[0], &entries[1], &entries[2]);
    let now = adapter.fixtures.now();
    let mut unit = adapter.begin().await;
    unit.outbox().finish(sent.id, now).await.unwrap();
    unit.outbox().fail(given_up.id, "refused", None, now).await.unwrap();
    unit.outbox().fail(put_off.id, "busy", Some(adapter.fixtures.after(60)), now).await.unwrap();
    unit.commit().await.unwrap();

    let waiting = adapter.backlog.unsent_mail().await.unwrap();

    assert_eq!(waiting, Waiting { count: 2, oldest: Some(put_off.queued_at) });
}

pub async fn events_that_are_not_sealed_are_counted_from_the_oldest_on(adapter: &Adapter) {
    assert_eq!(adapter.backlog.unsealed_events().await.unwrap(), Waiting::default());
    let user = adapter.stored_user().await;
    let mut oldest = None;
    for _ in 0..3 {
        let event = adapter.fixtures.event(Act::UserRegistered, user.id);
        let mut unit = adapter.begin().await;
        unit.audit().record(&event).await.unwrap();
        unit.commit().await.unwrap();
        adapter.fixtures.clock.advance(Duration::from_secs(1));
        oldest = oldest.or(Some(event.occurred_at));
    }
    assert_eq!(adapter.backlog.unsealed_events().await.unwrap(), Waiting { count: 3, oldest });
}
