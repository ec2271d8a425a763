//! What people were told.

use voxgate_domain::notification::{Delivery, Notification};
use voxgate_domain::{MailId, UserId};

use super::Adapter;

async fn added(adapter: &Adapter, user: UserId) -> Notification {
    let message = Notification {
        id: adapter.fixtures.mail().id,
        user_id: user,
        kind: "password_changed".to_owned(),
        queued_at: adapter.fixtures.now(),
        delivery: Delivery::Queued,
    };
    let mut unit = adapter.begin().await;
    unit.notifications().add(&message).await.unwrap();
    unit.commit().await.unwrap();
    adapter.fixtures.clock.advance(std::time::Duration::from_millis(5));
    message
}

async fn of(adapter: &Adapter, user: UserId, after: Option<MailId>, limit: u32) -> Vec<Notification> {
    adapter.store.notifications_of(user, after, limit).await.unwrap()
}

pub async fn messages_come_back_newest_first_page_by_page(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await.id, adapter.stored_user().await.id);
    let (first, second) = (added(adapter, user).await, added(adapter, user).await);
    added(adapter, other).await;
    assert_eq!(of(adapter, user, None, 10).await, [second.clone(), first.clone()]);
    assert_eq!(of(adapter, user, None, 1).await, std::slice::from_ref(&second));
    assert_eq!(of(adapter, user, Some(second.id), 10).await, [first]);
}

pub async fn what_became_of_a_message_is_kept(adapter: &Adapter) {
    let user = adapter.stored_user().await.id;
    let (sent, given_up) = (added(adapter, user).await, added(adapter, user).await);
    let at = adapter.fixtures.now();
    let mut unit = adapter.begin().await;
    unit.notifications().sent(sent.id, at).await.unwrap();
    unit.notifications().given_up(given_up.id, at).await.unwrap();
    // A mail to an address without an account is none of anybody's.
    unit.notifications().sent(adapter.fixtures.mail().id, at).await.unwrap();
    unit.commit().await.unwrap();
    let delivered: Vec<Delivery> = of(adapter, user, None, 10).await.into_iter().map(|one| one.delivery).collect();
    assert_eq!(delivered, [Delivery::GivenUp(at), Delivery::Sent(at)]);
}
