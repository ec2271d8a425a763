//! Lists of users for administrators.

use std::time::Duration;

use voxgate_domain::ports::RoleAssignment;
use voxgate_domain::role::seed_roles;
use voxgate_domain::user::{SearchPrefix, StatusFilter, UserFilter};
use voxgate_domain::{DisplayName, Profile, RoleName, User, UserId, UserStatus};

use super::Adapter;
use crate::fixtures::email;

/// Adds a user who is newer than those before, after `change`, with these roles.
async fn add(adapter: &Adapter, roles: &[&RoleName], change: impl FnOnce(User) -> User) -> User {
    adapter.fixtures.clock.advance(Duration::from_secs(1));
    let user = change(adapter.fixtures.user());
    let mut unit = adapter.begin().await;
    unit.roles().add_missing(&seed_roles(), adapter.fixtures.now()).await.unwrap();
    unit.users().add(&user, None).await.unwrap();
    for role in roles {
        let (id, at) = (adapter.fixtures.assignment_id(), adapter.fixtures.now());
        unit.roles().assign(&RoleAssignment { id, user: user.id, role, by: None, reason: "", at }).await.unwrap();
    }
    unit.commit().await.unwrap();
    user
}

async fn list(adapter: &Adapter, filter: &UserFilter, after: Option<UserId>, limit: u32) -> Vec<UserId> {
    let found = adapter.store.list_users(filter, after, limit).await.unwrap();
    found.into_iter().map(|(user, _)| user.id).collect()
}

fn begins(text: &str) -> UserFilter {
    UserFilter { begins: SearchPrefix::parse(text).ok(), ..UserFilter::default() }
}

fn named(first: &str, last: &str) -> impl FnOnce(User) -> User {
    let profile = Profile {
        first_name: DisplayName::parse(first).ok(),
        last_name: DisplayName::parse(last).ok(),
        ..Profile::default()
    };
    |user| User { profile, ..user }
}

pub async fn users_are_listed_newest_first_with_their_roles(adapter: &Adapter) {
    let (patient, admin) = (RoleName::patient(), RoleName::admin());
    let old = add(adapter, &[], |user| user).await;
    let middle = add(adapter, &[&patient, &admin], named("Ada", "King")).await;
    let new = add(adapter, &[&patient], |user| user).await;
    let found = adapter.store.list_users(&UserFilter::default(), None, 10).await.unwrap();
    let expected = [(new, vec![patient.clone()]), (middle, vec![admin, patient]), (old, vec![])];
    assert_eq!(found, expected);
}

pub async fn a_page_begins_behind_the_last_one(adapter: &Adapter) {
    let mut all = Vec::new();
    for _ in 0..5 {
        all.insert(0, add(adapter, &[&RoleName::patient()], |user| user).await.id);
    }
    let by_role = UserFilter { role: Some(RoleName::patient()), ..UserFilter::default() };
    for filter in [UserFilter::default(), by_role, begins("user-")] {
        assert_eq!(list(adapter, &filter, None, 2).await, all[..2]);
        assert_eq!(list(adapter, &filter, Some(all[1]), 2).await, all[2..4]);
        assert_eq!(list(adapter, &filter, Some(all[3]), 2).await, all[4..]);
        assert_eq!(list(adapter, &filter, Some(all[4]), 2).await, []);
    }
}

pub async fn a_list_shows_those_who_meet_every_condition(adapter: &Adapter) {
    let (patient, admin) = (RoleName::patient(), RoleName::admin());
    let now = adapter.fixtures.now();
    let pending = add(adapter, &[&patient], |user| user).await.id;
    let active = add(adapter, &[&admin], |user| user.verify_email(now).unwrap()).await.id;
    let inactive = add(adapter, &[&admin], |user| User { status: UserStatus::Inactive, ..user }).await.id;
    let deleted = add(adapter, &[&admin], |user| user.delete(now).unwrap()).await.id;
    let filter = |status: Option<StatusFilter>, role: Option<&RoleName>, include_deleted| UserFilter {
        status,
        role: role.cloned(),
        include_deleted,
        ..UserFilter::default()
    };
    for (filter, expected) in [
        (filter(None, None, false), vec![inactive, active, pending]),
        (filter(None, None, true), vec![deleted, inactive, active, pending]),
        (filter(Some(StatusFilter::Active), None, false), vec![active]),
        (filter(Some(StatusFilter::Pending), None, true), vec![pending]),
        (filter(Some(StatusFilter::Deleted), None, false), vec![deleted]),
        (filter(None, Some(&admin), false), vec![inactive, active]),
        (filter(None, Some(&admin), true), vec![deleted, inactive, active]),
        (filter(Some(StatusFilter::Inactive), Some(&admin), false), vec![inactive]),
        (filter(Some(StatusFilter::Deleted), Some(&admin), false), vec![deleted]),
        (filter(Some(StatusFilter::Active), Some(&patient), false), vec![]),
    ] {
        assert_eq!(list(adapter, &filter, None, 10).await, expected, "{filter:?}");
    }
}

pub async fn users_are_found_by_how_address_or_name_begin(adapter: &Adapter) {
    let ada = add(adapter, &[], named("Ada", "King")).await.id;
    let adam = add(adapter, &[], named("ADAM", "O'Neill")).await.id;
    let odon = add(adapter, &[], named("Ödön", "100%_sure")).await.id;
    let by_address = add(adapter, &[], |user| User { email: email("Kingfisher@example.org"), ..user }).await.id;
    for (text, expected) in [
        ("ada", vec![adam, ada]),
        ("ADAM", vec![adam]),
        ("king", vec![by_address, ada]),
        ("kingfisher@EXAMPLE.org", vec![by_address]),
        ("ödön", vec![odon]),
        ("ÖDÖN", vec![odon]),
        ("o'n", vec![adam]),
        ("100%", vec![odon]),
        ("100%_", vec![odon]),
        ("%", vec![]),
        ("_", vec![]),
        ("*", vec![]),
        ("ing", vec![]),
        ("ada ", vec![adam, ada]),
    ] {
        assert_eq!(list(adapter, &begins(text), None, 10).await, expected, "{text:?}");
    }
}
