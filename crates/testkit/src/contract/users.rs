//! Users and their passwords.

use voxgate_domain::ports::{Conflict, StoreError};
use voxgate_domain::user::NotificationPreferences;
use voxgate_domain::{DateOfBirth, DisplayName, Locale, PhoneNumber, Profile, TimeZone, Timestamp, User, UserStatus};

use super::Adapter;
use crate::fixtures::email;

pub async fn a_user_comes_back_with_all_values(adapter: &Adapter) {
    let fixtures = &adapter.fixtures;
    let user = User {
        email: email("Ada.Lovelace@Bücher.example"),
        email_verified_at: Some(fixtures.after(1)),
        status: UserStatus::Active,
        profile: Profile {
            first_name: DisplayName::parse("Zoë").ok(),
            last_name: DisplayName::parse("O'Neill; DROP TABLE users").ok(),
            phone_number: PhoneNumber::parse("+41791234567").ok(),
            date_of_birth: DateOfBirth::parse("1985-02-28", fixtures.now().date()).ok(),
            locale: Locale::parse("de-CH").ok(),
            time_zone: TimeZone::parse("Europe/Zurich").ok(),
        },
        updated_at: fixtures.after(2),
        last_login_at: Some(fixtures.after(3)),
        version: 7,
        ..fixtures.user()
    };
    let password = fixtures.password_hash();
    let mut unit = adapter.begin().await;
    unit.users().add(&user, Some(&password)).await.unwrap();
    let held = unit.users().lock(user.id).await.unwrap().unwrap();
    let read = unit.users().find(user.id).await.unwrap().unwrap();
    unit.commit().await.unwrap();

    let found = adapter.store.account(user.id).await.unwrap().unwrap();
    for account in [held, read, found] {
        assert_eq!((&account.user, account.password.as_ref()), (&user, Some(&password)));
        assert_eq!(account.user.email.as_typed(), "Ada.Lovelace@Bücher.example");
    }
}

pub async fn every_status_comes_back(adapter: &Adapter) {
    let deleted = UserStatus::Deleted { at: adapter.fixtures.now() };
    for status in [UserStatus::Pending, UserStatus::Active, UserStatus::Inactive, deleted] {
        let user = User { status, ..adapter.stored_user().await };
        let mut unit = adapter.begin().await;
        unit.users().save(&user).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(adapter.store.account(user.id).await.unwrap().unwrap().user.status, status);
    }
}

pub async fn nobody_is_found_who_is_not_there(adapter: &Adapter) {
    let user = adapter.fixtures.user();
    assert!(adapter.store.account(user.id).await.unwrap().is_none());
    assert!(adapter.store.account_by_email(&user.email).await.unwrap().is_none());
    let mut unit = adapter.begin().await;
    assert!(unit.users().lock(user.id).await.unwrap().is_none());
    assert!(unit.users().lock_by_email(&user.email).await.unwrap().is_none());
}

pub async fn an_account_is_found_by_its_address_in_any_case(adapter: &Adapter) {
    let user = User { email: email("Ada@Example.org"), ..adapter.fixtures.user() };
    let mut unit = adapter.begin().await;
    unit.users().add(&user, None).await.unwrap();
    let locked = unit.users().lock_by_email(&email("ADA@example.ORG")).await.unwrap().unwrap();
    unit.commit().await.unwrap();
    let found = adapter.store.account_by_email(&email("ada@EXAMPLE.org")).await.unwrap().unwrap();
    assert_eq!((locked.user.id, found.user.id), (user.id, user.id));
}

pub async fn an_address_has_one_account(adapter: &Adapter) {
    let first = adapter.stored_user().await;
    let second = User { email: first.email.clone(), ..adapter.fixtures.user() };
    let mut unit = adapter.begin().await;
    let refused = unit.users().add(&second, None).await.unwrap_err();
    unit.rollback().await.unwrap();
    assert!(matches!(refused, StoreError::Conflict(Conflict::EmailTaken)), "{refused:?}");

    let other = adapter.stored_user().await;
    let mut unit = adapter.begin().await;
    let refused = unit.users().save(&User { email: first.email, ..other }).await.unwrap_err();
    unit.rollback().await.unwrap();
    assert!(matches!(refused, StoreError::Conflict(Conflict::EmailTaken)), "{refused:?}");
}

pub async fn the_address_of_a_closed_account_is_free(adapter: &Adapter) {
    let closed = adapter.stored_user().await;
    let second = User { email: closed.email.clone(), ..adapter.fixtures.user() };
    let mut unit = adapter.begin().await;
    unit.users().save(&closed.clone().delete(adapter.fixtures.now()).unwrap()).await.unwrap();
    unit.users().add(&second, None).await.unwrap();
    assert_eq!(unit.users().lock_by_email(&closed.email).await.unwrap().unwrap().user.id, second.id);
    unit.commit().await.unwrap();
    assert_eq!(adapter.store.account_by_email(&closed.email).await.unwrap().unwrap().user.id, second.id);
    assert!(adapter.store.account(closed.id).await.unwrap().is_some());
}

pub async fn an_identifier_is_used_once(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let again = User { id: user.id, ..adapter.fixtures.user() };
    let mut unit = adapter.begin().await;
    let refused = unit.users().add(&again, None).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict(Conflict::Duplicate)), "{refused:?}");
}

