//! The keys that sign the seals of the audit trail, in a folder of their own: a [`KeyRing`] whose public keys stay for
//! ever, since a seal must be good to check for as long as the trail is kept.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use voxgate_domain::Timestamp;
use voxgate_domain::ports::{SealError, SealSigner, SealVerifier};

use crate::key_ring::{KeyInfo, KeyOrigin, KeyRing, KeyRingError, Rotation, key_path, read_key};
use crate::signing_key::SigningKey;
use crate::{pem, private_files};

/// Signs seals, and checks those of every key that the folder ever had.
pub struct SealKeys {
    dir: PathBuf,
    ring: RwLock<Arc<Ring>>,
}

struct Ring {
    signing: Option<SigningKey>,
    public: SealPublicKeys,
    development: bool,
}

impl fmt::Debug for SealKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKeys({})", self.dir.display())
    }
}

impl SealKeys {
    /// Reads the keys in `dir`. Of retired ones the public part is enough.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Missing`] when there is none; any other [`KeyRingError`] when a file is unfit or others can
    /// read it.
    pub fn load(dir: PathBuf, now: Timestamp) -> Result<Self, KeyRingError> {
        let ring = RwLock::new(Arc::new(read_ring(&dir, now)?));
        Ok(Self { dir, ring })
    }

