//! One-time tokens.

use voxgate_domain::{OneTimeToken, Purpose, TokenHash, User};

use super::{Adapter, RACERS};

async fn issued(adapter: &Adapter, user: &User, purpose: Purpose) -> (OneTimeToken, TokenHash) {
    let (token, hash) = adapter.fixtures.one_time_token(user, purpose);
    let mut unit = adapter.begin().await;
    unit.tokens().replace(&token, hash).await.unwrap();
    unit.commit().await.unwrap();
    (token, hash)
}

/// What using the token up gives; it is undone.
async fn tried(adapter: &Adapter, hash: TokenHash, purposes: &[Purpose]) -> Option<OneTimeToken> {
    let mut unit = adapter.begin().await;
    let token = unit.tokens().consume(hash, purposes, adapter.fixtures.now()).await.unwrap();
    unit.rollback().await.unwrap();
    token
}

pub async fn a_token_is_used_up_with_all_its_values(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    for purpose in Purpose::ALL {
        let (token, hash) = issued(adapter, &user, *purpose).await;
        let now = adapter.fixtures.now();
        let mut unit = adapter.begin().await;
        assert_eq!(unit.tokens().consume(hash, Purpose::ALL, now).await.unwrap(), Some(token));
        unit.commit().await.unwrap();
        assert_eq!(tried(adapter, hash, Purpose::ALL).await, None);
    }
}

pub async fn of_concurrent_uses_one_succeeds(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (_, hash) = issued(adapter, &user, Purpose::PasswordReset).await;
    let uses = (0..RACERS).map(|_| {
        let (store, now) = (adapter.store.clone(), adapter.fixtures.now());
        tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            let used = unit.tokens().consume(hash, &[Purpose::PasswordReset], now).await.unwrap().is_some();
            unit.commit().await.unwrap();
            used
        })
    });
    let mut successes = 0;
    for one in uses.collect::<Vec<_>>() {
        successes += usize::from(one.await.unwrap());
    }
    assert_eq!(successes, 1);
}

pub async fn a_token_is_good_for_its_purpose_alone(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (token, hash) = issued(adapter, &user, Purpose::EmailVerification).await;
    assert_eq!(tried(adapter, hash, &[Purpose::PasswordReset, Purpose::Invitation]).await, None);
    assert_eq!(tried(adapter, hash, &[]).await, None);
    assert_eq!(tried(adapter, hash, &[Purpose::PasswordReset, Purpose::EmailVerification]).await, Some(token));
}

pub async fn a_token_expires(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (token, hash) = issued(adapter, &user, Purpose::PasswordReset).await;
    let mut unit = adapter.begin().await;
    assert_eq!(unit.tokens().consume(hash, Purpose::ALL, token.expires_at).await.unwrap(), None);
    let last = token.expires_at.minus(std::time::Duration::from_micros(1));
    assert_eq!(unit.tokens().consume(hash, Purpose::ALL, last).await.unwrap(), Some(token));
}

pub async fn a_new_token_voids_the_older_of_its_user_and_purpose(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    let (_, old) = issued(adapter, &user, Purpose::PasswordReset).await;
    let (verification, of_another_purpose) = issued(adapter, &user, Purpose::EmailVerification).await;
    let (others, of_another_user) = issued(adapter, &other, Purpose::PasswordReset).await;
    let (token, new) = issued(adapter, &user, Purpose::PasswordReset).await;
    assert_eq!(tried(adapter, old, Purpose::ALL).await, None);
    assert_eq!(tried(adapter, new, Purpose::ALL).await, Some(token));
    assert_eq!(tried(adapter, of_another_purpose, Purpose::ALL).await, Some(verification));
    assert_eq!(tried(adapter, of_another_user, Purpose::ALL).await, Some(others));
}

pub async fn of_tokens_issued_at_once_one_stays_good(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let tokens: Vec<_> = (0..8).map(|_| adapter.fixtures.one_time_token(&user, Purpose::PasswordReset)).collect();
    let issues = tokens.iter().cloned().map(|(token, hash)| {
        let store = adapter.store.clone();
        tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            unit.tokens().replace(&token, hash).await.unwrap();
            unit.commit().await.unwrap();
        })
    });
    for issue in issues.collect::<Vec<_>>() {
        issue.await.unwrap();
    }
    let mut good = 0;
    for (_, hash) in &tokens {
        good += usize::from(tried(adapter, *hash, Purpose::ALL).await.is_some());
    }
    assert_eq!(good, 1);
}

pub async fn voided_tokens_are_no_longer_good(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (_, reset) = issued(adapter, &user, Purpose::PasswordReset).await;
    let (verification, kept) = issued(adapter, &user, Purpose::EmailVerification).await;
    let mut unit = adapter.begin().await;
    unit.tokens().void(user.id, &[Purpose::PasswordReset], adapter.fixtures.now()).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(tried(adapter, reset, Purpose::ALL).await, None);
    assert_eq!(tried(adapter, kept, Purpose::ALL).await, Some(verification));
}

pub async fn a_token_belongs_to_a_user_who_is_there(adapter: &Adapter) {
    let (token, hash) = adapter.fixtures.one_time_token(&adapter.fixtures.user(), Purpose::Invitation);
    let mut unit = adapter.begin().await;
    let refused = unit.tokens().replace(&token, hash).await.unwrap_err();
    assert!(matches!(refused, voxgate_domain::ports::StoreError::Stale), "{refused:?}");
}