pub async fn a_saved_user_counts_up_and_a_stale_one_is_refused(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let profile = Profile { first_name: DisplayName::parse("Ada").ok(), ..Profile::default() };
    let changed = user.clone().with_profile(profile, adapter.fixtures.after(5));
    let mut unit = adapter.begin().await;
    unit.users().save(&changed).await.unwrap();
    let stale = unit.users().save(&user).await.unwrap_err();
    unit.commit().await.unwrap();
    assert!(matches!(stale, StoreError::Stale), "{stale:?}");
    let stored = adapter.store.account(user.id).await.unwrap().unwrap().user;
    assert_eq!(stored, User { version: user.version + 1, ..changed });

    let cleared = User { profile: Profile::default(), ..stored };
    let mut unit = adapter.begin().await;
    unit.users().save(&cleared).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(adapter.store.account(user.id).await.unwrap().unwrap().user.profile, Profile::default());
}

pub async fn saving_a_user_leaves_the_password_alone(adapter: &Adapter) {
    let (user, password) = (adapter.fixtures.user(), adapter.fixtures.password_hash());
    let mut unit = adapter.begin().await;
    unit.users().add(&user, Some(&password)).await.unwrap();
    unit.users().save(&user.clone().logged_in(adapter.fixtures.now())).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(adapter.store.account(user.id).await.unwrap().unwrap().password, Some(password));
}

pub async fn former_passwords_are_remembered_newest_first(adapter: &Adapter) {
    let hashes: Vec<_> = (0..4).map(|_| adapter.fixtures.password_hash()).collect();
    let (user, now) = (adapter.fixtures.user(), adapter.fixtures.now());
    let mut unit = adapter.begin().await;
    unit.users().add(&user, Some(&hashes[0])).await.unwrap();
    for hash in &hashes[1..] {
        unit.users().set_password(user.id, Some(hash), now).await.unwrap();
    }
    unit.commit().await.unwrap();
    let newest_first: Vec<_> = hashes.iter().rev().cloned().collect();
    assert_eq!(adapter.store.password_history(user.id, 10).await.unwrap(), newest_first);
    assert_eq!(adapter.store.password_history(user.id, 2).await.unwrap(), newest_first[..2]);
    let account = adapter.store.account(user.id).await.unwrap().unwrap();
    assert_eq!((account.password.as_ref(), account.user.version), (hashes.last(), user.version));
}

pub async fn a_cleared_password_is_forgotten_with_the_former_ones(adapter: &Adapter) {
    let (user, hash) = (adapter.fixtures.user(), adapter.fixtures.password_hash());
    let mut unit = adapter.begin().await;
    unit.users().add(&user, Some(&hash)).await.unwrap();
    unit.users().set_password(user.id, None, adapter.fixtures.after(1)).await.unwrap();
    unit.commit().await.unwrap();
    let account = adapter.store.account(user.id).await.unwrap().unwrap();
    assert_eq!((account.password, account.user.updated_at), (None, adapter.fixtures.after(1)));
    assert_eq!(adapter.store.password_history(user.id, 5).await.unwrap(), []);
}

pub async fn nobody_has_no_password_to_set(adapter: &Adapter) {
    let (nobody, hash, now) = (adapter.fixtures.user().id, adapter.fixtures.password_hash(), Timestamp::EPOCH);
    let mut unit = adapter.begin().await;
    assert!(matches!(unit.users().set_password(nobody, Some(&hash), now).await, Err(StoreError::Stale)));
    assert!(matches!(unit.users().set_password(nobody, None, now).await, Err(StoreError::Stale)));
}

pub async fn a_renewed_hash_takes_the_place_of_the_present_one(adapter: &Adapter) {
    let user = adapter.fixtures.user();
    let [former, old, new] = [(); 3].map(|()| adapter.fixtures.password_hash());
    let mut unit = adapter.begin().await;
    unit.users().add(&user, Some(&former)).await.unwrap();
    unit.users().set_password(user.id, Some(&old), adapter.fixtures.now()).await.unwrap();
    unit.users().renew_hash(user.id, &old, &new).await.unwrap();
    let stale = unit.users().renew_hash(user.id, &old, &former).await.unwrap_err();
    unit.commit().await.unwrap();
    assert!(matches!(stale, StoreError::Stale), "{stale:?}");
    assert_eq!(adapter.store.account(user.id).await.unwrap().unwrap().password.as_ref(), Some(&new));
    assert_eq!(adapter.store.password_history(user.id, 5).await.unwrap(), [new, former]);
}

pub async fn notification_preferences_are_the_default_until_saved(adapter: &Adapter) {
    let (user, now) = (adapter.stored_user().await, adapter.fixtures.now());
    let preferences = adapter.store.notification_preferences(user.id).await.unwrap();
    assert_eq!(preferences, NotificationPreferences::default());
    for (product_email, analysis_email) in [(true, false), (false, true)] {
        let wanted = NotificationPreferences { product_email, analysis_email };
        let mut unit = adapter.begin().await;
        unit.users().save_notification_preferences(user.id, wanted, now).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(adapter.store.notification_preferences(user.id).await.unwrap(), wanted);
    }
}

pub async fn a_held_user_waits_for_nobody_but_the_holder(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let mut first = adapter.begin().await;
    let held = first.users().lock(user.id).await.unwrap().unwrap().user;
    let (store, id) = (std::sync::Arc::clone(&adapter.store), user.id);
    let waiting = tokio::spawn(async move {
        let mut second = store.begin().await.unwrap();
        let seen = second.users().lock(id).await.unwrap().unwrap().user;
        second.users().save(&seen).await.unwrap();
        second.commit().await.unwrap();
    });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    first.users().save(&held).await.unwrap();
    first.commit().await.unwrap();
    waiting.await.unwrap();
    assert_eq!(adapter.store.account(user.id).await.unwrap().unwrap().user.version, user.version + 2);
}
