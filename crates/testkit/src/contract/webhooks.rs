//! Webhooks: who is told of what, in which order, and what becomes of it.

use std::time::Duration;

use voxgate_domain::ports::Waiting;
use voxgate_domain::webhook::{
    DeliveryStatus, DisabledWhy, EventType, PreviousSecret, Replay, UserEvent, WebhookDelivery, WebhookEndpoint,
};
use voxgate_domain::{Act, AuditEvent, AuditEventId, RoleName, Timestamp, UserId, WebhookDescription, WebhookId};

use super::{Adapter, RACERS};

async fn stored(adapter: &Adapter, endpoint: WebhookEndpoint) -> WebhookEndpoint {
    let mut unit = adapter.begin().await;
    assert!(unit.webhooks().add(&endpoint).await.unwrap());
    unit.commit().await.unwrap();
    endpoint
}

/// Records `act`, as every use case does.
async fn recorded(adapter: &Adapter, act: Act, user: UserId) -> AuditEvent {
    let event = adapter.fixtures.event(act, user);
    let mut unit = adapter.begin().await;
    unit.audit().record(&event).await.unwrap();
    unit.commit().await.unwrap();
    event
}

fn someone(adapter: &Adapter) -> UserId {
    adapter.fixtures.user().id
}

async fn claim_at(adapter: &Adapter, endpoint: WebhookId, now: Timestamp, limit: u32) -> Vec<WebhookDelivery> {
    let mut unit = adapter.begin().await;
    let until = now.plus(Duration::from_secs(20));
    let claimed = unit.webhooks().claim(endpoint, now, until, limit).await.unwrap();
    unit.commit().await.unwrap();
    claimed
}

async fn claim(adapter: &Adapter, endpoint: WebhookId) -> Vec<WebhookDelivery> {
    claim_at(adapter, endpoint, adapter.fixtures.now(), 10).await
}

async fn settle(adapter: &Adapter, delivery: &WebhookDelivery) -> bool {
    let mut unit = adapter.begin().await;
    let settled = unit.webhooks().settle(delivery, adapter.fixtures.now()).await.unwrap();
    unit.commit().await.unwrap();
    settled
}

async fn replay(adapter: &Adapter, endpoint: &WebhookEndpoint, replay: Replay) -> u64 {
    let (now, under_way_until) = (adapter.fixtures.now(), adapter.fixtures.after(20));
    let mut unit = adapter.begin().await;
    let queued = unit.webhooks().replay(endpoint, &replay, now, under_way_until).await.unwrap();
    unit.commit().await.unwrap();
    queued
}

fn ids(deliveries: &[WebhookDelivery]) -> Vec<AuditEventId> {
    deliveries.iter().map(|delivery| delivery.event.id).collect()
}

fn delivered(adapter: &Adapter, delivery: WebhookDelivery) -> WebhookDelivery {
    WebhookDelivery { status: DeliveryStatus::Delivered, finished_at: Some(adapter.fixtures.now()), ..delivery }
}

fn dead(adapter: &Adapter, delivery: WebhookDelivery) -> WebhookDelivery {
    let last_error = Some("the receiver answered 503".to_owned());
    WebhookDelivery { status: DeliveryStatus::Dead, last_error, ..delivered(adapter, delivery) }
}

