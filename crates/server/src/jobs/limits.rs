//! Forgetting callers that have not called for a while.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use voxgate_limits::InProcess;

/// How often they are forgotten.
const EVERY: Duration = Duration::from_secs(30);

/// Sweeps the limiter of this process again and again until `stop`: beside the requests, since it looks at every key.
pub(crate) async fn sweep_limits(limiter: Arc<InProcess>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let limiter = Arc::clone(&limiter);
        if let Err(error) = tokio::task::spawn_blocking(move || limiter.sweep()).await {
            tracing::error!(%error, "sweeping the rate limits failed");
        }
    }
}