    /// Reads the keys again, after a rotation.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load); the keys of before stay in use then.
    pub fn reload(&self, now: Timestamp) -> Result<(), KeyRingError> {
        let ring = Arc::new(read_ring(&self.dir, now)?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    /// Makes the first key of `dir`.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Exists`] when there is one; any other [`KeyRingError`] when nothing can be written.
    pub fn generate(dir: &Path, now: Timestamp, origin: KeyOrigin) -> Result<KeyInfo, KeyRingError> {
        let info = KeyRing::generate(dir, now, origin)?;
        publish(dir, info)
    }

    /// Makes a key that signs from now on in place of the present one.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Missing`] when there is no key to replace; any other [`KeyRingError`] when nothing can be read or
    /// written.
    pub fn rotate(dir: &Path, now: Timestamp) -> Result<KeyInfo, KeyRingError> {
        // No key of this ring ever ceases to verify; the end that the ring writes down is only read by token rings.
        let info = KeyRing::rotate(dir, now, Rotation { lead: Duration::ZERO, overlap: Duration::ZERO })?;
        publish(dir, info)
    }

    /// The public part of every key, as PEM, in the order they were made: what an auditor needs.
    #[must_use]
    pub fn public_pem(&self) -> String {
        self.ring().public.to_pem()
    }

    /// Whether any key was made by a development start.
    #[must_use]
    pub fn has_development_key(&self) -> bool {
        self.ring().development
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl SealSigner for SealKeys {
    fn key_id(&self) -> Result<String, SealError> {
        self.ring().signing.as_ref().map(|key| key.key_id().to_owned()).ok_or(SealError::NoKey)
    }

    fn sign(&self, key_id: &str, bytes: &[u8]) -> Result<Vec<u8>, SealError> {
        let ring = self.ring();
        // The ring may have been read again since the id was asked for.
        let key = ring.signing.as_ref().filter(|key| key.key_id() == key_id).ok_or(SealError::NoKey)?;
        key.sign(bytes).map_err(|error| SealError::Failed(error.into()))
    }
}

impl SealVerifier for SealKeys {
    fn verify(&self, key_id: &str, bytes: &[u8], signature: &[u8]) -> bool {
        self.ring().public.verify(key_id, bytes, signature)
    }
}

/// Public keys that seals are checked with.
#[derive(Debug, Default)]
pub struct SealPublicKeys(Vec<PublicPart>);

#[derive(Debug)]
struct PublicPart {
    /// Not known of a key that came as PEM alone; the id that a seal names is under its signature all the same.
    key_id: Option<String>,
    key: ParsedPublicKey,
    der: Vec<u8>,
}

impl SealPublicKeys {
    /// The keys in `text`: one PEM block `PUBLIC KEY` or several.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn from_pem(text: &str) -> Result<Self, &'static str> {
        let keys = pem::decode_public(text).ok_or("holds something else than PEM blocks labelled PUBLIC KEY")?;
        let keys: Option<Vec<_>> = keys.into_iter().map(|der| PublicPart::new(None, der)).collect();
        let keys = keys.ok_or("holds a key that is not an RSA key of 2048 bits or more")?;
        if keys.is_empty() { Err("holds no key") } else { Ok(Self(keys)) }
    }

    fn to_pem(&self) -> String {
        self.0.iter().map(|part| pem::encode_public(&part.der)).collect()
    }
}

/// Public keys sign nothing; whoever only verifies needs no more.
impl SealSigner for SealPublicKeys {
    fn key_id(&self) -> Result<String, SealError> {
        Err(SealError::NoKey)
    }

    fn sign(&self, _: &str, _: &[u8]) -> Result<Vec<u8>, SealError> {
        Err(SealError::NoKey)
    }
}

impl SealVerifier for SealPublicKeys {
    fn verify(&self, key_id: &str, bytes: &[u8], signature: &[u8]) -> bool {
        self.0
            .iter()
            .filter(|part| part.key_id.as_deref().is_none_or(|id| id == key_id))
            .any(|part| part.key.verify_sig(bytes, signature).is_ok())
    }
}

impl PublicPart {
    fn new(key_id: Option<String>, der: Vec<u8>) -> Option<Self> {
        let key = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &der).ok()?;
        Some(Self { key_id, key, der })
    }
}

fn public_path(dir: &Path, key_id: &str) -> PathBuf {
    dir.join(format!("{key_id}.pub.pem"))
}

/// Writes the public part of a new key beside it, so that the private one can be destroyed when it is retired.
fn publish(dir: &Path, info: KeyInfo) -> Result<KeyInfo, KeyRingError> {
    let key = read_key(dir, &info.key_id)?;
    let der = key.public_der().map_err(|_| KeyRingError::Generation)?;
    private_files::write(&public_path(dir, &info.key_id), pem::encode_public(&der).as_bytes())?;
    Ok(info)
}

fn read_ring(dir: &Path, now: Timestamp) -> Result<Ring, KeyRingError> {
    let infos = KeyRing::list(dir)?;
    let development = infos.iter().any(|info| info.origin == KeyOrigin::Development);
    let mut public = Vec::new();
    let mut signing = None;
    for info in infos {
        let (key, part) = read_part(dir, &info.key_id)?;
        public.push(part);
        // In the order they were made: the last one that may, signs.
        if info.signs_from <= now || signing.is_none() {
            signing = key;
        }
    }
    Ok(Ring { signing, public: SealPublicKeys(public), development })
}

/// A key of the ring: its public part, and the private one where it was not destroyed.
fn read_part(dir: &Path, key_id: &str) -> Result<(Option<SigningKey>, PublicPart), KeyRingError> {
    let unfit = |path, why: &str| KeyRingError::Key { path, why: why.to_owned() };
    match read_key(dir, key_id) {
        Ok(key) => {
            let path = key_path(dir, key_id);
            let der = key.public_der().ok().and_then(|der| PublicPart::new(Some(key_id.to_owned()), der));
            Ok((Some(key), der.ok_or_else(|| unfit(path, "has no public part"))?))
        }
        Err(KeyRingError::File(error)) if error.is_not_found() => {
            let path = public_path(dir, key_id);
            let text = private_files::read(&path)?;
            let ders = str::from_utf8(&text).ok().and_then(pem::decode_public).unwrap_or_default();
            let part = ders.into_iter().next().and_then(|der| PublicPart::new(Some(key_id.to_owned()), der));
            Ok((None, part.ok_or_else(|| unfit(path, "holds no public RSA key in PEM"))?))
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::EPOCH.plus(Duration::from_secs(1_800_000_000))
    }

    fn later() -> Timestamp {
        now().plus(Duration::from_secs(60))
    }

    #[test]
    fn seals_of_a_retired_key_verify_after_its_private_part_is_destroyed() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("audit");
        let old = SealKeys::generate(&dir, now(), KeyOrigin::Operator).unwrap();
        let keys = SealKeys::load(dir.clone(), now()).unwrap();
        let signature = keys.sign(&old.key_id, b"seal").unwrap();

        let new = SealKeys::rotate(&dir, later()).unwrap();
        std::fs::remove_file(key_path(&dir, &old.key_id)).unwrap();
        keys.reload(later()).unwrap();
        assert_eq!(keys.key_id().unwrap(), new.key_id);
        assert!(keys.verify(&old.key_id, b"seal", &signature));
        assert!(!keys.verify(&new.key_id, b"seal", &signature));
        assert!(!keys.verify(&old.key_id, b"other", &signature));
        assert!(matches!(keys.sign(&old.key_id, b"seal"), Err(SealError::NoKey)));
    }

    #[test]
    fn an_auditor_needs_the_public_keys_alone() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("audit");
        SealKeys::generate(&dir, now(), KeyOrigin::Operator).unwrap();
        SealKeys::rotate(&dir, later()).unwrap();
        let keys = SealKeys::load(dir, later()).unwrap();
        let key_id = keys.key_id().unwrap();
        let signature = keys.sign(&key_id, b"seal").unwrap();

        let public = SealPublicKeys::from_pem(&keys.public_pem()).unwrap();
        assert!(public.verify(&key_id, b"seal", &signature));
        assert!(matches!(public.key_id(), Err(SealError::NoKey)));
        assert!(matches!(public.sign(&key_id, b"seal"), Err(SealError::NoKey)));
        assert!(!public.verify(&key_id, b"forged", &signature));
        for bad in ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
            assert!(SealPublicKeys::from_pem(bad).is_err(), "{bad}");
        }
    }
}
