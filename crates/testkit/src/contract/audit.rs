//! The audit trail.

use std::time::Duration;

use voxgate_domain::audit::LoginFailure;
use voxgate_domain::audit::{EventFilter, EventKey, RecordedEvent};
use voxgate_domain::fixtures::event;
use voxgate_domain::known_device::DeviceStanding;
use voxgate_domain::session::{AuthMethods, EndReason};
use voxgate_domain::{Act, AuditEvent, AuditEventId, ClientContext, Outcome, RoleName, UserId};

use super::Adapter;
use crate::fixtures::client;

async fn record(adapter: &Adapter, event: &AuditEvent) {
    let mut unit = adapter.begin().await;
    unit.audit().record(event).await.unwrap();
    unit.commit().await.unwrap();
}

async fn ids_about(adapter: &Adapter, user: UserId, limit: u32) -> Vec<AuditEventId> {
    adapter.store.events_about(user, limit).await.unwrap().into_iter().map(|event| event.id).collect()
}

pub async fn an_event_comes_back_with_all_values(adapter: &Adapter) {
    let (actor, subject) = (adapter.fixtures.user(), adapter.fixtures.user());
    let (session, _) = adapter.fixtures.session(actor.id);
    let event = AuditEvent {
        actor: Some(actor.id),
        session: Some(session.id),
        client: Some(client()),
        reason: Some("asked by phone".to_owned()),
        ..adapter.fixtures.event(Act::SessionsEnded { count: 3, why: EndReason::Administration }, subject.id)
    };
    record(adapter, &event).await;
    let recorded = RecordedEvent {
        id: event.id,
        occurred_at: event.occurred_at,
        event: "session.revoked".to_owned(),
        outcome: "success".to_owned(),
        actor_id: event.actor,
        subject_id: event.subject,
        session_id: event.session,
        ip_address: Some("192.0.2.1".to_owned()),
        user_agent: Some("fixture/1.0".to_owned()),
        request_id: Some("request-0001".to_owned()),
        reason: event.reason,
        details: r#"{"count":3,"why":"administration"}"#.to_owned(),
    };
    assert_eq!(adapter.store.events_about(subject.id, 10).await.unwrap(), [recorded]);
}

pub async fn a_fixture_of_an_event_is_what_a_store_gives_back(adapter: &Adapter) {
    let session = adapter.fixtures.session(adapter.fixtures.user().id).0.id;
    let acts = [
        Act::UserRegistered,
        Act::LoginSucceeded { methods: AuthMethods::PasswordAndCode, device: DeviceStanding::Known },
        Act::LoginFailed(LoginFailure::Locked),
        Act::SessionEnded { session, why: EndReason::Revoked },
        Act::AccountLocked { until: adapter.fixtures.after(900) },
        Act::RoleChanged { added: vec![RoleName::admin()], removed: Vec::new(), roles: vec![RoleName::admin()] },
    ];
    for act in acts {
        let fixtures = &adapter.fixtures;
        let (actor, subject) = (fixtures.user().id, fixtures.user().id);
        let id = AuditEventId::generate(fixtures.now(), &fixtures.entropy);
        let event = event(act).at(fixtures.now()).with_id(id).by(actor).about(subject).in_session(session);
        record(adapter, &event.build()).await;
        assert_eq!(adapter.store.events_about(subject, 10).await.unwrap(), [event.recorded()]);
    }
}

pub async fn an_event_needs_nothing_but_its_act(adapter: &Adapter) {
    let user = adapter.fixtures.user().id;
    record(adapter, &AuditEvent { subject: None, ..adapter.fixtures.event(Act::UserRegistered, user) }).await;
    assert_eq!(adapter.store.events_about(user, 10).await.unwrap(), []);
}

pub async fn events_about_a_user_come_newest_first(adapter: &Adapter) {
    let (user, other) = (adapter.fixtures.user().id, adapter.fixtures.user().id);
    let done_to = adapter.fixtures.event(Act::EmailVerified, user);
    let done_by = AuditEvent {
        actor: Some(user),
        occurred_at: adapter.fixtures.after(60),
        ..adapter.fixtures.event(Act::UserRegistered, other)
    };
    let done_to_self = AuditEvent {
        actor: Some(user),
        // In another month, thus in another partition where there are any.
        occurred_at: adapter.fixtures.after(40 * 24 * 3_600),
        ..adapter.fixtures.event(Act::PasswordChanged, user)
    };
    let somebody_elses = adapter.fixtures.event(Act::EmailVerified, other);
    for event in [&done_to, &done_to_self, &somebody_elses, &done_by] {
        record(adapter, event).await;
    }
    assert_eq!(ids_about(adapter, user, 10).await, [done_to_self.id, done_by.id, done_to.id]);
    assert_eq!(ids_about(adapter, user, 2).await, [done_to_self.id, done_by.id]);
}

