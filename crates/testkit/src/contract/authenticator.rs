//! The read of every request.

use voxgate_domain::ports::{Principal, RoleAssignment};
use voxgate_domain::role::seed_roles;
use voxgate_domain::session::EndReason;
use voxgate_domain::{RoleName, Session, SessionEnd, SessionId, User};

use super::{Adapter, RACERS};

pub async fn an_unknown_session_is_nobodys(adapter: &Adapter) {
    let (session, _) = adapter.fixtures.session(adapter.fixtures.user().id);
    assert_eq!(adapter.authenticator.authenticate(session.id).await.unwrap(), None);
}

pub async fn a_session_is_found_with_its_user_and_no_role(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (session, _) = adapter.stored_session(&user).await;
    let found = adapter.authenticator.authenticate(session.id).await.unwrap();
    assert_eq!(found, Some(Principal { user, session, roles: Vec::new() }));
}

pub async fn roles_are_those_of_now_and_of_the_user_alone(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    let (session, _) = adapter.stored_session(&user).await;
    let (patient, admin, auditor) = (RoleName::patient(), RoleName::admin(), RoleName::parse("auditor").unwrap());
    let mut unit = adapter.begin().await;
    unit.roles().add_missing(&seed_roles(), adapter.fixtures.now()).await.unwrap();
    for (owner, role) in [(user.id, &patient), (user.id, &admin), (other.id, &auditor)] {
        let (id, at) = (adapter.fixtures.assignment_id(), adapter.fixtures.now());
        unit.roles().assign(&RoleAssignment { id, user: owner, role, by: None, reason: "a test", at }).await.unwrap();
    }
    unit.commit().await.unwrap();
    let found = adapter.authenticator.authenticate(session.id).await.unwrap().unwrap();
    assert_eq!(found.roles, adapter.store.roles_of(user.id).await.unwrap());
    assert_eq!(found.role_names(), [admin, patient]);
}

pub async fn an_end_and_a_change_count_at_once(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (session, _) = adapter.stored_session(&user).await;
    let now = adapter.fixtures.now();
    let end = SessionEnd { at: now, why: EndReason::AccountDeleted };
    let deleted = user.clone().delete(now).unwrap();
    let mut unit = adapter.begin().await;
    unit.users().save(&deleted).await.unwrap();
    unit.sessions().end_all(user.id, None, end).await.unwrap();
    unit.commit().await.unwrap();
    let found = adapter.authenticator.authenticate(session.id).await.unwrap().unwrap();
    assert_eq!(found.user, User { version: user.version + 1, ..deleted });
    assert_eq!(found.session, Session { ended: Some(end), ..session });
}

pub async fn of_many_at_once_each_gets_the_answer_of_its_own(adapter: &Adapter) {
    let mut known = Vec::new();
    for _ in 0..5 {
        let user = adapter.stored_user().await;
        let (session, _) = adapter.stored_session(&user).await;
        known.push(Principal { user, session, roles: Vec::new() });
    }
    let ask = |session: SessionId| {
        let authenticator = adapter.authenticator.clone();
        tokio::spawn(async move { authenticator.authenticate(session).await.unwrap() })
    };
    let mut asked = Vec::new();
    for number in 0..RACERS * 4 {
        // Some of several at once for one session, and some for none.
        let expected = known.get(number % (known.len() + 1)).cloned();
        let session = match &expected {
            Some(principal) => principal.session.id,
            None => adapter.fixtures.session(adapter.fixtures.user().id).0.id,
        };
        asked.push((ask(session), expected));
    }
    for (answer, expected) in asked {
        assert_eq!(answer.await.unwrap(), expected);
    }
}
