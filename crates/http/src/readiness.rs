//! Whether requests should come here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Whether requests should come here: what a load balancer asks `/health/ready` for. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicU8>);

/// The phase of the life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    Starting = 0,
    Ready = 1,
    Draining = 2,
}

impl Readiness {
    /// The process takes requests from now on.
    pub fn set_ready(&self) {
        self.0.store(Phase::Ready as u8, Ordering::Release);
    }

    /// The process is about to stop: it finishes what is under way, and wants nothing new.
    pub fn set_draining(&self) {
        self.0.store(Phase::Draining as u8, Ordering::Release);
    }

    /// Whether it takes requests.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.phase() == Phase::Ready
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.0.load(Ordering::Acquire) {
            0 => Phase::Starting,
            1 => Phase::Ready,
            _ => Phase::Draining,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_phase() {
        let readiness = Readiness::default();
        let seen = readiness.clone();
        assert_eq!(seen.phase(), Phase::Starting);
        readiness.set_ready();
        assert_eq!(seen.phase(), Phase::Ready);
        readiness.set_draining();
        assert_eq!(seen.phase(), Phase::Draining);
    }
}
