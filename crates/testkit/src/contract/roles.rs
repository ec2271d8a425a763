//! Roles and who has them.

use voxgate_domain::ports::{Conflict, RoleAssignment, StoreError};
use voxgate_domain::role::{Role, seed_roles};
use voxgate_domain::{RoleName, UserId};

use super::Adapter;

async fn seed(adapter: &Adapter) -> Vec<RoleName> {
    let mut unit = adapter.begin().await;
    let added = unit.roles().add_missing(&seed_roles(), adapter.fixtures.now()).await.unwrap();
    unit.commit().await.unwrap();
    added
}

async fn assign(adapter: &Adapter, user: UserId, role: &RoleName, by: Option<UserId>) -> Result<(), StoreError> {
    let (id, at) = (adapter.fixtures.assignment_id(), adapter.fixtures.now());
    let mut unit = adapter.begin().await;
    unit.roles().assign(&RoleAssignment { id, user, role, by, reason: "a test", at }).await?;
    unit.commit().await
}

pub async fn missing_roles_are_added_and_others_left_alone(adapter: &Adapter) {
    let names: Vec<_> = seed_roles().into_iter().map(|role| role.name).collect();
    assert_eq!(seed(adapter).await, names);
    assert_eq!(seed(adapter).await, []);

    let changed = Role { description: "changed".to_owned(), ..seed_roles().remove(0) };
    let night = Role { name: RoleName::parse("night_nurse").unwrap(), ..changed.clone() };
    let mut unit = adapter.begin().await;
    let added = unit.roles().add_missing(&[changed.clone(), night.clone()], adapter.fixtures.now()).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(added, [night.name]);
    let user = adapter.stored_user().await;
    assign(adapter, user.id, &changed.name, None).await.unwrap();
    assert_eq!(adapter.store.roles_of(user.id).await.unwrap(), seed_roles()[..1]);
}

pub async fn roles_come_back_by_name_with_their_permissions(adapter: &Adapter) {
    seed(adapter).await;
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    assign(adapter, user.id, &RoleName::patient(), None).await.unwrap();
    assign(adapter, user.id, &RoleName::admin(), Some(other.id)).await.unwrap();
    let find = |name: RoleName| seed_roles().into_iter().find(|role| role.name == name).unwrap();
    let expected = [find(RoleName::admin()), find(RoleName::patient())];
    assert_eq!(adapter.store.roles_of(user.id).await.unwrap(), expected);
    assert_eq!(adapter.begin().await.roles().of(user.id).await.unwrap(), expected);
    assert_eq!(adapter.store.roles_of(other.id).await.unwrap(), []);
}

pub async fn a_user_has_a_role_once(adapter: &Adapter) {
    seed(adapter).await;
    let user = adapter.stored_user().await;
    assign(adapter, user.id, &RoleName::patient(), None).await.unwrap();
    let refused = assign(adapter, user.id, &RoleName::patient(), None).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict(Conflict::RoleAssigned)), "{refused:?}");
}

pub async fn a_role_that_is_not_there_is_not_assigned(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let refused = assign(adapter, user.id, &RoleName::admin(), None).await.unwrap_err();
    assert!(matches!(refused, StoreError::Stale), "{refused:?}");
}
