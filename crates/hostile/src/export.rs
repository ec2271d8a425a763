//! Exports of the audit trail, which an auditor verifies who trusts nobody.

use std::sync::LazyLock;

use voxgate_application::verify_export;
use voxgate_crypto::{SealPublicKeys, Sha256Digest};

static KEYS: LazyLock<Option<SealPublicKeys>> =
    LazyLock::new(|| SealPublicKeys::from_pem(include_str!("../data/seal.pub.pem")).ok());

/// Nobody has the private key: there is no seal that verifies.
pub(super) fn export(bytes: &[u8]) {
    assert!(KEYS.is_some(), "the key of the tests cannot be read");
    let Some(keys) = KEYS.as_ref() else { return };
    let Ok(verdict) = verify_export(bytes, &Sha256Digest, keys, None, &mut |_, _| {}) else { return };
    let seals = bytes.windows(6).filter(|window| window == b"\"seal\"").count();
    let sealed = verdict.last_seal.is_some_and(|(number, _)| number > 0);
    assert!(!sealed, "a seal that nobody signed was believed, of {seals}");
}
