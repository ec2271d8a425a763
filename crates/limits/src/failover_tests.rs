use super::*;
use std::sync::atomic::AtomicU8;

use tokio::time::Instant;
use voxgate_domain::Source;

use crate::InProcess;

const WELL: u8 = 0;
const BROKEN: u8 = 1;
const STOPPED: u8 = 2;

/// A shared limiter that works, fails at once, or never answers; it lets nobody pass, so that its answers are known.
#[derive(Default)]
struct Shared {
    state: AtomicU8,
    asked: AtomicU64,
}

impl Shared {
    fn set(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    async fn answer(&self) -> Result<(), LimiterError> {
        match self.state.load(Ordering::SeqCst) {
            WELL => Ok(()),
            BROKEN => Err(LimiterError("connection refused".into())),
            _ => std::future::pending().await,
        }
    }
}

#[async_trait]
impl RateLimiter for Shared {
    async fn check(&self, _: &LimitKey, _: Limit) -> Result<Decision, LimiterError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.answer().await?;
        Ok(Decision { allowed: false, remaining: 0, reset_in: Duration::from_secs(1) })
    }

    async fn probe(&self) -> Result<(), LimiterError> {
        self.answer().await
    }

    fn status(&self) -> LimiterStatus {
        LimiterStatus { mode: LimiterMode::Shared, failures: 0, fallbacks: 0 }
    }
}

async fn failover(state: u8) -> (Failover, Arc<Shared>) {
    let shared = Arc::new(Shared::default());
    shared.set(state);
    let failover = Failover::start(shared.clone(), Arc::new(InProcess::new()), FailoverOptions::default()).await;
    (failover, shared)
}

/// Whether a request passes, and how many milliseconds it waits.
async fn ask(failover: &Failover) -> (bool, u128) {
    let (key, limit) = (LimitKey::Ip(Source::of([203, 0, 113, 7].into())), "100/1h".parse().unwrap());
    let asked = Instant::now();
    let decision = failover.check(&key, limit).await.unwrap();
    (decision.allowed, asked.elapsed().as_millis())
}

#[tokio::test(start_paused = true)]
async fn while_it_answers_the_shared_limiter_decides() {
    let (failover, _) = failover(WELL).await;
    assert_eq!(ask(&failover).await, (false, 0));
    assert_eq!(failover.status(), LimiterStatus { mode: LimiterMode::Shared, failures: 0, fallbacks: 0 });
}

#[tokio::test(start_paused = true)]
async fn a_limiter_that_fails_is_stood_in_for_at_once() {
    let (failover, shared) = failover(WELL).await;
    shared.set(BROKEN);
    assert_eq!(ask(&failover).await, (true, 0));
    assert_eq!(failover.status(), LimiterStatus { mode: LimiterMode::Degraded, failures: 1, fallbacks: 1 });
}

#[tokio::test(start_paused = true)]
async fn a_limiter_that_hangs_costs_a_tenth_of_a_second_and_only_once() {
    let (failover, shared) = failover(WELL).await;
    shared.set(STOPPED);
    assert_eq!(ask(&failover).await, (true, 100));
    for _ in 0..50 {
        assert_eq!(ask(&failover).await, (true, 0));
    }
    assert_eq!(shared.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn it_goes_back_by_itself() {
    let (failover, shared) = failover(WELL).await;
    for state in [BROKEN, STOPPED] {
        shared.set(state);
        ask(&failover).await;
        sleep(Duration::from_secs(10)).await;
        assert_eq!(failover.status().mode, LimiterMode::Degraded);
        assert_eq!(ask(&failover).await, (true, 0));
        shared.set(WELL);
        sleep(Duration::from_secs(3)).await;
        assert_eq!(failover.status().mode, LimiterMode::Shared);
        assert_eq!(ask(&failover).await, (false, 0));
    }
    assert_eq!(failover.status().failures, 2);
}

#[tokio::test(start_paused = true)]
async fn a_service_starts_without_the_shared_limiter() {
    for state in [BROKEN, STOPPED] {
        let (failover, shared) = failover(state).await;
        assert_eq!(ask(&failover).await, (true, 0));
        shared.set(WELL);
        sleep(Duration::from_secs(3)).await;
        assert_eq!(ask(&failover).await, (false, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn of_many_requests_at_once_none_waits_longer_and_one_task_watches() {
    let (failover, shared) = failover(WELL).await;
    shared.set(STOPPED);
    let failover = Arc::new(failover);
    let asking: Vec<_> = (0..50)
        .map(|_| Arc::clone(&failover))
        .map(|failover| tokio::spawn(async move { ask(&failover).await }))
        .collect();
    for one in asking {
        assert_eq!(one.await.unwrap(), (true, 100));
    }
    assert_eq!(failover.status().failures, 50);
    // The task ends with the limiter.
    let inner = Arc::downgrade(&failover.inner);
    drop(failover);
    sleep(Duration::from_secs(5)).await;
    assert!(inner.upgrade().is_none());
}
