//! The signing keys on disk.
//!
//! A folder holds one `<kid>.pem` a key and `ring.json`, which says of each when it begins to sign, until when it
//! verifies and who made it. A key is named by its RFC 7638 thumbprint, so a file that holds another key than its name
//! says is found out. `ring.json` is replaced by a rename, after the key it speaks of is in place: whoever reads the
//! folder at any moment sees the ring of before or of after. Key files that `ring.json` does not name are left alone;
//! those of retired keys are not read and may be deleted.
//!
//! A new key is published before it signs ([`Rotation::lead`]), so that every replica can verify with it by then, and
//! an old one verifies until the last token it signed has expired ([`Rotation::overlap`]): no caller sees a rotation.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use voxgate_domain::Timestamp;
use voxgate_domain::ports::PublicKey;

use crate::private_files::{self, PrivateFileError};
use crate::published_key;
use crate::signing_key::{SigningKey, SigningKeyFault};

const MANIFEST: &str = "ring.json";

/// Who made a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyOrigin {
    /// A development start, without being asked: not to be trusted in production.
    Development,
    /// An operator, by a command.
    Operator,
}

/// What `ring.json` says of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyInfo {
    /// Which key: its RFC 7638 thumbprint.
    pub key_id: String,
    /// Who made it.
    pub origin: KeyOrigin,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it signs, until the next key does.
    pub signs_from: Timestamp,
    /// Until when it verifies; without end while no other key has taken its place.
    pub verifies_until: Option<Timestamp>,
}

impl KeyInfo {
    /// Whether a token that it signed can be valid at `now`.
    #[must_use]
    pub fn verifies_at(&self, now: Timestamp) -> bool {
        self.verifies_until.is_none_or(|until| now < until)
    }
}

/// How a key takes the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// How long the new key is only published: longer than any replica or client takes to read the ring again.
    pub lead: Duration,
    /// How long the old key verifies after it signed last: the life of an access token, and the skew allowed.
    pub overlap: Duration,
}

/// Why the ring was neither read nor changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// There is no ring yet.
    #[error("there are no signing keys in {}: run `voxgate keys generate`", dir.display())]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// There is a ring already.
    #[error("there are signing keys in {} already: run `voxgate keys rotate` to replace the current one", dir.display())]
    Exists {
        /// The folder.
        dir: PathBuf,
    },
    /// The last rotation has not come into effect yet; another would pull its key back.
    #[error("the last rotation takes effect at {signs_from}: rotate again after that")]
    Rotating {
        /// When the newest key begins to sign.
        signs_from: Timestamp,
    },
    /// `ring.json` says nothing usable.
    #[error("{}: {why}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A key file holds no fit key, or another one than its name says.
    #[error("{} {why}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A file could not be read or written, or others could read it.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// No key could be made.
    #[error("no RSA key could be generated")]
    Generation,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    version: u8,
    keys: Vec<KeyInfo>,
}

/// The keys that can sign and verify.
#[derive(Debug)]
pub struct KeyRing {
    /// By `signs_from`, the newest first; never empty.
    keys: Vec<(KeyInfo, SigningKey)>,
    by_id: HashMap<String, usize>,
}

impl KeyRing {
    /// Reads every key of `dir` that can verify at `now`.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Missing`] when there is none; any other [`KeyRingError`] when a file is unfit or others can
    /// read it.
    pub fn load(dir: &Path, now: Timestamp) -> Result<Self, KeyRingError> {
        let infos = Self::list(dir)?;
        let mut keys = Vec::new();
        for info in infos.into_iter().filter(|info| info.verifies_at(now)) {
            let key = read_key(dir, &info.key_id)?;
            keys.push((info, key));
        }
        if keys.is_empty() {
            let why = "every key in it is retired: it was edited, or the clock is wrong".to_owned();
            return Err(KeyRingError::Manifest { path: dir.join(MANIFEST), why });
        }
        keys.sort_by_key(|(info, _)| std::cmp::Reverse(info.signs_from));
        let by_id = keys.iter().enumerate().map(|(i, (info, _))| (info.key_id.clone(), i)).collect();
        Ok(Self { keys, by_id })
    }

    /// Makes the first key of `dir`, and `dir` itself with mode 0700.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Exists`] when there is a ring; any other [`KeyRingError`] when nothing can be written.
    pub fn generate(dir: &Path, now: Timestamp, origin: KeyOrigin) -> Result<KeyInfo, KeyRingError> {
        private_files::create_dir(dir)?;
        let _lock = private_files::lock_dir(dir)?;
        match Self::list(dir) {
            Ok(_) => return Err(KeyRingError::Exists { dir: dir.to_owned() }),
            Err(KeyRingError::Missing { .. }) => {}
            Err(error) => return Err(error),
        }
        let info = make_key(dir, now, now, origin)?;
        write_manifest(dir, vec![info.clone()])?;
        Ok(info)
    }

