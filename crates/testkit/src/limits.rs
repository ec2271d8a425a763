//! What every limiter must keep, whatever it counts in. Each rule takes a limiter that has counted nothing of the rule's
//! own key yet.

#![expect(clippy::panic, reason = "a test that cannot go on fails")]

use std::sync::Arc;
use std::time::Duration;

use voxgate_domain::policy::{Decision, Limit};
use voxgate_domain::ports::{LimitKey, RateLimiter};
use voxgate_domain::{AttemptKey, Source};

/// Runs every rule on `limiter`.
///
/// # Panics
///
/// When it breaks one.
pub async fn hold(limiter: Arc<dyn RateLimiter>) {
    assert!(limiter.probe().await.is_ok(), "a limiter that works says so");
    of_many_at_once_the_quota_passes(Arc::clone(&limiter)).await;
    what_remains_is_told(&*limiter).await;
    keys_are_counted_apart(&*limiter).await;
    whoever_waits_as_told_gets_on(&*limiter).await;
}

fn limit(quota: u32, seconds: u64) -> Limit {
    Limit::new(quota, Duration::from_secs(seconds)).unwrap_or_else(|error| panic!("{error}"))
}

/// A key that no other rule has.
fn key(n: u8) -> LimitKey {
    LimitKey::Ip(Source::of([203, 0, 113, n].into()))
}

async fn check(limiter: &dyn RateLimiter, key: &LimitKey, limit: Limit) -> Decision {
    limiter.check(key, limit).await.unwrap_or_else(|error| panic!("{error}: {:?}", error.0))
}

async fn of_many_at_once_the_quota_passes(limiter: Arc<dyn RateLimiter>) {
    let checks: Vec<_> = (0..200)
        .map(|_| {
            let limiter = Arc::clone(&limiter);
            tokio::spawn(async move { check(&*limiter, &key(1), limit(100, 3_600)).await.allowed })
        })
        .collect();
    let mut passed = 0;
    for one in checks {
        passed += usize::from(one.await.unwrap_or_else(|error| panic!("{error}")));
    }
    assert_eq!(passed, 100);
}

async fn what_remains_is_told(limiter: &dyn RateLimiter) {
    for remaining in [2, 1, 0] {
        let decision = check(limiter, &key(2), limit(3, 60)).await;
        assert_eq!((decision.allowed, decision.remaining), (true, remaining));
        assert!(decision.reset_in <= Duration::from_secs(60));
    }
    let refused = check(limiter, &key(2), limit(3, 60)).await;
    assert_eq!((refused.allowed, refused.remaining), (false, 0));
    assert!(refused.reset_in > Duration::from_secs(1) && refused.reset_in <= Duration::from_secs(60), "{refused:?}");
}

async fn keys_are_counted_apart(limiter: &dyn RateLimiter) {
    let source = Source::of([203, 0, 113, 3].into());
    let account = |n| AttemptKey::from_bytes([n; 32]);
    let keys = [
        LimitKey::Ip(source),
        LimitKey::LoginByIp(source),
        LimitKey::RegistrationByIp(source),
        LimitKey::LoginByAccount(source, account(1)),
        LimitKey::LoginByAccount(source, account(2)),
        LimitKey::ResetByAccount(account(1)),
    ];
    for key in &keys {
        assert!(check(limiter, key, limit(1, 3_600)).await.allowed, "{key}");
    }
    for key in &keys {
        assert!(!check(limiter, key, limit(1, 3_600)).await.allowed, "{key}");
    }
}

async fn whoever_waits_as_told_gets_on(limiter: &dyn RateLimiter) {
    let limit = limit(2, 1);
    while check(limiter, &key(4), limit).await.allowed {}
    let refused = check(limiter, &key(4), limit).await;
    tokio::time::sleep(refused.reset_in + Duration::from_millis(2)).await;
    assert!(check(limiter, &key(4), limit).await.allowed);
}
