//! The job that makes room for the audit events of the next months.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use voxgate_application::AuditTrail;
use voxgate_domain::ports::Leases;

use super::leased::Lease;

/// Makes the monthly partitions of the audit trail, three months ahead.
pub(crate) struct PartitionJob {
    pub(crate) trail: AuditTrail,
    pub(crate) leases: Arc<dyn Leases>,
}

impl PartitionJob {
    const EVERY: Duration = Duration::from_secs(24 * 3_600);
    const AFTER_FAILURE: Duration = Duration::from_secs(15 * 60);

    /// Runs until `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let lease = Lease::new(&*self.leases, "audit-partitions");
        while !stop.is_cancelled() {
            let pause = match lease.hold().await {
                Ok(true) => self.round().await,
                Ok(false) => Self::EVERY,
                Err(error) => {
                    tracing::warn!(%error, "the partitions of the audit trail wait for the database");
                    Self::AFTER_FAILURE
                }
            };
            lease.release().await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn round(&self) -> Duration {
        match self.trail.make_room().await {
            Ok(()) => Self::EVERY,
            Err(error) => {
                // Events of a month without a partition go to the default one, so nothing is lost until it works again.
                tracing::error!(%error, "making the partitions of the audit trail failed");
                Self::AFTER_FAILURE
            }
        }
    }
}