pub async fn an_endpoint_comes_back_with_all_values_until_it_is_removed(adapter: &Adapter) {
    let (now, plain) = (adapter.fixtures.now(), stored(adapter, adapter.fixtures.webhook()).await);
    let whole = WebhookEndpoint {
        description: WebhookDescription::parse("Aufnahmen, Zürich").ok(),
        events: [EventType::UserDeleted, EventType::RoleChanged].into(),
        disabled: Some(DisabledWhy::Gone),
        previous: Some(PreviousSecret { sealed: vec![9, 0, 255], until: now }),
        ..adapter.fixtures.webhook()
    };
    let whole = stored(adapter, whole).await;
    let by_id = |endpoints: Vec<WebhookEndpoint>| endpoints.into_iter().map(|one| one.id).collect::<Vec<_>>();
    let mut expected = vec![plain.id, whole.id];
    expected.sort();
    assert_eq!(by_id(adapter.webhooks.endpoints().await.unwrap()), expected);
    assert_eq!(adapter.webhooks.endpoint(whole.id).await.unwrap(), Some(whole.clone()));
    let mut unit = adapter.begin().await;
    assert_eq!(by_id(unit.webhooks().after(Some(expected[0]), 10).await.unwrap()), expected[1..]);
    assert_eq!(by_id(unit.webhooks().after(None, 1).await.unwrap()), expected[..1]);

    let held = unit.webhooks().lock(whole.id).await.unwrap().unwrap();
    let changed = WebhookEndpoint { disabled: None, previous: None, description: None, events: [].into(), ..held };
    unit.webhooks().save(&changed).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(adapter.webhooks.endpoint(whole.id).await.unwrap(), Some(changed));

    recorded(adapter, Act::UserRegistered, someone(adapter)).await;
    let mut unit = adapter.begin().await;
    assert!(unit.webhooks().remove(whole.id).await.unwrap());
    assert!(!unit.webhooks().remove(whole.id).await.unwrap());
    assert_eq!(unit.webhooks().lock(whole.id).await.unwrap(), None);
    unit.commit().await.unwrap();
    assert_eq!(by_id(adapter.webhooks.endpoints().await.unwrap()), [plain.id]);
    assert_eq!(claim(adapter, whole.id).await, []);
}

pub async fn there_are_no_more_endpoints_than_there_may_be(adapter: &Adapter) {
    let mut unit = adapter.begin().await;
    for _ in 0..WebhookEndpoint::MOST {
        assert!(unit.webhooks().add(&adapter.fixtures.webhook()).await.unwrap());
    }
    assert!(!unit.webhooks().add(&adapter.fixtures.webhook()).await.unwrap());
}

pub async fn recording_an_act_tells_every_endpoint_that_asks_for_it(adapter: &Adapter) {
    let (user, all) = (someone(adapter), stored(adapter, adapter.fixtures.webhook()).await);
    let events = [EventType::UserDeleted, EventType::UserErased].into();
    let some = stored(adapter, WebhookEndpoint { events, ..adapter.fixtures.webhook() }).await;
    let disabled = Some(DisabledWhy::Administrator);
    let off = stored(adapter, WebhookEndpoint { disabled, ..adapter.fixtures.webhook() }).await;
    let roles = vec![RoleName::admin(), RoleName::patient()];
    let changed = Act::RoleChanged { added: vec![RoleName::admin()], removed: Vec::new(), roles };
    let mut told = Vec::new();
    for act in [Act::UserRegistered, Act::LoginFailed(voxgate_domain::audit::LoginFailure::Locked), changed] {
        told.push(recorded(adapter, act, user).await);
    }
    told.remove(1);
    told.push(recorded(adapter, Act::AccountDeleted, user).await);

    let listed = adapter.webhooks.deliveries(all.id, None, None, 10).await.unwrap();
    let events: Vec<UserEvent> = listed.iter().rev().map(|delivery| delivery.event.clone()).collect();
    let expected: Vec<UserEvent> = told.iter().filter_map(UserEvent::told_by).collect();
    assert_eq!(events, expected);
    assert!(listed.windows(2).all(|two| two[0].sequence > two[1].sequence), "{listed:?}");
    assert_eq!(ids(&adapter.webhooks.deliveries(some.id, None, None, 10).await.unwrap()), [told[2].id]);
    assert_eq!(adapter.webhooks.deliveries(off.id, None, None, 10).await.unwrap(), []);
    assert_eq!(adapter.webhooks.due_endpoints(adapter.fixtures.now()).await.unwrap().len(), 2);
}

