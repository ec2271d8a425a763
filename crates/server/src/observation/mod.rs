//! What operators see of the running service: metrics and the health of its parts.

mod backlog;
mod gauges;
mod probes;

use std::sync::Arc;

use voxgate_application::Throttle;
use voxgate_crypto::{Argon2Hasher, JwtTokens, SealKeys};
use voxgate_http::{HealthProbe, Operations, Readiness, Traces};
use voxgate_storage::Database;

use crate::logging::CollectedTraces;
use crate::settings::Settings;
pub(crate) use backlog::{Backlogs, watch_backlogs};
pub(crate) use gauges::Gauges;
use probes::{AuditProbe, DatabaseProbe, HashingProbe, KeysProbe, MailProbe, RateLimiterProbe};

/// The parts that are looked at.
pub(crate) struct Observed {
    pub(crate) hasher: Arc<Argon2Hasher>,
    pub(crate) database: Database,
    pub(crate) backlogs: Backlogs,
    pub(crate) throttle: Throttle,
    pub(crate) tokens: Arc<JwtTokens>,
    pub(crate) seal_keys: Arc<SealKeys>,
}

impl Observed {
    /// What operators see of them.
    pub(crate) fn operations(self, settings: &Settings, gauges: Gauges, readiness: Readiness) -> Operations {
        let Self { hasher, database, backlogs, throttle, tokens, seal_keys } = self;
        let probes: Vec<Arc<dyn HealthProbe>> = vec![
            Arc::new(DatabaseProbe(database.clone())),
            Arc::new(RateLimiterProbe(throttle.clone())),
            Arc::new(MailProbe(backlogs.clone())),
            Arc::new(AuditProbe(backlogs.clone())),
            Arc::new(KeysProbe { dir: settings.keys.dir.clone(), tokens, seals: seal_keys }),
            Arc::new(HashingProbe(Arc::clone(&hasher))),
        ];
        let collected = settings.log.collector.is_some();
        Operations {
            traces: collected.then(|| Arc::new(CollectedTraces) as Arc<dyn Traces>),
            hashing_full: Some({
                let hasher = Arc::clone(&hasher);
                Arc::new(move || hasher.full_for())
            }),
            metrics: Some(gauges.renderer(hasher, database, backlogs, throttle, readiness)),
            probes,
        }
    }
}
