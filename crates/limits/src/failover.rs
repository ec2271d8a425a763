//! From the shared limiter to this process and back.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};
use voxgate_domain::policy::{Decision, Limit};
use voxgate_domain::ports::{LimitKey, LimiterError, LimiterMode, LimiterStatus, RateLimiter};

/// How patient a [`Failover`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailoverOptions {
    /// How long a request waits for the shared limiter, all in all.
    pub deadline: Duration,
    /// How long the shared limiter is left alone before it is tried again.
    pub pause: Duration,
    /// How long the first try may take, which has to connect.
    pub reconnect: Duration,
}

impl Default for FailoverOptions {
    /// 100 ms for a request; a try each second, which may take one.
    fn default() -> Self {
        Self { deadline: Duration::from_millis(100), pause: Duration::from_secs(1), reconnect: Duration::from_secs(1) }
    }
}

/// Asks a shared limiter, and counts in this process while that one does not answer.
///
/// The first request that is not answered in time opens the circuit: from then on no request waits. A task beside the
/// requests tries the shared limiter again, and closes the circuit when it answers in time once more. What was counted
/// here meanwhile is not carried over.
pub struct Failover {
    inner: Arc<Inner>,
    /// Where the task runs: it outlives whichever request opened the circuit.
    runtime: Handle,
}

struct Inner {
    shared: Arc<dyn RateLimiter>,
    local: Arc<dyn RateLimiter>,
    options: FailoverOptions,
    open: AtomicBool,
    failures: AtomicU64,
    fallbacks: AtomicU64,
}

/// The shared limiter did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct TooSlow(Duration);

impl Failover {
    /// Asks `shared`, else `local`. Tries `shared` once before it returns, so that a service that starts without it knows.
    ///
    /// Must be called in the runtime of tokio that lives as long as the service.
    pub async fn start(shared: Arc<dyn RateLimiter>, local: Arc<dyn RateLimiter>, options: FailoverOptions) -> Self {
        let (open, failures, fallbacks) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        let inner = Arc::new(Inner { shared, local, options, open, failures, fallbacks });
        let this = Self { inner, runtime: Handle::current() };
        if let Err(error) = this.inner.try_shared(options.reconnect).await {
            this.open_circuit(&error);
        }
        this
    }

    fn open_circuit(&self, error: &LimiterError) {
        self.inner.failures.fetch_add(1, Ordering::Relaxed);
        if self.inner.open.swap(true, Ordering::AcqRel) {
            return;
        }
        tracing::warn!(cause = cause(error), "the shared rate limiter does not answer: limits are kept in the process");
        self.runtime.spawn(watch(Arc::downgrade(&self.inner), self.inner.options));
    }
}

impl Inner {
    fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    async fn ask_shared(&self, key: &LimitKey, limit: Limit) -> Result<Decision, LimiterError> {
        in_time(self.options.deadline, self.shared.check(key, limit)).await
    }

    async fn try_shared(&self, patience: Duration) -> Result<(), LimiterError> {
        in_time(patience, self.shared.probe()).await
    }

    /// Whether the shared limiter answers as fast again as requests need it.
    async fn has_recovered(&self) -> bool {
        self.try_shared(self.options.reconnect).await.is_ok() && self.try_shared(self.options.deadline).await.is_ok()
    }
}

/// Tries the shared limiter again and again until it answers, or nobody is left who would ask it.
async fn watch(inner: Weak<Inner>, options: FailoverOptions) {
    loop {
        sleep(options.pause).await;
        let Some(inner) = inner.upgrade() else { return };
        if inner.has_recovered().await {
            inner.open.store(false, Ordering::Release);
            tracing::info!("the shared rate limiter answers again");
            return;
        }
    }
}

async fn in_time<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, LimiterError>>,
) -> Result<T, LimiterError> {
    timeout(patience, answer).await.unwrap_or_else(|_| Err(LimiterError(TooSlow(patience).into())))
}

/// What led to it, outermost first.
fn cause(error: &LimiterError) -> String {
    let mut text = error.0.to_string();
    let mut next = error.0.source();
    while let Some(cause) = next {
        // Some errors say their cause themselves.
        let said = cause.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = cause.source();
    }
    text
}

#[async_trait]
impl RateLimiter for Failover {
    async fn check(&self, key: &LimitKey, limit: Limit) -> Result<Decision, LimiterError> {
        if !self.inner.is_open() {
            match self.inner.ask_shared(key, limit).await {
                Ok(decision) => return Ok(decision),
                Err(error) => self.open_circuit(&error),
            }
        }
        self.inner.fallbacks.fetch_add(1, Ordering::Relaxed);
        self.inner.local.check(key, limit).await
    }

    async fn probe(&self) -> Result<(), LimiterError> {
        self.inner.try_shared(self.inner.options.deadline).await
    }

    fn status(&self) -> LimiterStatus {
        LimiterStatus {
            mode: if self.inner.is_open() { LimiterMode::Degraded } else { LimiterMode::Shared },
            failures: self.inner.failures.load(Ordering::Relaxed),
            fallbacks: self.inner.fallbacks.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
#[path = "failover_tests.rs"]
mod tests;