pub async fn what_is_undone_is_told_to_nobody(adapter: &Adapter) {
    let endpoint = stored(adapter, adapter.fixtures.webhook()).await;
    let mut unit = adapter.begin().await;
    unit.audit().record(&adapter.fixtures.event(Act::UserRegistered, someone(adapter))).await.unwrap();
    unit.rollback().await.unwrap();
    assert_eq!(claim(adapter, endpoint.id).await, []);
}

pub async fn of_each_user_the_first_event_goes_first(adapter: &Adapter) {
    let endpoint = stored(adapter, adapter.fixtures.webhook()).await;
    let (ada, bob) = (someone(adapter), someone(adapter));
    let first = recorded(adapter, Act::UserDeactivated, ada).await;
    let second = recorded(adapter, Act::UserActivated, ada).await;
    let other = recorded(adapter, Act::UserDeactivated, bob).await;

    let claimed = claim(adapter, endpoint.id).await;
    assert_eq!(ids(&claimed), [first.id, other.id]);
    assert_eq!((claimed[0].attempts, claimed[0].next_attempt_at), (1, adapter.fixtures.after(20)));
    assert_eq!(claim(adapter, endpoint.id).await, [], "the next is not sent while the first is under way");

    assert!(settle(adapter, &delivered(adapter, claimed[0].clone())).await);
    assert_eq!(ids(&claim(adapter, endpoint.id).await), [second.id]);
}

pub async fn what_is_put_off_holds_back_what_is_behind_it_and_nobody_else(adapter: &Adapter) {
    let endpoint = stored(adapter, adapter.fixtures.webhook()).await;
    let ada = someone(adapter);
    let first = recorded(adapter, Act::UserDeactivated, ada).await;
    let second = recorded(adapter, Act::UserActivated, ada).await;
    let claimed = claim(adapter, endpoint.id).await.remove(0);
    let later = adapter.fixtures.after(60);
    let last_error = Some("Zoë ".repeat(1_000));
    assert!(settle(adapter, &WebhookDelivery { next_attempt_at: later, last_error, ..claimed.clone() }).await);
    assert!(!settle(adapter, &WebhookDelivery { attempts: 0, ..claimed.clone() }).await, "it was not that attempt");

    assert_eq!(adapter.webhooks.due_endpoints(adapter.fixtures.after(59)).await.unwrap(), []);
    recorded(adapter, Act::AccountDeleted, ada).await;
    assert_eq!(claim_at(adapter, endpoint.id, adapter.fixtures.after(59), 10).await, []);
    let again = claim_at(adapter, endpoint.id, later, 10).await;
    assert_eq!((ids(&again), again[0].attempts), (vec![first.id], 2));
    assert_eq!(again[0].last_error.as_ref().unwrap().chars().count(), 500);

    // Given up, it holds back nothing any more.
    assert!(settle(adapter, &dead(adapter, again[0].clone())).await);
    assert!(!settle(adapter, &dead(adapter, again[0].clone())).await, "it is over");
    assert_eq!(ids(&claim(adapter, endpoint.id).await), [second.id]);
}

pub async fn of_claims_at_once_one_gets_each_delivery(adapter: &Adapter) {
    let endpoint = stored(adapter, adapter.fixtures.webhook()).await;
    let mut told = Vec::new();
    for _ in 0..10 {
        told.push(recorded(adapter, Act::UserRegistered, someone(adapter)).await.id);
    }
    let now = adapter.fixtures.now();
    let mut racers = Vec::new();
    for _ in 0..RACERS / 5 {
        let store = adapter.store.clone();
        racers.push(tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            let until = now.plus(Duration::from_secs(20));
            let claimed = unit.webhooks().claim(endpoint.id, now, until, 3).await.unwrap();
            unit.commit().await.unwrap();
            claimed
        }));
    }
    let mut claimed = Vec::new();
    for racer in racers {
        claimed.extend(ids(&racer.await.unwrap()));
    }
    claimed.extend(ids(&claim(adapter, endpoint.id).await));
    claimed.sort();
    told.sort();
    assert_eq!(claimed, told);
}

