//! How many requests are handled at once: what comes above that is refused at once, before it costs anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::metrics;

/// The requests that are being handled.
#[derive(Debug)]
pub(crate) struct InFlight {
    now: AtomicUsize,
    most: usize,
}

/// A request that is being handled, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<InFlight>);

impl InFlight {
    /// At most `most` at once.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { now: AtomicUsize::new(0), most })
    }

    /// A place, if there is one, or if the path is one that operators and load balancers need most when there is none.
    pub(crate) fn enter(self: &Arc<Self>, path: &str) -> Option<Place> {
        let before = self.now.fetch_add(1, Ordering::Relaxed);
        let place = Place(Arc::clone(self));
        metrics::in_flight(before.saturating_add(1));
        (before < self.most || always_admitted(path)).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let before = self.0.now.fetch_sub(1, Ordering::Relaxed);
        metrics::in_flight(before.saturating_sub(1));
    }
}

fn always_admitted(path: &str) -> bool {
    path == "/metrics" || path == "/health" || path.starts_with("/health/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_above_the_cap_is_refused_until_a_place_is_free() {
        let in_flight = InFlight::new(2);
        let (first, second) = (in_flight.enter("/users").unwrap(), in_flight.enter("/users").unwrap());
        assert!(in_flight.enter("/users").is_none());
        assert!(in_flight.enter("/health/ready").is_some() && in_flight.enter("/metrics").is_some());
        drop(first);
        let third = in_flight.enter("/users").unwrap();
        assert!(in_flight.enter("/users").is_none());
        drop((second, third));
        assert_eq!(in_flight.now.load(Ordering::Relaxed), 0);
    }
}
