//! Signatures that were found good before.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use quick_cache::sync::Cache;

/// The signatures of one key that were found good, as hashes: neither a token nor anything of it can be read back. Only
/// good ones are kept, so that nobody fills the memory who has no token.
pub(crate) struct VerifiedSignatures(Cache<[u8; 32], ()>);

impl VerifiedSignatures {
    /// Room for `most`; those that were not seen for long make way.
    pub(crate) fn new(most: usize) -> Self {
        Self(Cache::new(most))
    }

    /// Whether this signature of this message was found good before, or else `verifies`.
    pub(crate) fn has_or(&self, message: &[u8], signature: &[u8], verifies: impl FnOnce() -> bool) -> bool {
        let Some(hash) = hash(message, signature) else { return verifies() };
        if self.0.get(&hash).is_some() {
            return true;
        }
        let good = verifies();
        if good {
            self.0.insert(hash, ());
        }
        good
    }
}

/// SHA-256 of both, with the length of the signature in front: no other message and signature have the same bytes.
fn hash(message: &[u8], signature: &[u8]) -> Option<[u8; 32]> {
    let mut context = Context::new(&SHA256);
    context.update(&signature.len().to_be_bytes());
    context.update(message);
    context.update(signature);
    context.finish().as_ref().try_into().ok()
}

impl fmt::Debug for VerifiedSignatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedSignatures({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_signature_is_verified_once_and_a_bad_one_each_time() {
        let verified = VerifiedSignatures::new(8);
        assert!(!verified.has_or(b"message", b"bad", || false));
        assert!(!verified.has_or(b"message", b"bad", || false));
        assert!(verified.has_or(b"message", b"good", || true));
        assert!(verified.has_or(b"message", b"good", || panic!("it was verified")));
        assert_eq!(format!("{verified:?}"), "VerifiedSignatures(1)");
    }

    #[test]
    fn where_the_message_ends_and_the_signature_begins_is_no_matter_of_opinion() {
        let verified = VerifiedSignatures::new(8);
        assert!(verified.has_or(b"message", b"signature", || true));
        for (message, signature) in [(&b"messages"[..], &b"ignature"[..]), (b"messag", b"esignature"), (b"", b"")] {
            assert!(!verified.has_or(message, signature, || false));
        }
    }

    #[test]
    fn there_is_room_for_so_many_and_no_more() {
        let verified = VerifiedSignatures::new(64);
        for number in 0..10_000_u32 {
            assert!(verified.has_or(&number.to_be_bytes(), b"signature", || true));
        }
        assert!(verified.0.len() <= 64);
    }
}