pub async fn deliveries_are_listed_by_status_latest_first(adapter: &Adapter) {
    let endpoint = stored(adapter, adapter.fixtures.webhook()).await;
    for _ in 0..3 {
        recorded(adapter, Act::UserRegistered, someone(adapter)).await;
    }
    let claimed = claim(adapter, endpoint.id).await;
    settle(adapter, &delivered(adapter, claimed[0].clone())).await;
    let given_up = dead(adapter, claimed[1].clone());
    settle(adapter, &given_up).await;

    let list = |status, before, limit| adapter.webhooks.deliveries(endpoint.id, status, before, limit);
    let all = list(None, None, 10).await.unwrap();
    assert_eq!(ids(&all), [claimed[2].event.id, claimed[1].event.id, claimed[0].event.id]);
    assert_eq!(list(Some(DeliveryStatus::Dead), None, 10).await.unwrap(), [given_up]);
    assert_eq!(list(None, Some(all[0].sequence), 1).await.unwrap(), [all[1].clone()]);
    assert_eq!(list(Some(DeliveryStatus::Pending), Some(all[0].sequence), 10).await.unwrap(), []);
}

pub async fn what_was_given_up_is_replayed_in_order(adapter: &Adapter) {
    let endpoint = stored(adapter, adapter.fixtures.webhook()).await;
    let ada = someone(adapter);
    let first = recorded(adapter, Act::UserDeactivated, ada).await;
    let second = recorded(adapter, Act::UserActivated, ada).await;
    for _ in 0..2 {
        let claimed = claim(adapter, endpoint.id).await.remove(0);
        settle(adapter, &dead(adapter, claimed)).await;
    }
    let last = recorded(adapter, Act::AccountDeleted, ada).await;
    adapter.fixtures.clock.advance(Duration::from_secs(5));
    assert_eq!(replay(adapter, &endpoint, Replay::Dead).await, 2);
    assert_eq!(replay(adapter, &endpoint, Replay::Dead).await, 0);
    for expected in [&first, &second, &last] {
        let claimed = claim(adapter, endpoint.id).await;
        assert_eq!(ids(&claimed), [expected.id]);
        assert_eq!(claimed[0].attempts, 1);
        settle(adapter, &delivered(adapter, claimed[0].clone())).await;
    }
}

pub async fn a_replay_reaches_back_to_before_the_endpoint_was_made(adapter: &Adapter) {
    let ada = someone(adapter);
    recorded(adapter, Act::UserRegistered, ada).await;
    adapter.fixtures.clock.advance(Duration::from_secs(10));
    let from = adapter.fixtures.now();
    let deactivated = recorded(adapter, Act::UserDeactivated, ada).await;
    let deleted = recorded(adapter, Act::AccountDeleted, ada).await;
    let events = [EventType::UserRegistered, EventType::UserDeleted].into();
    let endpoint = stored(adapter, WebhookEndpoint { events, ..adapter.fixtures.webhook() }).await;
    let other = stored(adapter, adapter.fixtures.webhook()).await;
    let test = UserEvent::test(adapter.fixtures.event(Act::UserRegistered, ada).id, from);
    let mut unit = adapter.begin().await;
    unit.webhooks().queue_test(other.id, &test).await.unwrap();
    unit.commit().await.unwrap();

    // Not what it does not ask for, nor the tests of others.
    assert_eq!(replay(adapter, &endpoint, Replay::Since(from)).await, 1);
    assert_eq!(ids(&claim(adapter, endpoint.id).await), [deleted.id]);
    assert_eq!(replay(adapter, &endpoint, Replay::Events(vec![deactivated.id, test.id])).await, 0);
    assert_eq!(replay(adapter, &endpoint, Replay::Events(Vec::new())).await, 0);
    assert_eq!(replay(adapter, &other, Replay::Events(vec![deactivated.id, test.id])).await, 1);
    let claimed = claim(adapter, other.id).await;
    assert_eq!(claimed.len(), 2);
    for delivery in claimed {
        settle(adapter, &delivered(adapter, delivery)).await;
    }
    assert_eq!(replay(adapter, &other, Replay::Events(vec![deactivated.id, test.id])).await, 2);
}

