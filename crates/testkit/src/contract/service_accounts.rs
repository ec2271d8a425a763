//! Service accounts, what they did, and the ended sessions that they ask for.

use std::time::Duration;

use voxgate_domain::audit::{EventFilter, SERVICE_ACCOUNT};
use voxgate_domain::ports::{Conflict, StoreError};
use voxgate_domain::session::{EndReason, Revocation, SessionEnd};
use voxgate_domain::{
    Act, AuditEvent, Permission, ServiceAccount, ServiceAccountId, ServiceName, SessionId, UserId, fixtures,
};

use super::Adapter;

fn account(adapter: &Adapter, name: &str) -> ServiceAccount {
    let id = ServiceAccountId::generate(adapter.fixtures.now(), &adapter.fixtures.entropy);
    let account = fixtures::service_account(name, &[Permission::AuditRead, Permission::RevocationsRead]);
    ServiceAccount { id, created_at: adapter.fixtures.now(), ..account }
}

async fn add(adapter: &Adapter, account: &ServiceAccount) -> Result<(), StoreError> {
    let mut unit = adapter.begin().await;
    unit.service_accounts().add(account).await?;
    unit.commit().await
}

async fn save(adapter: &Adapter, account: &ServiceAccount) -> Result<(), StoreError> {
    let mut unit = adapter.begin().await;
    unit.service_accounts().lock(account.id).await?;
    unit.service_accounts().save(account).await?;
    unit.commit().await
}

pub async fn an_account_comes_back_as_it_was_added(adapter: &Adapter) {
    let added = account(adapter, "recordings");
    assert_eq!(adapter.store.service_account(added.id).await.unwrap(), None);
    add(adapter, &added).await.unwrap();
    assert_eq!(adapter.store.service_account(added.id).await.unwrap(), Some(added.clone()));
    let mut unit = adapter.begin().await;
    assert_eq!(unit.service_accounts().lock(added.id).await.unwrap(), Some(added.clone()));
    assert_eq!(unit.service_accounts().lock(account(adapter, "other").id).await.unwrap(), None);
}

pub async fn of_the_accounts_that_are_on_no_two_have_the_same_name(adapter: &Adapter) {
    let first = account(adapter, "recordings");
    add(adapter, &first).await.unwrap();
    let refused = add(adapter, &account(adapter, "recordings")).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Conflict::ServiceNameTaken))), "{refused:?}");
    save(adapter, &first.disable(adapter.fixtures.after(1)).unwrap()).await.unwrap();
    add(adapter, &account(adapter, "recordings")).await.unwrap();
}

pub async fn a_rotation_and_an_end_are_kept_and_nothing_else_is(adapter: &Adapter) {
    let added = account(adapter, "recordings");
    add(adapter, &added).await.unwrap();
    let now = adapter.fixtures.after(1);
    let rotated = added.rotate(adapter.fixtures.token_hash(), Duration::from_secs(60), now).unwrap();
    let renamed = ServiceAccount { name: ServiceName::parse("renamed").unwrap(), ..rotated.clone() };
    save(adapter, &renamed).await.unwrap();
    assert_eq!(adapter.store.service_account(rotated.id).await.unwrap(), Some(rotated.clone()));

    let ended = rotated.disable(adapter.fixtures.after(2)).unwrap();
    save(adapter, &ended).await.unwrap();
    assert_eq!(adapter.store.service_account(ended.id).await.unwrap(), Some(ended));
    assert!(matches!(save(adapter, &account(adapter, "nobody")).await, Err(StoreError::Stale)));
}

pub async fn accounts_are_listed_newest_first(adapter: &Adapter) {
    let mut added = Vec::new();
    for name in ["one", "two", "three"] {
        adapter.fixtures.clock.advance(Duration::from_millis(5));
        let account = account(adapter, name);
        add(adapter, &account).await.unwrap();
        added.insert(0, account);
    }
    assert_eq!(adapter.store.service_accounts(None, 10).await.unwrap(), added);
    assert_eq!(adapter.store.service_accounts(Some(added[0].id), 1).await.unwrap(), added[1..2]);
}

/// Ends a new session of the user `seconds` from now.
async fn ended(adapter: &Adapter, user: UserId, seconds: u64) -> Revocation {
    let (session, token) = adapter.fixtures.session(user);
    let at = adapter.fixtures.after(seconds);
    let mut unit = adapter.begin().await;
    unit.sessions().add(&session, &token).await.unwrap();
    unit.sessions().end(user, session.id, SessionEnd { at, why: EndReason::LoggedOut }).await.unwrap();
    unit.commit().await.unwrap();
    Revocation { session: session.id, ended_at: at }
}

pub async fn ended_sessions_are_told_in_the_order_of_their_ends(adapter: &Adapter) {
    let user = adapter.stored_user().await.id;
    let (open, token) = adapter.fixtures.session(user);
    let mut unit = adapter.begin().await;
    unit.sessions().add(&open, &token).await.unwrap();
    unit.commit().await.unwrap();
    let late = ended(adapter, user, 30).await;
    let mut same = [ended(adapter, user, 20).await, ended(adapter, user, 20).await];
    same.sort_by_key(|revocation| revocation.session);
    ended(adapter, user, 10).await;
    let expected = [same[0], same[1], late];

    let since = adapter.fixtures.after(20);
    assert_eq!(adapter.store.revocations(since, None, 10).await.unwrap(), expected);
    let mut paged: Vec<Revocation> = Vec::new();
    loop {
        let after: Option<(_, SessionId)> = paged.last().map(|last| (last.ended_at, last.session));
        match adapter.store.revocations(since, after, 1).await.unwrap().pop() {
            Some(next) => paged.push(next),
            None => break,
        }
    }
    assert_eq!(paged, expected);
}

pub async fn what_a_machine_did_is_recorded_under_its_id(adapter: &Adapter) {
    let account = account(adapter, "recordings");
    let act = Act::ServiceTokenIssued { scope: account.permissions.clone() };
    let event = AuditEvent {
        subject: None,
        service: Some(account.id),
        ..adapter.fixtures.event(act, UserId::from(account.id.as_uuid()))
    };
    let mut unit = adapter.begin().await;
    unit.audit().record(&event).await.unwrap();
    unit.commit().await.unwrap();
    let filter = EventFilter { actor: Some(UserId::from(account.id.as_uuid())), ..EventFilter::default() };
    let found = adapter.store.find_events(&filter, None, 10).await.unwrap();
    assert_eq!(found.len(), 1);
    let named = format!(r#""{SERVICE_ACCOUNT}":"{}""#, account.id);
    assert!(found[0].details.contains(&named) && found[0].details.contains("audit:read"), "{}", found[0].details);
}
