//! Emergency accesses, and who saw whose data.

use std::time::Duration;

use voxgate_domain::audit::AuditAccess;
use voxgate_domain::ports::{Conflict, RoleAssignment, StoreError};
use voxgate_domain::role::seed_roles;
use voxgate_domain::{Act, AuditEvent, AuditEventId, EmergencyAccess, RoleName, UserId};

use super::Adapter;

async fn people(adapter: &Adapter) -> (UserId, UserId) {
    (adapter.stored_user().await.id, adapter.stored_user().await.id)
}

async fn taken(adapter: &Adapter, holder: UserId, subject: UserId) -> Result<EmergencyAccess, StoreError> {
    let access = adapter.fixtures.emergency_access(holder, subject);
    let mut unit = adapter.begin().await;
    unit.emergencies().add(&access).await?;
    unit.commit().await?;
    Ok(access)
}

async fn open(adapter: &Adapter, holder: UserId, subject: UserId) -> Option<EmergencyAccess> {
    adapter.store.open_emergency_access(holder, subject, adapter.fixtures.now()).await.unwrap()
}

pub async fn an_access_is_its_holders_to_its_subject_until_it_expires(adapter: &Adapter) {
    let (holder, subject) = people(adapter).await;
    let access = taken(adapter, holder, subject).await.unwrap();
    assert_eq!(open(adapter, holder, subject).await, Some(access.clone()));
    assert_eq!(open(adapter, subject, holder).await, None);
    adapter.fixtures.clock.advance(access.expires_at.since(adapter.fixtures.now()));
    assert_eq!(open(adapter, holder, subject).await, None);
}

pub async fn a_second_open_access_is_a_conflict_and_an_expired_one_gives_way(adapter: &Adapter) {
    let (holder, subject) = people(adapter).await;
    let first = taken(adapter, holder, subject).await.unwrap();
    let refused = taken(adapter, holder, subject).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::EmergencyOpen))));
    adapter.fixtures.clock.advance(first.expires_at.since(adapter.fixtures.now()));
    let second = taken(adapter, holder, subject).await.unwrap();
    let first = EmergencyAccess { closed_at: Some(first.expires_at), ..first };
    let listed = adapter.store.emergency_accesses(Some(holder), None, 10).await.unwrap();
    assert_eq!(listed, [second.clone(), first.clone()]);
    assert_eq!(adapter.store.emergency_accesses(None, Some(second.id), 10).await.unwrap(), [first]);
    assert_eq!(adapter.store.emergency_accesses(Some(subject), None, 10).await.unwrap(), []);
}

pub async fn an_access_is_closed_once_and_by_its_holder(adapter: &Adapter) {
    let (holder, subject) = people(adapter).await;
    let access = taken(adapter, holder, subject).await.unwrap();
    let close = async |by: UserId| {
        let mut unit = adapter.begin().await;
        let closed = unit.emergencies().close(access.id, by, adapter.fixtures.now()).await.unwrap();
        unit.commit().await.unwrap();
        closed
    };
    assert_eq!(close(subject).await, None);
    let closed = EmergencyAccess { closed_at: Some(adapter.fixtures.now()), ..access.clone() };
    assert_eq!(close(holder).await, Some(closed));
    assert_eq!(close(holder).await, None);
    assert_eq!(open(adapter, holder, subject).await, None);
}

pub async fn holders_of_a_role_are_the_active_ones(adapter: &Adapter) {
    let (now, admin) = (adapter.fixtures.now(), RoleName::admin());
    let [active, pending] = [adapter.stored_user().await, adapter.stored_user().await];
    let active = active.verify_email(now).unwrap();
    let mut unit = adapter.begin().await;
    unit.users().save(&active).await.unwrap();
    unit.roles().add_missing(&seed_roles(), now).await.unwrap();
    for user in [active.id, pending.id] {
        let id = adapter.fixtures.assignment_id();
        let assignment = RoleAssignment { id, user, role: &admin, by: None, reason: "a test", at: now };
        unit.roles().assign(&assignment).await.unwrap();
    }
    let holders = unit.roles().holders(&admin, 10).await.unwrap();
    assert_eq!(holders.iter().map(|user| user.id).collect::<Vec<_>>(), [active.id]);
    assert_eq!(unit.roles().holders(&RoleName::patient(), 10).await.unwrap(), []);
    assert_eq!(unit.roles().holders(&admin, 0).await.unwrap(), []);
}

pub async fn disclosures_are_what_others_saw_alone_or_in_a_list(adapter: &Adapter) {
    let (doctor, subject) = people(adapter).await;
    let mut recorded = Vec::new();
    let mut unit = adapter.begin().await;
    let acts = [
        (Act::UserRead, Some(doctor), Some(subject)),
        (Act::UsersListed { users: vec![doctor, subject] }, Some(doctor), None),
        (Act::AuditRead(AuditAccess::List), Some(doctor), Some(subject)),
        // None of these shows the subject's data to somebody else.
        (Act::UserRead, Some(subject), Some(subject)),
        (Act::UserRead, Some(doctor), Some(doctor)),
        (Act::UsersListed { users: vec![doctor] }, Some(doctor), None),
        (Act::PasswordChanged, Some(doctor), Some(subject)),
    ];
    for (act, actor, about) in acts {
        adapter.fixtures.clock.advance(Duration::from_millis(5));
        let event = AuditEvent { actor, subject: about, ..adapter.fixtures.event(act, subject) };
        unit.audit().record(&event).await.unwrap();
        recorded.push(event.id);
    }
    unit.commit().await.unwrap();
    let expected: Vec<AuditEventId> = recorded.into_iter().take(3).rev().collect();

    let all = adapter.store.disclosures_of(subject, None, 10).await.unwrap();
    assert_eq!(all.iter().map(|event| event.id).collect::<Vec<_>>(), expected);
    let mut paged = Vec::new();
    while let Some(next) =
        adapter.store.disclosures_of(subject, paged.last().copied(), 1).await.unwrap().pop().map(|event| event.key())
    {
        paged.push(next);
    }
    assert_eq!(paged.iter().map(|key| key.id).collect::<Vec<_>>(), expected);
}
