//! The audit trail.

use voxgate_domain::audit::RecordedEvent;
use voxgate_domain::session::EndReason;
use voxgate_domain::{Act, AuditEvent, AuditEventId, UserId};

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
        ip_address: Some("127.0.0.1".to_owned()),
        user_agent: Some("testkit/1.0".to_owned()),
        request_id: Some("request-0001".to_owned()),
        reason: event.reason,
    };
    assert_eq!(adapter.store.events_about(subject.id, 10).await.unwrap(), [recorded]);
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
