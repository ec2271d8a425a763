//! The job that seals the audit trail.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use voxgate_application::{AuditTrail, TrailError};
use voxgate_crypto::{SealKeys, SystemClock};
use voxgate_domain::ports::{Clock as _, Leases};

use super::leased::Lease;

/// Seals the events that wait, batch by batch, while it holds the lease.
pub(crate) struct SealJob {
    pub(crate) trail: AuditTrail,
    pub(crate) leases: Arc<dyn Leases>,
    pub(crate) keys: Arc<SealKeys>,
}

impl SealJob {
    /// How often it seals: how long an event can be changed without a trace.
    const ROUND: Duration = Duration::from_secs(1);
    /// How long it waits after something failed.
    const AFTER_FAILURE: Duration = Duration::from_secs(3);
    /// How long it waits when only an operator can help.
    const WHEN_CUT_OFF: Duration = Duration::from_secs(60);
    /// How often the keys are read again, for one that was made meanwhile.
    const KEYS_EVERY: Duration = Duration::from_secs(30);

    /// Runs until `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let lease = Lease::new(&*self.leases, "audit-seal");
        let mut keys_read = Instant::now();
        while !stop.is_cancelled() {
            if keys_read.elapsed() >= Self::KEYS_EVERY {
                keys_read = Instant::now();
                self.read_keys().await;
            }
            let pause = match lease.hold().await {
                Ok(true) => self.round().await,
                Ok(false) => Some(Self::ROUND),
                Err(error) => {
                    tracing::warn!(%error, "the sealing of the audit trail waits for the database");
                    Some(Self::AFTER_FAILURE)
                }
            };
            let Some(pause) = pause else { continue };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        lease.release().await;
    }

    /// One seal; how long to pause after it, if at all.
    async fn round(&self) -> Option<Duration> {
        match self.trail.seal().await {
            Ok(None) => Some(Self::ROUND),
            Ok(Some(sealed)) => {
                // The hash in the log is a witness outside of the database: `voxgate audit verify --expect-seal`.
                tracing::info!(seal = sealed.number, events = sealed.events, hash = %sealed.hash, "sealed the audit trail");
                (sealed.events < AuditTrail::MAX_BATCH.into()).then_some(Self::ROUND)
            }
            Err(TrailError::Overtaken) => Some(Self::ROUND),
            Err(error @ TrailError::CutOff { .. }) => {
                tracing::error!(%error, "the audit trail is not sealed any more");
                Some(Self::WHEN_CUT_OFF)
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                tracing::warn!(%error, cause, "sealing the audit trail failed");
                Some(Self::AFTER_FAILURE)
            }
        }
    }

    async fn read_keys(&self) {
        let keys = Arc::clone(&self.keys);
        match tokio::task::spawn_blocking(move || keys.reload(SystemClock.now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the keys of the audit trail could not be read again"),
            Err(error) => tracing::error!(%error, "reading the keys of the audit trail again failed"),
        }
    }
}
