//! Noticing that signing keys were rotated.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use voxgate_crypto::{JwtTokens, SystemClock};
use voxgate_domain::ports::Clock as _;

/// How often the key files are read again: well within the lead of a rotation.
const EVERY: Duration = Duration::from_secs(30);

/// Reads the signing keys again and again until `stop`. Keys that cannot be read leave those of before in use.
pub(crate) async fn watch_signing_keys(tokens: Arc<JwtTokens>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let tokens = Arc::clone(&tokens);
        match tokio::task::spawn_blocking(move || tokens.reload(SystemClock.now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the signing keys could not be read again"),
            Err(error) => tracing::error!(%error, "reading the signing keys again failed"),
        }
    }
}
