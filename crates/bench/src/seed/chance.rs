//! Chance that is the same for the same number.

use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use uuid::Uuid;
use voxgate_domain::Timestamp;

/// A source of chance.
#[derive(Debug)]
pub(super) struct Chance(StdRng);

impl Chance {
    /// The chance of `purpose`: what one part of the generator draws does not move what another does.
    pub(super) fn new(seed: u64, purpose: u64) -> Self {
        Self(StdRng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ purpose))
    }

    /// From 0 up to, but not, 1.
    pub(super) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Whether something of this probability happens.
    pub(super) fn is(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Below `bound`, which is not zero.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0.random_range(0..bound.max(1))
    }

    /// One of `words`; the empty word when there is none.
    pub(super) fn word(&mut self, words: &'static [&'static str]) -> &'static str {
        let n = self.below(words.len() as u64);
        usize::try_from(n).ok().and_then(|n| words.get(n)).copied().unwrap_or_default()
    }

    /// Random bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// An identifier of that time (RFC 9562, section 5.7), as the service makes them.
    pub(super) fn id(&mut self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.unix_micros() / 1_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// Draws from a distribution.
    pub(super) fn draw<T>(&mut self, distribution: &impl rand_distr::Distribution<T>) -> T {
        self.0.sample(distribution)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_gives_the_same_chance_and_another_purpose_another() {
        let first = |seed, purpose| Chance::new(seed, purpose).below(u64::MAX);
        assert_eq!(first(1, 1), first(1, 1));
        assert_ne!(first(1, 1), first(1, 2));
        assert_ne!(first(1, 1), first(2, 1));
    }
}
