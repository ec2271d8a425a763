//! Keys as others give them: key sets of an issuer, public keys of an auditor, keys of an operator.

use voxgate_crypto::{EncryptionKeys, SealPublicKeys};
use voxgate_verify::KeySet;

pub(super) fn keys(bytes: &[u8]) {
    if let Ok(set) = KeySet::from_jwks(bytes) {
        let names: Vec<&str> = set.key_ids().collect();
        assert!((1..=32).contains(&names.len()) && names.iter().all(|name| set.find(name).is_some()));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(keys) = EncryptionKeys::parse(text) {
        assert!(text.contains(keys.current_id()) && !keys.current_id().is_empty());
    }
    let _ = SealPublicKeys::from_pem(text);
}
