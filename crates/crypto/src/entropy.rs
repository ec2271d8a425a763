//! Randomness of the operating system.

use aws_lc_rs::rand;
use voxgate_domain::ports::Entropy;

/// The random generator of AWS-LC (a CTR_DRBG of NIST SP 800-90A, seeded by the operating system).
///
/// The port cannot fail, and going on without randomness would hand out guessable secrets; so when the generator fails,
/// which it does only when the operating system has no entropy source at all, the process aborts.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if rand::fill(bytes).is_err() {
            tracing::error!("the operating system gives no random bytes: stopping rather than using guessable ones");
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_fills_are_alike() {
        let mut fills = [[0_u8; 32]; 8];
        fills.iter_mut().for_each(|bytes| SystemEntropy.fill(bytes));
        for (i, one) in fills.iter().enumerate() {
            assert!(fills.iter().skip(i + 1).all(|other| other != one));
        }
    }
}
