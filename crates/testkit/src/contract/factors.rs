//! Authenticator apps and recovery codes.

use voxgate_domain::factor::{MfaStatus, TotpState};
use voxgate_domain::policy::Attempts;
use voxgate_domain::ports::StoreError;
use voxgate_domain::{Timestamp, TokenHash, Totp, User, UserId};

use super::{Adapter, RACERS};

/// A user whose factor is on since the code of step 100.
async fn with_factor(adapter: &Adapter) -> (User, Totp) {
    let user = adapter.stored_user().await;
    let totp = adapter.fixtures.totp(user.id);
    let confirmed_at = adapter.fixtures.now();
    let mut unit = adapter.begin().await;
    assert!(unit.factors().enroll(&totp).await.unwrap());
    assert!(unit.factors().confirm(user.id, 100, confirmed_at).await.unwrap());
    unit.commit().await.unwrap();
    (user, Totp { state: TotpState::On { confirmed_at, last_step: 100 }, ..totp })
}

async fn with_codes(adapter: &Adapter, user: UserId, n: usize) -> Vec<TokenHash> {
    let codes: Vec<TokenHash> = (0..n).map(|_| adapter.fixtures.token_hash()).collect();
    let mut unit = adapter.begin().await;
    unit.factors().replace_recovery_codes(user, &codes, adapter.fixtures.now()).await.unwrap();
    unit.commit().await.unwrap();
    codes
}

async fn accepts(adapter: &Adapter, user: UserId, step: u64) -> bool {
    let mut unit = adapter.begin().await;
    let accepted = unit.factors().accept_step(user, step).await.unwrap();
    unit.commit().await.unwrap();
    accepted
}

async fn recovers(adapter: &Adapter, user: UserId, code: TokenHash) -> bool {
    let now = adapter.fixtures.now();
    let mut unit = adapter.begin().await;
    let used = unit.factors().consume_recovery_code(user, code, now).await.unwrap();
    unit.commit().await.unwrap();
    used
}

async fn held(adapter: &Adapter, user: UserId) -> Option<Totp> {
    adapter.begin().await.factors().lock(user).await.unwrap()
}

async fn remaining(adapter: &Adapter, user: UserId) -> u32 {
    adapter.store.mfa_status(user).await.unwrap().recovery_codes_remaining
}

pub async fn nobody_has_a_factor_at_first(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    assert_eq!(held(adapter, user.id).await, None);
    assert_eq!(adapter.store.mfa_status(user.id).await.unwrap(), MfaStatus::default());
    assert!(!accepts(adapter, user.id, 1).await);
    assert!(!recovers(adapter, user.id, adapter.fixtures.token_hash()).await);
}

pub async fn an_enrollment_comes_back_and_a_later_one_takes_its_place(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (first, second) = (adapter.fixtures.totp(user.id), adapter.fixtures.totp(user.id));
    for totp in [&first, &second] {
        let mut unit = adapter.begin().await;
        assert!(unit.factors().enroll(totp).await.unwrap());
        unit.commit().await.unwrap();
        assert_eq!(held(adapter, user.id).await.as_ref(), Some(totp));
    }
    assert_eq!(adapter.store.mfa_status(user.id).await.unwrap(), MfaStatus::default());
    assert!(!adapter.store.account(user.id).await.unwrap().unwrap().user.mfa_enabled);
    // A code of a factor that is not on opens nothing.
    assert!(!accepts(adapter, user.id, 1).await);

    let nobody = adapter.fixtures.totp(adapter.fixtures.user().id);
    let refused = adapter.begin().await.factors().enroll(&nobody).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
}

pub async fn a_factor_is_confirmed_once_and_noted_at_its_user(adapter: &Adapter) {
    let (user, totp) = with_factor(adapter).await;
    assert_eq!(held(adapter, user.id).await, Some(totp));
    let now = adapter.fixtures.now();
    let status = MfaStatus { confirmed_at: Some(now), recovery_codes_remaining: 0 };
    assert_eq!(adapter.store.mfa_status(user.id).await.unwrap(), status);
    let stored = adapter.store.account(user.id).await.unwrap().unwrap().user;
    assert_eq!(stored, User { mfa_enabled: true, updated_at: now, version: user.version + 1, ..user.clone() });

    let (other, mut unit) = (adapter.fixtures.user().id, adapter.begin().await);
    assert!(!unit.factors().confirm(user.id, 101, now).await.unwrap());
    assert!(!unit.factors().confirm(other, 101, now).await.unwrap());
}

pub async fn a_factor_that_is_on_is_not_enrolled_again(adapter: &Adapter) {
    let (user, totp) = with_factor(adapter).await;
    let mut unit = adapter.begin().await;
    assert!(!unit.factors().enroll(&adapter.fixtures.totp(user.id)).await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(held(adapter, user.id).await, Some(totp));
}

pub async fn saving_a_user_leaves_the_note_of_the_factor_alone(adapter: &Adapter) {
    let (read_before, _) = with_factor(adapter).await;
    let mut unit = adapter.begin().await;
    let stale = unit.users().save(&read_before).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    unit.rollback().await.unwrap();

    let mut unit = adapter.begin().await;
    let user = unit.users().lock(read_before.id).await.unwrap().unwrap().user;
    unit.users().save(&User { mfa_enabled: false, ..user }).await.unwrap();
    unit.commit().await.unwrap();
    assert!(adapter.store.account(read_before.id).await.unwrap().unwrap().user.mfa_enabled);
}

pub async fn each_step_is_accepted_once_and_none_before_it(adapter: &Adapter) {
    let (user, _) = with_factor(adapter).await;
    assert!(!accepts(adapter, user.id, 100).await, "the step that confirmed it");
    assert!(accepts(adapter, user.id, 102).await);
    assert!(!accepts(adapter, user.id, 102).await);
    assert!(!accepts(adapter, user.id, 101).await);
    assert!(accepts(adapter, user.id, 103).await);
}

pub async fn of_concurrent_uses_of_one_step_one_succeeds(adapter: &Adapter) {
    let (user, _) = with_factor(adapter).await;
    let uses = (0..RACERS).map(|_| {
        let store = adapter.store.clone();
        tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            let accepted = unit.factors().accept_step(user.id, 101).await.unwrap();
            unit.commit().await.unwrap();
            accepted
        })
    });
    let mut successes = 0;
    for one in uses.collect::<Vec<_>>() {
        successes += usize::from(one.await.unwrap());
    }
    assert_eq!(successes, 1);
}

