//! Cursors: what a caller brings back.

use std::sync::LazyLock;

use voxgate_crypto::{AesGcmCipher, EncryptionKeys};
use voxgate_domain::Cursor;
use voxgate_domain::ports::FieldCipher as _;

static CIPHER: LazyLock<Option<AesGcmCipher>> = LazyLock::new(|| {
    let keys = EncryptionKeys::parse("a:k4ULcHWF5ATklRo93B8Fo0s9T1/AgdYW9G2KLo8cjmg=").ok()?;
    Some(AesGcmCipher::new(keys))
});

/// A cursor has one text, and nobody makes one without the key.
pub(super) fn cursor(bytes: &[u8]) {
    assert!(CIPHER.is_some(), "the key of the tests cannot be read");
    let Some(cipher) = CIPHER.as_ref() else { return };
    assert!(cipher.open("cursor:users", bytes).is_err(), "opened what was never sealed");
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(cursor) = Cursor::parse(text) else { return };
    assert_eq!(cursor.encode(), text);
    assert!(cipher.open("cursor:users", cursor.sealed()).is_err(), "opened what was never sealed");
}
