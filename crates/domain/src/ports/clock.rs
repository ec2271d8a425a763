//! Time and randomness.

use crate::Timestamp;

/// Tells the time. Clocks are set, and those of two replicas differ a little: who compares two times bears with either
/// order.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The time now, to the microsecond.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes fit for secrets: from a generator that nobody can foretell (RFC 4086).
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random ones. It cannot fail: a service whose generator is broken must not go on.
    fn fill(&self, bytes: &mut [u8]);
}
