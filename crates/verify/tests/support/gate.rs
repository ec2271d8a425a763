//! A gate that knows one key, for the tests of the extractors.

use std::sync::Arc;

use async_trait::async_trait;
use voxgate_domain::Timestamp;
use voxgate_domain::ports::Clock;
use voxgate_verify::{FetchError, Gate, GateParts, KeyPolicy, KeySet, KeySource, Keys};

use crate::support::{Key, jwks, now, verifier};

struct Published(Option<Arc<Key>>);

#[async_trait]
impl KeySource for Published {
    async fn fetch(&self) -> Result<KeySet, FetchError> {
        let key = self.0.as_ref().ok_or(FetchError::Late)?;
        Ok(KeySet::from_jwks(&jwks(&[key]))?)
    }
}

struct StandsStill;

impl Clock for StandsStill {
    fn now(&self) -> Timestamp {
        now()
    }
}

/// A gate with that key, or one that cannot have any.
pub async fn gate(key: Option<&Arc<Key>>) -> Gate {
    let keys = Keys::start(Published(key.cloned()), KeyPolicy::default()).await;
    GateParts::new(verifier(), keys).clock(StandsStill).into()
}
