//! The keys that encrypt fields.

use std::fmt;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::private_files::{self, PrivateFileError};

/// Bytes of a key of AES-256.
const KEY_BYTES: usize = 32;

/// A ring of keys: the first encrypts, all decrypt. To rotate, put a new one before the others and leave those until
/// nothing that they sealed is stored any more.
pub struct EncryptionKeys {
    /// Never empty; every id is there once.
    keys: Vec<(String, LessSafeKey)>,
}

/// Why the text of a ring is refused. No message has key material in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptionKeyError {
    /// There is no key in it.
    #[error("there is no encryption key: give <id>:<base64 of 32 bytes>, such as k1:$(openssl rand -base64 32)")]
    Empty,
    /// An entry has no colon.
    #[error("encryption key number {number} is not of the form <id>:<base64 of 32 bytes>")]
    NoId {
        /// Which entry, counted from 1.
        number: usize,
    },
    /// An id is empty, long or has odd characters.
    #[error("the id of encryption key number {number} must be 1 to 32 letters, digits, hyphens or underscores")]
    BadId {
        /// Which entry, counted from 1.
        number: usize,
    },
    /// Two entries have one id.
    #[error("encryption key number {number} has the id of an earlier one")]
    DuplicateId {
        /// Which entry, counted from 1.
        number: usize,
    },
    /// A key is not base64.
    #[error("encryption key number {number} is not base64")]
    NotBase64 {
        /// Which entry, counted from 1.
        number: usize,
    },
    /// A key has not 256 bits.
    #[error("encryption key number {number} has {bytes} bytes instead of 32")]
    Length {
        /// Which entry, counted from 1.
        number: usize,
        /// How many bytes it has.
        bytes: usize,
    },
    /// A key of one repeated byte: a placeholder that was never replaced.
    #[error("encryption key number {number} is a placeholder: make one with `openssl rand -base64 32`")]
    Placeholder {
        /// Which entry, counted from 1.
        number: usize,
    },
    /// The key file could not be read or written.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// The operating system gave no random bytes.
    #[error("no random bytes for a new key")]
    NoEntropy,
}

impl EncryptionKeys {
    /// Parses `<id>:<base64 of 32 bytes>[,…]`; the first key is the current one.
    ///
    /// # Errors
    ///
    /// An [`EncryptionKeyError`] that says which entry is wrong and how.
    pub fn parse(text: &str) -> Result<Self, EncryptionKeyError> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let mut keys: Vec<(String, LessSafeKey)> = Vec::new();
        for (number, entry) in (1..).zip(entries) {
            let (id, base64) = entry.split_once(':').ok_or(EncryptionKeyError::NoId { number })?;
            if !is_id(id) {
                return Err(EncryptionKeyError::BadId { number });
            }
            if keys.iter().any(|(other, _)| other == id) {
                return Err(EncryptionKeyError::DuplicateId { number });
            }
            keys.push((id.to_owned(), parse_key(base64, number)?));
        }
        if keys.is_empty() { Err(EncryptionKeyError::Empty) } else { Ok(Self { keys }) }
    }

    /// The ring in the file at `path`, which is made with one random key (mode 0600, its folder 0700) when there is
    /// none: for development; a service in production is given its keys.
    ///
    /// # Errors
    ///
    /// An [`EncryptionKeyError`] when the file is unfit, others can read it, or it cannot be made.
    pub fn load_or_create(path: &Path) -> Result<Self, EncryptionKeyError> {
        let dir = folder(path);
        private_files::create_dir(dir)?;
        let _lock = private_files::lock_dir(dir)?;
        let text = match private_files::read(path) {
            Err(error) if error.is_not_found() => {
                let text = random_entry(&numbered(1))?;
                private_files::write(path, text.as_bytes())?;
                Zeroizing::new(text.as_bytes().to_vec())
            }
            other => other?,
        };
        Self::parse(str::from_utf8(&text).unwrap_or_default())
    }

    /// Puts a new random key before the others in the file at `path`, which is made when there is none; the ring as it
    /// is then. The former keys stay in the file, for services that run with it still.
    ///
    /// # Errors
    ///
    /// As [`EncryptionKeys::load_or_create`].
    pub fn rotate(path: &Path) -> Result<Self, EncryptionKeyError> {
        Self::load_or_create(path)?;
        let _lock = private_files::lock_dir(folder(path))?;
        let text = private_files::read(path)?;
        let text = str::from_utf8(&text).unwrap_or_default();
        let former = Self::parse(text)?;
        let number = (2..).find(|n| former.find(&numbered(*n)).is_none()).unwrap_or(u32::MAX);
        let new = random_entry(&numbered(number))?;
        let ring = Zeroizing::new(format!("{},{}\n", new.as_str(), text.trim()));
        let rotated = Self::parse(&ring)?;
        private_files::write(path, ring.as_bytes())?;
        Ok(rotated)
    }

    /// The id of the key that encrypts.
    #[must_use]
    pub fn current_id(&self) -> &str {
        self.keys.first().map_or("", |(id, _)| id)
    }

    pub(crate) fn current(&self) -> Option<(&str, &LessSafeKey)> {
        self.keys.first().map(|(id, key)| (id.as_str(), key))
    }

    pub(crate) fn find(&self, id: &str) -> Option<&LessSafeKey> {
        self.keys.iter().find(|(other, _)| other == id).map(|(_, key)| key)
    }
}

