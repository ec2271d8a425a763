//! Encryption of what is stored and must be read back.

use secrecy::SecretSlice;

use super::Cause;

/// Encrypts small secrets before they are stored, with keys that the database does not have: authenticated encryption with
/// associated data (RFC 5116; 45 CFR 164.312(a)(2)(iv)).
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait FieldCipher: Send + Sync {
    /// Encrypts and authenticates `plain` together with `context`, which says where it belongs.
    ///
    /// # Errors
    ///
    /// [`CipherError::Failed`] when there is no key to do it with.
    fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, CipherError>;

    /// Decrypts what was sealed with the same `context`.
    ///
    /// # Errors
    ///
    /// [`CipherError`] when it was changed, belongs elsewhere, or its key is gone.
    fn open(&self, context: &str, sealed: &[u8]) -> Result<SecretSlice<u8>, CipherError>;

    /// Whether `sealed` was sealed with the key that seals today.
    fn is_current(&self, sealed: &[u8]) -> bool;
}

/// Why something was neither encrypted nor decrypted.
#[derive(Debug, thiserror::Error)]
pub enum CipherError {
    /// The key that sealed it is not in the ring.
    #[error("the key {key_id} is not in the encryption key ring")]
    UnknownKey {
        /// The id of the missing key.
        key_id: String,
    },
    /// It was changed, or belongs elsewhere.
    #[error("not authentic: changed, or sealed for another place")]
    NotAuthentic,
    /// It could not be done.
    #[error("encryption failed")]
    Failed(#[source] Cause),
}
