//! Hashes of opaque tokens and of addresses.

use aws_lc_rs::digest::{self, SHA256};
use voxgate_domain::ports::TokenHasher;
use voxgate_domain::{AttemptKey, DeviceId, EmailAddress, SecretToken, TokenHash, UserId};

/// SHA-256 with a prefix for each use, so that the hash of one kind of text is never that of another.
///
/// Plain SHA-256 is enough for tokens, which have 256 random bits. An attempt key is no secret: it keeps addresses out
/// of a table that has rows for people without an account.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sha256TokenHasher;

impl TokenHasher for Sha256TokenHasher {
    fn token(&self, token: &SecretToken) -> TokenHash {
        TokenHash::from_bytes(hash(b"voxgate token v1\0", token.expose().as_bytes()))
    }

    fn attempt_key(&self, address: &EmailAddress) -> AttemptKey {
        AttemptKey::from_bytes(hash(b"voxgate attempt v1\0", address.normalized().as_bytes()))
    }

    fn proof_key(&self, user: UserId) -> AttemptKey {
        AttemptKey::from_bytes(hash(b"voxgate proof v1\0", user.as_uuid().as_bytes()))
    }

    fn device_key(&self, device: DeviceId) -> AttemptKey {
        AttemptKey::from_bytes(hash(b"voxgate device v1\0", device.as_uuid().as_bytes()))
    }
}

fn hash(purpose: &[u8], text: &[u8]) -> [u8; 32] {
    let mut context = digest::Context::new(&SHA256);
    context.update(purpose);
    context.update(text);
    let mut bytes = [0; 32];
    // A SHA-256 digest has 32 bytes: the zip covers all of them.
    bytes.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_always_hashes_the_same_and_another_does_not() {
        let token = |text| Sha256TokenHasher.token(&SecretToken::presented(text).unwrap());
        assert_eq!(token("one"), token("one"));
        assert_ne!(token("one"), token("two"));
    }

    #[test]
    fn stored_hashes_stay_findable_in_later_versions() {
        let hash = Sha256TokenHasher.token(&SecretToken::presented("known").unwrap());
        let expected = digest::digest(&SHA256, b"voxgate token v1\0known");
        assert_eq!(hash.as_bytes(), expected.as_ref());
    }

    #[test]
    fn attempts_count_under_one_key_whatever_the_case() {
        let key = |text| Sha256TokenHasher.attempt_key(&EmailAddress::parse(text).unwrap());
        assert_eq!(key("Ada@Example.org"), key("ada@example.ORG"));
        assert_ne!(key("ada@example.org"), key("bob@example.org"));
    }
}
