//! The state of the keys of one limit, in bounded memory.

use std::hash::{BuildHasher as _, RandomState};

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use voxgate_domain::ports::LimitKey;

/// How many keys have a state of their own.
const KEYS: usize = 100_000;
/// How many states the others share.
const CROWD: u64 = 1_024;

/// The state of each key. Once there are too many keys, new ones share states until old ones are forgotten: so a flood
/// of made-up sources fills no memory, gets nobody past a limit, and does nothing to those who were there before.
pub(crate) struct BoundedStore {
    keys: DashMapStateStore<LimitKey>,
    crowd: DashMapStateStore<u64>,
    hasher: RandomState,
    most: usize,
}

impl BoundedStore {
    pub(crate) fn new() -> Self {
        Self::of(KEYS)
    }

    pub(crate) fn of(most: usize) -> Self {
        Self {
            keys: DashMapStateStore::default(),
            crowd: DashMapStateStore::default(),
            hasher: RandomState::new(),
            most,
        }
    }
}

impl StateStore for BoundedStore {
    type Key = LimitKey;

    fn measure_and_replace<T, F, E>(&self, key: &LimitKey, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        if self.keys.contains_key(key) || self.keys.len() < self.most {
            return self.keys.measure_and_replace(key, measure);
        }
        self.crowd.measure_and_replace(&(self.hasher.hash_one(key) % CROWD), measure)
    }
}

impl ShrinkableKeyedStateStore<LimitKey> for BoundedStore {
    fn retain_recent(&self, drop_below: Nanos) {
        self.keys.retain_recent(drop_below);
        self.crowd.retain_recent(drop_below);
    }

    fn shrink_to_fit(&self) {
        self.keys.shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.keys.len() + self.crowd.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
