//! A job that runs on one replica at a time.

use std::time::Duration;

use voxgate_crypto::{SystemClock, SystemEntropy};
use voxgate_domain::ports::{Clock as _, Entropy as _, Leases, StoreError};

/// A lease that this process takes and renews.
pub(crate) struct Lease<'a> {
    leases: &'a dyn Leases,
    name: &'static str,
    holder: String,
}

impl<'a> Lease<'a> {
    /// How long a lease holds without being renewed: how long a job pauses at most when the replica that ran it dies.
    const TTL: Duration = Duration::from_secs(10);

    /// The lease `name`, for this process.
    pub(crate) fn new(leases: &'a dyn Leases, name: &'static str) -> Self {
        let mut random = [0; 8];
        SystemEntropy.fill(&mut random);
        let holder = format!("{}-{:016x}", std::process::id(), u64::from_be_bytes(random));
        Self { leases, name, holder }
    }

    /// Takes or renews it; `false` when another replica has it.
    pub(crate) async fn hold(&self) -> Result<bool, StoreError> {
        self.hold_for(Self::TTL).await
    }

    /// Takes or renews it for `ttl`; `false` when another replica has it.
    pub(crate) async fn hold_for(&self, ttl: Duration) -> Result<bool, StoreError> {
        self.leases.acquire(self.name, &self.holder, SystemClock.now(), ttl).await
    }

    /// Renews it for as long as `work` takes. When that fails, the work goes on: it is claimed entry by entry.
    pub(crate) async fn keep_during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(Self::TTL / 3) => {}
            }
            if let Err(error) = self.hold().await {
                tracing::warn!(lease = self.name, %error, "the lease was not renewed");
            }
        }
    }

    /// Gives it back, so that another replica can go on at once.
    pub(crate) async fn release(&self) {
        if let Err(error) = self.leases.release(self.name, &self.holder).await {
            tracing::debug!(lease = self.name, %error, "the lease was not given back and will expire");
        }
    }
}