pub async fn an_event_is_recorded_once(adapter: &Adapter) {
    let event = adapter.fixtures.event(Act::EmailVerified, adapter.fixtures.user().id);
    record(adapter, &event).await;
    let mut unit = adapter.begin().await;
    assert!(unit.audit().record(&event).await.is_err());
}

async fn found(adapter: &Adapter, filter: &EventFilter) -> Vec<AuditEventId> {
    adapter.store.find_events(filter, None, 10).await.unwrap().into_iter().map(|event| event.id).collect()
}

pub async fn events_are_found_by_every_condition(adapter: &Adapter) {
    let (actor, subject) = (adapter.fixtures.user().id, adapter.fixtures.user().id);
    let failed = adapter.fixtures.event(Act::LoginFailed(LoginFailure::WrongPassword), subject);
    let by_actor = AuditEvent {
        actor: Some(actor),
        occurred_at: adapter.fixtures.after(60),
        ..adapter.fixtures.event(Act::EmailVerified, subject)
    };
    let from_elsewhere = AuditEvent {
        client: Some(ClientContext { ip_address: [192, 0, 2, 7].into(), ..client() }),
        occurred_at: adapter.fixtures.after(120),
        ..adapter.fixtures.event(Act::PasswordChanged, actor)
    };
    for event in [&failed, &by_actor, &from_elsewhere] {
        record(adapter, event).await;
    }
    let all = EventFilter::default();
    assert_eq!(found(adapter, &all).await, [from_elsewhere.id, by_actor.id, failed.id]);
    let named = EventFilter { event: Some("login.failed".to_owned()), ..all.clone() };
    assert_eq!(found(adapter, &named).await, [failed.id]);
    let succeeded = EventFilter { outcome: Some(Outcome::Success), ..all.clone() };
    assert_eq!(found(adapter, &succeeded).await, [from_elsewhere.id, by_actor.id]);
    let since = EventFilter { from: Some(by_actor.occurred_at), ..all.clone() };
    assert_eq!(found(adapter, &since).await, [from_elsewhere.id, by_actor.id]);
    let until = EventFilter { to: Some(by_actor.occurred_at), ..all.clone() };
    assert_eq!(found(adapter, &until).await, [failed.id]);
    assert_eq!(found(adapter, &EventFilter { actor: Some(actor), ..all.clone() }).await, [by_actor.id]);
    let about = EventFilter { about: Some(actor), ..all.clone() };
    assert_eq!(found(adapter, &about).await, [from_elsewhere.id, by_actor.id]);
    let address = EventFilter { ip_address: Some([192, 0, 2, 7].into()), ..all.clone() };
    assert_eq!(found(adapter, &address).await, [from_elsewhere.id]);
    assert_eq!(found(adapter, &EventFilter { event: named.event, ..succeeded }).await, []);
}

pub async fn pages_of_events_follow_each_other_also_within_one_moment(adapter: &Adapter) {
    let user = adapter.fixtures.user().id;
    let mut expected = Vec::new();
    for _ in 0..5 {
        let event = adapter.fixtures.event(Act::EmailVerified, user);
        record(adapter, &event).await;
        expected.push(event.id);
    }
    expected.sort();
    expected.reverse();
    let (mut seen, mut before) = (Vec::new(), None::<EventKey>);
    loop {
        let page = adapter.store.find_events(&EventFilter::default(), before, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.key());
        seen.extend(page.into_iter().map(|event| event.id));
    }
    assert_eq!(seen, expected);
}

pub async fn a_page_of_events_reaches_as_far_back_as_there_are_any(adapter: &Adapter) {
    const MONTH: u64 = 31 * 24 * 3_600;
    let user = adapter.fixtures.user().id;
    let mut expected = Vec::new();
    for months in [0, 1, 3, 14] {
        let occurred_at = adapter.fixtures.now().minus(Duration::from_secs(months * MONTH));
        let event = AuditEvent { occurred_at, ..adapter.fixtures.event(Act::EmailVerified, user) };
        record(adapter, &event).await;
        expected.push(event.id);
    }
    assert_eq!(found(adapter, &EventFilter::default()).await, expected);
    let newest = adapter.store.find_events(&EventFilter::default(), None, 1).await.unwrap();
    let older = adapter.store.find_events(&EventFilter::default(), newest.last().map(RecordedEvent::key), 3).await;
    assert_eq!(older.unwrap().into_iter().map(|event| event.id).collect::<Vec<_>>(), expected[1..]);
    let earlier =
        EventFilter { to: Some(adapter.fixtures.now().minus(Duration::from_secs(MONTH))), ..EventFilter::default() };
    assert_eq!(found(adapter, &earlier).await, expected[2..]);
}