pub async fn wrong_codes_are_counted_at_the_factor(adapter: &Adapter) {
    let (user, _) = with_factor(adapter).await;
    let attempts = Attempts {
        failures: 10,
        last_failure_at: Some(adapter.fixtures.now()),
        locked_until: Some(adapter.fixtures.after(900)),
    };
    for attempts in [attempts, Attempts::default()] {
        let mut unit = adapter.begin().await;
        unit.factors().save_attempts(user.id, attempts).await.unwrap();
        unit.commit().await.unwrap();
        assert_eq!(held(adapter, user.id).await.unwrap().attempts, attempts);
    }
    let nobody = adapter.fixtures.user().id;
    let refused = adapter.begin().await.factors().save_attempts(nobody, attempts).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
}

pub async fn a_disabled_factor_is_gone_with_its_recovery_codes(adapter: &Adapter) {
    let ((user, _), (other, others)) = (with_factor(adapter).await, with_factor(adapter).await);
    with_codes(adapter, user.id, 2).await;
    with_codes(adapter, other.id, 2).await;
    let disable = async |at: Timestamp| {
        let mut unit = adapter.begin().await;
        let disabled = unit.factors().disable(user.id, at).await.unwrap();
        unit.commit().await.unwrap();
        disabled
    };
    assert!(disable(adapter.fixtures.after(1)).await);
    assert!(!disable(adapter.fixtures.after(2)).await);
    assert_eq!(held(adapter, user.id).await, None);
    assert_eq!(adapter.store.mfa_status(user.id).await.unwrap(), MfaStatus::default());
    let stored = adapter.store.account(user.id).await.unwrap().unwrap().user;
    assert_eq!((stored.mfa_enabled, stored.version), (false, user.version + 2));
    assert_eq!((held(adapter, other.id).await, remaining(adapter, other.id).await), (Some(others), 2));
}

pub async fn a_recovery_code_is_used_up_by_its_owner_once(adapter: &Adapter) {
    let ((user, _), (other, _)) = (with_factor(adapter).await, with_factor(adapter).await);
    let codes = with_codes(adapter, user.id, 3).await;
    assert!(!recovers(adapter, other.id, codes[0]).await);
    assert!(recovers(adapter, user.id, codes[0]).await);
    assert!(!recovers(adapter, user.id, codes[0]).await);
    assert_eq!(remaining(adapter, user.id).await, 2);
}

pub async fn of_concurrent_uses_of_one_recovery_code_one_succeeds(adapter: &Adapter) {
    let (user, _) = with_factor(adapter).await;
    let code = with_codes(adapter, user.id, 1).await[0];
    let uses = (0..RACERS).map(|_| {
        let (store, now) = (adapter.store.clone(), adapter.fixtures.now());
        tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            let used = unit.factors().consume_recovery_code(user.id, code, now).await.unwrap();
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

pub async fn new_recovery_codes_take_the_place_of_all_former_ones(adapter: &Adapter) {
    let (user, _) = with_factor(adapter).await;
    let former = with_codes(adapter, user.id, 10).await;
    assert!(recovers(adapter, user.id, former[0]).await);
    let new = with_codes(adapter, user.id, 10).await;
    assert_eq!(remaining(adapter, user.id).await, 10);
    assert!(!recovers(adapter, user.id, former[1]).await);
    assert!(recovers(adapter, user.id, new[9]).await);
}

pub async fn sealed_secrets_are_listed_in_batches_and_sealed_anew(adapter: &Adapter) {
    let mut expected = Vec::new();
    for _ in 0..3 {
        let (user, totp) = with_factor(adapter).await;
        expected.push((user.id, totp.sealed_secret));
    }
    expected.sort();
    let mut unit = adapter.begin().await;
    assert_eq!(unit.factors().sealed_after(None, 2).await.unwrap(), expected[..2]);
    assert_eq!(unit.factors().sealed_after(Some(expected[1].0), 2).await.unwrap(), expected[2..]);
    assert_eq!(unit.factors().sealed_after(Some(expected[2].0), 2).await.unwrap(), []);

    let (user, old) = &expected[0];
    assert!(!unit.factors().reseal(*user, b"another", b"anew").await.unwrap());
    assert!(unit.factors().reseal(*user, old, b"anew").await.unwrap());
    unit.commit().await.unwrap();
    assert_eq!(held(adapter, *user).await.unwrap().sealed_secret, b"anew");
}

pub async fn the_principal_knows_of_the_factor(adapter: &Adapter) {
    let (user, _) = with_factor(adapter).await;
    let (session, _) = adapter.stored_session(&user).await;
    let found = adapter.authenticator.authenticate(session.id).await.unwrap().unwrap();
    assert!(found.user.mfa_enabled);
}
