//! What is measured when somebody asks for the metrics.

use std::sync::Arc;
use std::time::Duration;

use metrics::{counter, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector as Process;
use tokio_util::sync::CancellationToken;
use voxgate_application::Throttle;
use voxgate_crypto::Argon2Hasher;
use voxgate_domain::ports::LimiterMode;
use voxgate_http::{Readiness, RenderMetrics, metrics as names};
use voxgate_storage::Database;

use super::Backlogs;
use super::backlog::float;
use crate::failure::{Failure, While as _};

/// The bounds of the latency histograms, in seconds: fine around 100 ms, where a login is.
const LATENCIES: [f64; 12] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 1.0, 2.5, 5.0, 10.0];
/// How often what was recorded is put into its buckets, so that memory stays bounded when nobody asks.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// The metrics of this process.
#[derive(Clone)]
pub(crate) struct Gauges {
    prometheus: PrometheusHandle,
    process: Process,
}

impl Gauges {
    /// Begins to collect.
    pub(crate) fn start() -> Result<Self, Failure> {
        let doing = "starting the metrics";
        let prometheus = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(names::HTTP_DURATION.to_owned()), &LATENCIES)
            .doing(doing)?
            .install_recorder()
            .doing(doing)?;
        names::register();
        let process = Process::default();
        process.describe();
        Ok(Self { prometheus, process })
    }

    /// Keeps the memory of what was recorded bounded, until `stop`.
    pub(crate) async fn keep_up(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            self.prometheus.run_upkeep();
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(UPKEEP_EVERY) => {}
            }
        }
    }

    /// What answers `/metrics`: it looks at each part and writes everything out.
    pub(crate) fn renderer(
        self,
        hasher: Arc<Argon2Hasher>,
        database: Database,
        backlogs: Backlogs,
        throttle: Throttle,
        readiness: Readiness,
    ) -> RenderMetrics {
        Arc::new(move || {
            hashing(&hasher);
            connections(&database);
            backlogs.publish();
            gauge!(names::RATE_LIMITER_DEGRADED).set(if is_degraded(&throttle) { 1.0 } else { 0.0 });
            gauge!(names::READY).set(if readiness.is_ready() { 1.0 } else { 0.0 });
            self.process.collect();
            self.prometheus.render()
        })
    }
}

/// Whether limits are kept in the process because the shared limiter does not answer.
pub(super) fn is_degraded(throttle: &Throttle) -> bool {
    throttle.status().mode == LimiterMode::Degraded
}

fn hashing(hasher: &Argon2Hasher) {
    let pool = hasher.gauges();
    gauge!(names::HASHING_THREADS).set(count(pool.threads));
    gauge!(names::HASHING_BUSY).set(count(pool.busy));
    gauge!(names::HASHING_QUEUE_DEPTH).set(count(pool.queue_depth));
    gauge!(names::HASHING_QUEUE_LIMIT).set(count(pool.queue_limit));
    gauge!(names::HASHING_WAIT).set(pool.last_wait);
    gauge!(names::HASHING_DURATION).set(pool.recent_duration);
    for (outcome, jobs) in [("done", pool.done), ("skipped", pool.skipped), ("refused", pool.refused)] {
        counter!(names::HASHING_JOBS, "outcome" => outcome).absolute(jobs);
    }
}

fn connections(database: &Database) {
    for pool in database.gauges() {
        for (state, connections) in [("in_use", pool.in_use), ("idle", pool.idle), ("max", pool.max)] {
            gauge!(names::DATABASE_CONNECTIONS, "pool" => pool.pool, "state" => state).set(count(connections));
        }
        gauge!(names::DATABASE_WAITING, "pool" => pool.pool).set(count(pool.waiting));
    }
}

fn count(of: usize) -> f64 {
    float(of as u64)
}
