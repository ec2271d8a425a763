//! What operators see of the service, plugged in by the binary.

use std::sync::Arc;
use std::time::Duration;

use crate::health::HealthProbe;
use crate::trace_context::Traces;

/// Writes the metrics out in the text format of Prometheus.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// Says when it is worth coming back, when no password can be hashed now.
pub type HashingFull = Arc<dyn Fn() -> Option<Duration> + Send + Sync>;

/// What operators see of the service. By default they see nothing, which is enough for tests.
#[derive(Clone, Default)]
pub struct Operations {
    /// Where spans go; nowhere when there is none, but a caller's trace is still named in the log.
    pub traces: Option<Arc<dyn Traces>>,
    /// What answers `/metrics`.
    pub metrics: Option<RenderMetrics>,
    /// What a login asks first, so that a storm of them costs next to nothing.
    pub hashing_full: Option<HashingFull>,
    /// What `/health/detailed` asks.
    pub probes: Vec<Arc<dyn HealthProbe>>,
}
