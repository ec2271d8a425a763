//! Those who have a role, held while it is decided who may lose it.

use voxgate_domain::ports::{RoleAssignment, StoreError, UnitOfWork};
use voxgate_domain::role::seed_roles;
use voxgate_domain::{RoleName, Timestamp, User, UserId};

use super::{Adapter, RACERS};

/// An active user with the role `admin`.
async fn admin(adapter: &Adapter) -> User {
    let user = adapter.fixtures.user().verify_email(adapter.fixtures.now()).unwrap();
    let mut unit = adapter.begin().await;
    unit.roles().add_missing(&seed_roles(), adapter.fixtures.now()).await.unwrap();
    unit.users().add(&user, None).await.unwrap();
    let (id, at, role) = (adapter.fixtures.assignment_id(), adapter.fixtures.now(), RoleName::admin());
    unit.roles().assign(&RoleAssignment { id, user: user.id, role: &role, by: None, reason: "", at }).await.unwrap();
    unit.commit().await.unwrap();
    user
}

async fn has_other(adapter: &Adapter, user: UserId) -> bool {
    adapter.begin().await.roles().has_other(&RoleName::admin(), user).await.unwrap()
}

pub async fn every_role_is_listed_by_name(adapter: &Adapter) {
    assert_eq!(adapter.store.roles().await.unwrap(), []);
    admin(adapter).await;
    let mut expected = seed_roles();
    expected.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(adapter.store.roles().await.unwrap(), expected);
}

pub async fn a_role_is_taken_once(adapter: &Adapter) {
    let user = admin(adapter).await;
    let mut unit = adapter.begin().await;
    unit.roles().revoke(user.id, &RoleName::admin()).await.unwrap();
    let again = unit.roles().revoke(user.id, &RoleName::admin()).await.unwrap_err();
    assert!(matches!(again, StoreError::Stale), "{again:?}");
    unit.commit().await.unwrap();
    assert_eq!(adapter.store.roles_of(user.id).await.unwrap(), []);
}

pub async fn only_another_active_user_counts_as_another_holder(adapter: &Adapter) {
    let one = admin(adapter).await;
    assert!(!has_other(adapter, one.id).await);
    let two = admin(adapter).await;
    assert!(has_other(adapter, one.id).await);
    let mut unit = adapter.begin().await;
    unit.users().save(&two.deactivate(adapter.fixtures.now()).unwrap()).await.unwrap();
    unit.commit().await.unwrap();
    assert!(!has_other(adapter, one.id).await);
}

/// Puts `user` out, unless they are the last: by taking the role, or by closing the account.
async fn put_out(unit: &mut dyn UnitOfWork, user: UserId, close: bool, now: Timestamp) -> bool {
    let role = RoleName::admin();
    unit.roles().hold(&role).await.unwrap();
    let found = unit.users().lock(user).await.unwrap().unwrap().user;
    if !unit.roles().has_other(&role, user).await.unwrap() {
        return false;
    }
    if close {
        unit.users().save(&found.delete(now).unwrap()).await.unwrap();
    } else {
        unit.roles().revoke(user, &role).await.unwrap();
    }
    true
}

pub async fn of_administrators_who_put_each_other_out_one_stays(adapter: &Adapter) {
    let mut admins = Vec::new();
    for _ in 0..RACERS {
        admins.push(admin(adapter).await.id);
    }
    let now = adapter.fixtures.now();
    let racers = admins.iter().enumerate().map(|(n, user)| {
        let (store, user) = (adapter.store.clone(), *user);
        tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            let done = put_out(&mut *unit, user, n % 2 == 0, now).await;
            unit.commit().await.unwrap();
            done
        })
    });
    let mut out = 0;
    for racer in racers.collect::<Vec<_>>() {
        out += usize::from(racer.await.unwrap());
    }
    assert_eq!(out, RACERS - 1);
    assert!(has_other(adapter, adapter.fixtures.user().id).await, "nobody is left");
}

pub async fn a_held_role_is_given_to_nobody_meanwhile(adapter: &Adapter) {
    let one = admin(adapter).await;
    let mut unit = adapter.begin().await;
    unit.roles().hold(&RoleName::admin()).await.unwrap();
    let another = admin(adapter);
    tokio::pin!(another);
    let waited = tokio::time::timeout(std::time::Duration::from_millis(200), &mut another).await;
    assert!(waited.is_err(), "the role was given while it was held");
    unit.commit().await.unwrap();
    another.await;
    assert!(has_other(adapter, one.id).await);
}