pub async fn a_replay_makes_due_what_waits_and_leaves_what_is_under_way(adapter: &Adapter) {
    let endpoint = stored(adapter, adapter.fixtures.webhook()).await;
    let (waits, under_way) = (someone(adapter), someone(adapter));
    recorded(adapter, Act::UserRegistered, waits).await;
    let claimed = claim(adapter, endpoint.id).await.remove(0);
    let put_off = WebhookDelivery { next_attempt_at: adapter.fixtures.after(3_600), ..claimed };
    settle(adapter, &put_off).await;
    recorded(adapter, Act::UserRegistered, under_way).await;
    assert_eq!(claim(adapter, endpoint.id).await.len(), 1);
    assert_eq!(replay(adapter, &endpoint, Replay::Dead).await, 0);
    assert_eq!(ids(&claim(adapter, endpoint.id).await), [put_off.event.id]);
}

pub async fn nothing_is_due_while_an_endpoint_is_off_and_it_waits(adapter: &Adapter) {
    let endpoint = stored(adapter, adapter.fixtures.webhook()).await;
    let event = recorded(adapter, Act::UserRegistered, someone(adapter)).await;
    let now = adapter.fixtures.now();
    assert_eq!(adapter.webhooks.due_endpoints(now).await.unwrap(), [endpoint.id]);
    let one = Waiting { count: 1, oldest: Some(event.occurred_at) };
    assert_eq!(adapter.backlog.undelivered_webhooks().await.unwrap(), one);
    for (endpoint, due) in [(endpoint.clone().gone(now), 0), (endpoint.clone(), 1)] {
        let mut unit = adapter.begin().await;
        unit.webhooks().save(&endpoint).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(adapter.webhooks.due_endpoints(now).await.unwrap().len(), due);
        assert_eq!(adapter.backlog.undelivered_webhooks().await.unwrap().count, due as u64);
    }
    let claimed = claim(adapter, endpoint.id).await.remove(0);
    settle(adapter, &delivered(adapter, claimed)).await;
    assert_eq!(adapter.backlog.undelivered_webhooks().await.unwrap(), Waiting::default());
}

pub async fn events_are_purged_once_nothing_of_them_is_on_its_way(adapter: &Adapter) {
    let endpoint = stored(adapter, adapter.fixtures.webhook()).await;
    let ended = recorded(adapter, Act::UserRegistered, someone(adapter)).await;
    let claimed = claim(adapter, endpoint.id).await.remove(0);
    settle(adapter, &delivered(adapter, claimed)).await;
    let waits = recorded(adapter, Act::UserRegistered, someone(adapter)).await;
    let cutoffs = super::retention::cutoffs(adapter.fixtures.after(1));

    let due = adapter.begin().await.retention().due(&cutoffs).await.unwrap();
    assert_eq!(due.events, 1, "the event goes with the last of its deliveries");
    let mut unit = adapter.begin().await;
    assert_eq!(unit.retention().purge_records(&cutoffs, 10).await.unwrap().events, 2);
    unit.commit().await.unwrap();
    let left = adapter.webhooks.deliveries(endpoint.id, None, None, 10).await.unwrap();
    assert_eq!(ids(&left), [waits.id]);
    assert_eq!(replay(adapter, &endpoint, Replay::Events(vec![ended.id])).await, 0);

    // A sequence is not used twice.
    let claimed = claim(adapter, endpoint.id).await.remove(0);
    settle(adapter, &delivered(adapter, claimed.clone())).await;
    let mut unit = adapter.begin().await;
    assert_eq!(unit.retention().purge_records(&cutoffs, 10).await.unwrap().events, 2);
    unit.commit().await.unwrap();
    recorded(adapter, Act::UserRegistered, someone(adapter)).await;
    assert!(claim(adapter, endpoint.id).await[0].sequence > claimed.sequence);
}