    /// Makes a key that signs from `now` and the lead on; the others verify for the overlap after that.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Missing`] when there is no key to replace, [`KeyRingError::Rotating`] when the last rotation has
    /// not come into effect; any other [`KeyRingError`] when nothing can be read or written.
    pub fn rotate(dir: &Path, now: Timestamp, rotation: Rotation) -> Result<KeyInfo, KeyRingError> {
        if !dir.exists() {
            return Err(KeyRingError::Missing { dir: dir.to_owned() });
        }
        private_files::check_dir(dir)?;
        let _lock = private_files::lock_dir(dir)?;
        let mut infos = Self::list(dir)?;
        if let Some(pending) = infos.iter().find(|info| info.signs_from > now) {
            return Err(KeyRingError::Rotating { signs_from: pending.signs_from });
        }
        let info = make_key(dir, now, now.plus(rotation.lead), KeyOrigin::Operator)?;
        let until = info.signs_from.plus(rotation.overlap);
        for old in &mut infos {
            old.verifies_until.get_or_insert(until);
        }
        infos.push(info.clone());
        write_manifest(dir, infos)?;
        Ok(info)
    }

    /// What is known of every key, retired ones too, in the order they were made.
    ///
    /// # Errors
    ///
    /// [`KeyRingError::Missing`] when there is no ring; any other [`KeyRingError`] when it cannot be read.
    pub fn list(dir: &Path) -> Result<Vec<KeyInfo>, KeyRingError> {
        let path = dir.join(MANIFEST);
        let bytes = match private_files::read(&path) {
            Err(error) if error.is_not_found() => return Err(KeyRingError::Missing { dir: dir.to_owned() }),
            other => other?,
        };
        private_files::check_dir(dir)?;
        let unusable = |why: String| KeyRingError::Manifest { path: path.clone(), why };
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| unusable(error.to_string()))?;
        if manifest.version != 1 {
            return Err(unusable(format!("is of version {}, this program knows version 1", manifest.version)));
        }
        if let Some(odd) = manifest.keys.iter().find(|info| !is_key_id(&info.key_id)) {
            return Err(unusable(format!("{:?} is not the id of a key", odd.key_id)));
        }
        Ok(manifest.keys)
    }

    /// Whether any key that still verifies was made by a development start.
    #[must_use]
    pub fn has_development_key(&self) -> bool {
        self.keys.iter().any(|(info, _)| info.origin == KeyOrigin::Development)
    }

    /// What is known of the keys, the newest first.
    pub fn keys(&self) -> impl Iterator<Item = &KeyInfo> {
        self.keys.iter().map(|(info, _)| info)
    }

    /// The public part of every key, the newest first.
    #[must_use]
    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.keys.iter().map(|(_, key)| key.public().clone()).collect()
    }

    /// The key that signs at `now`: the newest that has begun to, or the oldest when the clock went back before all.
    pub(crate) fn signing_at(&self, now: Timestamp) -> Option<&SigningKey> {
        let current = self.keys.iter().find(|(info, _)| info.signs_from <= now);
        current.or(self.keys.last()).map(|(_, key)| key)
    }

    /// The key of that id, if tokens of it can be valid at `now`. The id is only looked up, never used as a path.
    pub(crate) fn verifying_at(&self, key_id: &str, now: Timestamp) -> Option<&SigningKey> {
        let (info, key) = self.keys.get(*self.by_id.get(key_id)?)?;
        info.verifies_at(now).then_some(key)
    }
}

/// 43 characters of base64url: what a thumbprint looks like, and no path.
fn is_key_id(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

pub(crate) fn key_path(dir: &Path, key_id: &str) -> PathBuf {
    dir.join(format!("{key_id}.pem"))
}

pub(crate) fn read_key(dir: &Path, key_id: &str) -> Result<SigningKey, KeyRingError> {
    let path = key_path(dir, key_id);
    let pem = private_files::read(&path)?;
    match SigningKey::from_pem(&pem).map_err(|fault: SigningKeyFault| fault.to_string()) {
        Ok(key) if key.key_id() == key_id && published_key::verifies(&key) => Ok(key),
        Ok(key) if key.key_id() == key_id => {
            Err(KeyRingError::Key { path, why: "signs what its public part does not verify".to_owned() })
        }
        Ok(_) => Err(KeyRingError::Key { path, why: "holds another key than its name says".to_owned() }),
        Err(why) => Err(KeyRingError::Key { path, why }),
    }
}

fn make_key(dir: &Path, now: Timestamp, from: Timestamp, origin: KeyOrigin) -> Result<KeyInfo, KeyRingError> {
    let (key, pem) = SigningKey::generate().map_err(|_| KeyRingError::Generation)?;
    private_files::write(&key_path(dir, key.key_id()), pem.as_bytes())?;
    let key_id = key.key_id().to_owned();
    Ok(KeyInfo { key_id, origin, created_at: now, signs_from: from, verifies_until: None })
}

fn write_manifest(dir: &Path, keys: Vec<KeyInfo>) -> Result<(), KeyRingError> {
    let path = dir.join(MANIFEST);
    let json = serde_json::to_vec_pretty(&Manifest { version: 1, keys });
    let json = json.map_err(|error| KeyRingError::Manifest { path: path.clone(), why: error.to_string() })?;
    Ok(private_files::write(&path, &json)?)
}

#[cfg(test)]
#[path = "key_ring_tests.rs"]
mod tests;
