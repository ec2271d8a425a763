//! Counting within the process.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::{Quota, RateLimiter as Governor};
use voxgate_domain::policy::{Decision, Limit};
use voxgate_domain::ports::{LimitKey, LimiterError, LimiterMode, LimiterStatus, RateLimiter};

use crate::store::BoundedStore;

type Cells<C> = Governor<LimitKey, BoundedStore, C, StateInformationMiddleware>;

/// Counts within the process, by the generic cell rate algorithm (as ITU-T I.371 has it): the whole quota may be used at
/// once, and comes back evenly over the window rather than at its end. It needs eight bytes a key and no log; so from the
/// first request on, a window can see up to twice the quota when somebody goes on at full speed.
///
/// Keys that are as good as new are forgotten by [`sweep`](Self::sweep), and their number is bounded whether or not it is
/// called.
pub struct InProcess<C: Clock + Clone = DefaultClock> {
    clock: C,
    /// One set of cells for each limit in force: as many as there are settings.
    by_limit: RwLock<HashMap<Limit, Arc<Cells<C>>>>,
}

impl InProcess {
    /// Counts from nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(DefaultClock::default())
    }
}

impl Default for InProcess {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Clock + Clone> InProcess<C> {
    fn with_clock(clock: C) -> Self {
        Self { clock, by_limit: RwLock::default() }
    }

    /// Forgets every key that is as good as new. To be called now and then.
    pub fn sweep(&self) {
        let all: Vec<_> = self.by_limit.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for cells in all {
            cells.retain_recent();
            cells.shrink_to_fit();
        }
    }

    /// How many keys are remembered.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.by_limit.read().unwrap_or_else(PoisonError::into_inner).values().map(|cells| cells.len()).sum()
    }

    fn cells(&self, limit: Limit) -> Arc<Cells<C>> {
        if let Some(cells) = self.by_limit.read().unwrap_or_else(PoisonError::into_inner).get(&limit) {
            return Arc::clone(cells);
        }
        let mut all = self.by_limit.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            all.entry(limit)
                .or_insert_with(|| Arc::new(Governor::new(quota(limit), BoundedStore::new(), self.clock.clone()))),
        )
    }

    fn count(&self, key: &LimitKey, limit: Limit) -> Decision {
        match self.cells(limit).check_key(key) {
            Ok(state) => Decision {
                allowed: true,
                remaining: state.remaining_burst_capacity(),
                reset_in: state.quota().replenish_interval(),
            },
            Err(refused) => {
                Decision { allowed: false, remaining: 0, reset_in: refused.wait_time_from(self.clock.now()) }
            }
        }
    }
}

fn quota(limit: Limit) -> Quota {
    let quota = limit.quota();
    // The shortest window over the largest quota is 100 µs: a period is never zero.
    let period = Quota::with_period(limit.window() / quota.get()).unwrap_or(Quota::per_second(quota));
    period.allow_burst(quota)
}

#[async_trait]
impl<C> RateLimiter for InProcess<C>
where
    C: Clock + Clone + Send + Sync,
    C::Instant: Send + Sync,
{
    async fn check(&self, key: &LimitKey, limit: Limit) -> Result<Decision, LimiterError> {
        Ok(self.count(key, limit))
    }

    async fn probe(&self) -> Result<(), LimiterError> {
        Ok(())
    }

    fn status(&self) -> LimiterStatus {
        LimiterStatus { mode: LimiterMode::InProcess, failures: 0, fallbacks: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;
    use voxgate_domain::Source;

    fn key(n: u32) -> LimitKey {
        LimitKey::Ip(Source::of(Ipv4Addr::from(n).into()))
    }

    fn limit(text: &str) -> Limit {
        text.parse().unwrap()
    }

    fn passed(limiter: &InProcess<FakeRelativeClock>, attempts: u32, limit: Limit) -> usize {
        (0..attempts).filter(|_| limiter.count(&key(1), limit).allowed).count()
    }

    #[test]
    fn the_quota_passes_at_once_and_comes_back_evenly() {
        let clock = FakeRelativeClock::default();
        let limiter = InProcess::with_clock(clock.clone());
        let limit = limit("100/1m");
        assert_eq!(passed(&limiter, 200, limit), 100);
        clock.advance(Duration::from_millis(600));
        assert_eq!(passed(&limiter, 200, limit), 1);
        clock.advance(Duration::from_secs(60));
        assert_eq!(passed(&limiter, 200, limit), 100);
    }

    #[test]
    fn whoever_waits_as_told_gets_on() {
        let clock = FakeRelativeClock::default();
        let limiter = InProcess::with_clock(clock.clone());
        let limit = limit("3/1h");
        assert_eq!(passed(&limiter, 3, limit), 3);
        let refused = limiter.count(&key(1), limit);
        assert_eq!((refused.allowed, refused.remaining), (false, 0));
        clock.advance(refused.reset_in);
        assert!(limiter.count(&key(1), limit).allowed);
    }

    #[test]
    fn what_is_as_good_as_new_is_forgotten() {
        let clock = FakeRelativeClock::default();
        let limiter = InProcess::with_clock(clock.clone());
        for n in 0..1_000 {
            limiter.count(&key(n), limit("10/1m"));
        }
        clock.advance(Duration::from_secs(59));
        limiter.count(&key(1_000), limit("10/1m"));
        clock.advance(Duration::from_secs(2));
        limiter.sweep();
        assert_eq!(limiter.keys(), 1);
    }

    #[test]
    fn a_flood_of_sources_fills_no_memory_and_lets_nobody_through() {
        let clock = FakeRelativeClock::default();
        let limiter: Cells<_> = Governor::new(quota(limit("1/1h")), BoundedStore::of(10), clock);
        assert!((0..10).all(|n| limiter.check_key(&key(n)).is_ok()));
        // What comes on top shares a bounded number of states, and those who were there before keep theirs.
        let newcomers = (10..100_000).filter(|n| limiter.check_key(&key(*n)).is_ok()).count();
        assert!((1..=1_024).contains(&newcomers), "{newcomers}");
        assert!(limiter.len() <= 10 + 1_024);
        assert!((0..10).all(|n| limiter.check_key(&key(n)).is_err()));
    }
}
