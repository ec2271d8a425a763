//! The job that empties the outbox.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use voxgate_application::Application;
use voxgate_domain::ports::{Leases, Mailer};

use super::leased::Lease;

/// Empties the outbox, round by round, while it holds the lease.
pub(crate) struct MailJob {
    pub(crate) application: Application,
    pub(crate) leases: Arc<dyn Leases>,
    pub(crate) mailer: Arc<dyn Mailer>,
    /// Rings when mail was queued by this process.
    pub(crate) queued: Arc<Notify>,
}

impl MailJob {
    /// How often it looks without being woken: for retries, and for mail that another replica queued.
    const ROUND: Duration = Duration::from_secs(1);
    /// How long it waits after the database failed.
    const AFTER_FAILURE: Duration = Duration::from_secs(3);

    /// Runs until `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let lease = Lease::new(&*self.leases, "mail");
        while !stop.is_cancelled() {
            let pause = match lease.hold().await {
                Ok(true) => lease.keep_during(self.round()).await,
                Ok(false) => Some(Self::ROUND),
                Err(error) => {
                    tracing::warn!(%error, "the mail job waits for the database");
                    Some(Self::AFTER_FAILURE)
                }
            };
            let Some(pause) = pause else { continue };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.queued.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        lease.release().await;
    }

    /// One round; how long to pause after it, if at all.
    async fn round(&self) -> Option<Duration> {
        match self.application.dispatch_outbox(&*self.mailer).await {
            Ok(dispatched) if dispatched.done > 0 => None,
            Ok(_) => Some(Self::ROUND),
            Err(error) => {
                tracing::warn!(%error, "a round of mail failed");
                Some(Self::AFTER_FAILURE)
            }
        }
    }
}