impl fmt::Debug for EncryptionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}

fn is_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn parse_key(base64: &str, number: usize) -> Result<LessSafeKey, EncryptionKeyError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(base64.len()));
    STANDARD.decode_vec(base64.trim(), &mut bytes).map_err(|_| EncryptionKeyError::NotBase64 { number })?;
    if bytes.len() != KEY_BYTES {
        return Err(EncryptionKeyError::Length { number, bytes: bytes.len() });
    }
    if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
        return Err(EncryptionKeyError::Placeholder { number });
    }
    let length = bytes.len();
    let key = UnboundKey::new(&AES_256_GCM, &bytes);
    Ok(LessSafeKey::new(key.map_err(|_| EncryptionKeyError::Length { number, bytes: length })?))
}

/// The folder of the file at `path`.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The id of development key number `n`.
fn numbered(n: u32) -> String {
    if n < 2 { "development".to_owned() } else { format!("development-{n}") }
}

/// An entry of a ring, with a random key.
fn random_entry(id: &str) -> Result<Zeroizing<String>, EncryptionKeyError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    aws_lc_rs::rand::fill(key.as_mut_slice()).map_err(|_| EncryptionKeyError::NoEntropy)?;
    let base64 = Zeroizing::new(STANDARD.encode(key.as_slice()));
    Ok(Zeroizing::new(format!("{id}:{}", base64.as_str())))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const KEY: &str = "bWFya2VkLXNlY3JldC1vZi0zMi1ieXRlcy0wMTIzNDU=";

    #[test]
    fn the_first_key_is_the_current_one() {
        let keys = EncryptionKeys::parse(&format!(" k2:{KEY} , k1:{KEY},\n")).unwrap();
        assert_eq!(keys.current_id(), "k2");
        assert!(keys.find("k1").is_some() && keys.find("k0").is_none());
        assert_eq!(format!("{keys:?}"), r#"["k2", "k1"]"#);
    }

    #[rstest]
    #[case("", "no encryption key")]
    #[case(" , ", "no encryption key")]
    #[case(KEY, "number 1 is not of the form")]
    #[case(&format!("k1:{KEY},k 2:{KEY}"), "id of encryption key number 2")]
    #[case(&format!("k1:{KEY},k1:{KEY}"), "number 2 has the id of an earlier")]
    #[case("k1:marked!secret", "number 1 is not base64")]
    #[case("k1:bWFya2Vk", "number 1 has 6 bytes")]
    #[case("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "number 1 is a placeholder")]
    fn a_faulty_ring_is_told_without_its_keys(#[case] text: &str, #[case] told: &str) {
        let error = EncryptionKeys::parse(text).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
        assert!(!format!("{error} {error:?}").contains("bWFy") && !error.to_string().contains("marked"));
    }

    #[test]
    fn a_development_ring_is_made_once() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("keys/encryption.keys");
        EncryptionKeys::load_or_create(&path).unwrap();
        let made = std::fs::read(&path).unwrap();
        assert_eq!(EncryptionKeys::load_or_create(&path).unwrap().current_id(), "development");
        assert_eq!(std::fs::read(&path).unwrap(), made);
    }

    #[test]
    fn a_rotation_puts_a_new_key_first_and_keeps_the_former_ones() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("keys/encryption.keys");
        for current in ["development-2", "development-3"] {
            assert_eq!(EncryptionKeys::rotate(&path).unwrap().current_id(), current);
        }
        let read = EncryptionKeys::load_or_create(&path).unwrap();
        assert_eq!(format!("{read:?}"), r#"["development-3", "development-2", "development"]"#);
    }
}
