//! The job that purges what is not needed any more, once a day on one replica.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use voxgate_application::Application;
use voxgate_domain::ports::{Leases, StoreError};

use super::leased::Lease;

/// How often each replica asks whether the day is over.
const EVERY: Duration = Duration::from_secs(600);
/// The longest that a run takes, or is waited for when its replica died.
const RUN: Duration = Duration::from_secs(3_600);
/// A day, less the time that asking adds.
const DAY: Duration = Duration::from_secs(24 * 3_600 - 600);

/// Purges once a day until `stop`. A lease that is kept for the day after a run is what makes it once.
pub(crate) async fn enforce_retention_daily(
    application: Application,
    leases: Arc<dyn Leases>,
    stop: CancellationToken,
) {
    loop {
        if let Err(error) = run_if_due(&application, &*leases, &stop).await {
            tracing::warn!(%error, "retention waits for the database");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn run_if_due(
    application: &Application,
    leases: &dyn Leases,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    // A holder of its own for each run: one that ran today does not hold the lease for itself tomorrow.
    let lease = Lease::new(leases, "retention");
    if !lease.hold_for(RUN).await? {
        return Ok(());
    }
    let run = tokio::time::timeout(RUN, application.enforce_retention(|_| ()));
    let ended = tokio::select! {
        () = stop.cancelled() => None,
        ended = run => Some(ended),
    };
    match ended {
        Some(Ok(Ok(purged))) => {
            tracing::info!(?purged, "retention enforced");
            lease.hold_for(DAY).await?;
        }
        Some(Ok(Err(error))) => {
            tracing::error!(%error, "retention failed and will be tried again");
            lease.release().await;
        }
        Some(Err(_)) => tracing::warn!("retention was cut off and goes on in the next run"),
        None => lease.release().await,
    }
    Ok(())
}
