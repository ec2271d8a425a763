//! What operators see of the service, plugged in by the binary.

use std::sync::Arc;

use crate::health::HealthProbe;
use crate::trace_context::Traces;

/// Writes the metrics out in the text format of Prometheus.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What operators see of the service. By default they see nothing, which is enough for tests.
#[derive(Clone, Default)]
pub struct Operations {
    /// Where spans go; nowhere when there is none, but a caller's trace is still named in the log.
    pub traces: Option<Arc<dyn Traces>>,
    /// What answers `/metrics`.
    pub metrics: Option<RenderMetrics>,
    /// What `/health/detailed` asks.
    pub probes: Vec<Arc<dyn HealthProbe>>,
}
