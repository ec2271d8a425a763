//! The newest seal, in a file that the database cannot reach.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use voxgate_domain::audit::Hash;
use voxgate_domain::ports::{SealAnchor, SealError};

use crate::private_files;

/// Remembers the newest seal in `head.json` of a folder.
#[derive(Debug)]
pub struct SealAnchorFile {
    path: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    number: u64,
    hash: String,
}

impl SealAnchorFile {
    /// The file in `dir`, which is there.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self { path: dir.join("head.json") }
    }
}

impl SealAnchor for SealAnchorFile {
    fn newest(&self) -> Result<Option<(u64, Hash)>, SealError> {
        let bytes = match private_files::read(&self.path) {
            Err(error) if error.is_not_found() => return Ok(None),
            other => other.map_err(failed)?,
        };
        let head: Head = serde_json::from_slice(&bytes).map_err(failed)?;
        Ok(Some((head.number, head.hash.parse().map_err(failed)?)))
    }

    fn remember(&self, number: u64, hash: Hash) -> Result<(), SealError> {
        if self.newest()?.is_some_and(|(newest, _)| newest >= number) {
            return Ok(());
        }
        let head = serde_json::to_vec(&Head { number, hash: hash.to_string() }).map_err(failed)?;
        private_files::write(&self.path, &head).map_err(failed)
    }
}

fn failed(error: impl Into<voxgate_domain::ports::Cause>) -> SealError {
    SealError::Failed(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_seal_is_remembered_and_never_an_older_one() {
        let temp = tempfile::tempdir().unwrap();
        let anchor = SealAnchorFile::new(temp.path());
        assert_eq!(anchor.newest().unwrap(), None);
        anchor.remember(2, Hash([2; 32])).unwrap();
        anchor.remember(1, Hash([1; 32])).unwrap();
        assert_eq!(anchor.newest().unwrap(), Some((2, Hash([2; 32]))));
        std::fs::write(temp.path().join("head.json"), "torn").unwrap();
        assert!(anchor.newest().is_err());
    }
}
