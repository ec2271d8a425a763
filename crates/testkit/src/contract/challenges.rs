//! Logins that have the password right and still owe a code.

use voxgate_domain::ports::StoreError;
use voxgate_domain::session::Device;
use voxgate_domain::{DeviceName, MfaChallenge, Timestamp, TokenDelivery, TokenHash, User, UserAgent};

use super::{Adapter, RACERS};

async fn issued(adapter: &Adapter, user: &User) -> MfaChallenge {
    let challenge = adapter.fixtures.challenge(user.id);
    let mut unit = adapter.begin().await;
    unit.challenges().add(&challenge).await.unwrap();
    unit.commit().await.unwrap();
    challenge
}

async fn is_there(adapter: &Adapter, hash: TokenHash) -> bool {
    adapter.store.mfa_challenge(hash).await.unwrap().is_some()
}

pub async fn a_challenge_comes_back_with_all_values(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let device = Device {
        name: DeviceName::parse("Ada's phone").ok(),
        user_agent: UserAgent::from_header("testkit/1.0"),
        ip_address: "2001:db8::7".parse().unwrap(),
    };
    for delivery in TokenDelivery::ALL {
        let challenge = MfaChallenge {
            device: device.clone(),
            delivery: *delivery,
            failures: 3,
            used_at: Some(adapter.fixtures.after(1)),
            ..adapter.fixtures.challenge(user.id)
        };
        let mut unit = adapter.begin().await;
        unit.challenges().add(&challenge).await.unwrap();
        assert_eq!(unit.challenges().lock(challenge.hash).await.unwrap(), Some(challenge.clone()));
        unit.commit().await.unwrap();
        assert_eq!(adapter.store.mfa_challenge(challenge.hash).await.unwrap(), Some(challenge));
    }
    assert!(!is_there(adapter, adapter.fixtures.token_hash()).await);
    assert_eq!(adapter.begin().await.challenges().lock(adapter.fixtures.token_hash()).await.unwrap(), None);
}

pub async fn a_challenge_is_consumed_once_and_in_time(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let (challenge, other) = (issued(adapter, &user).await, issued(adapter, &user).await);
    let consume = async |hash: TokenHash, at: Timestamp| {
        let mut unit = adapter.begin().await;
        let consumed = unit.challenges().consume(hash, at).await.unwrap();
        unit.commit().await.unwrap();
        consumed
    };
    assert!(!consume(challenge.hash, challenge.expires_at).await);
    assert!(consume(challenge.hash, adapter.fixtures.now()).await);
    assert!(!consume(challenge.hash, adapter.fixtures.now()).await);
    assert!(!consume(adapter.fixtures.token_hash(), adapter.fixtures.now()).await);
    let used = adapter.store.mfa_challenge(challenge.hash).await.unwrap().unwrap();
    assert_eq!(used.used_at, Some(adapter.fixtures.now()));
    assert_eq!(adapter.store.mfa_challenge(other.hash).await.unwrap(), Some(other));
}

pub async fn of_concurrent_uses_of_one_challenge_one_succeeds(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let hash = issued(adapter, &user).await.hash;
    let uses = (0..RACERS).map(|_| {
        let (store, now) = (adapter.store.clone(), adapter.fixtures.now());
        tokio::spawn(async move {
            let mut unit = store.begin().await.unwrap();
            let used = unit.challenges().consume(hash, now).await.unwrap();
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

pub async fn wrong_codes_are_counted_at_the_challenge(adapter: &Adapter) {
    let user = adapter.stored_user().await;
    let challenge = issued(adapter, &user).await;
    let mut unit = adapter.begin().await;
    unit.challenges().count_failure(challenge.hash).await.unwrap();
    unit.challenges().count_failure(challenge.hash).await.unwrap();
    let unknown = unit.challenges().count_failure(adapter.fixtures.token_hash()).await;
    unit.commit().await.unwrap();
    assert!(matches!(unknown, Err(StoreError::Stale)), "{unknown:?}");
    assert_eq!(adapter.store.mfa_challenge(challenge.hash).await.unwrap().unwrap().failures, 2);
}

pub async fn a_new_challenge_forgets_expired_ones_of_its_user_alone(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    let (old, others) = (issued(adapter, &user).await, issued(adapter, &other).await);
    adapter.fixtures.clock.advance(std::time::Duration::from_secs(200));
    let younger = issued(adapter, &user).await;
    adapter.fixtures.clock.advance(std::time::Duration::from_secs(100));
    let new = issued(adapter, &user).await;
    assert!(!is_there(adapter, old.hash).await);
    for kept in [younger, new, others] {
        assert!(is_there(adapter, kept.hash).await);
    }
}

pub async fn all_challenges_of_a_user_are_forgotten(adapter: &Adapter) {
    let (user, other) = (adapter.stored_user().await, adapter.stored_user().await);
    let mine = [issued(adapter, &user).await, issued(adapter, &user).await];
    let others = issued(adapter, &other).await;
    let mut unit = adapter.begin().await;
    unit.challenges().forget(user.id).await.unwrap();
    unit.commit().await.unwrap();
    for gone in mine {
        assert!(!is_there(adapter, gone.hash).await);
    }
    assert!(is_there(adapter, others.hash).await);
}
