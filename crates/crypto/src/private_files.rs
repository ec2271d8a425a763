//! Files and folders that only their owner may read.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Why a file of keys was neither read nor written. The message names the file, never what is in it.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// Somebody else than its owner can read or write it.
    #[error("{} is accessible to others (mode {mode:04o}): run `chmod {wanted} '{}'`", path.display(), path.display())]
    TooOpen {
        /// What is too open.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The mode it should have, as chmod takes it.
        wanted: &'static str,
    },
    /// It is larger than any file of keys.
    #[error("{} is too large for a file of keys", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// What could not be read or written.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl PrivateFileError {
    /// Whether it is that there is no such file.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// No file of keys is larger; more is never read.
const MAX_BYTES: u64 = 1 << 20;

fn io_at(path: &Path) -> impl FnOnce(io::Error) -> PrivateFileError {
    let path = path.to_owned();
    move |source| PrivateFileError::Io { path, source }
}

/// Makes `dir` with mode 0700 unless it is there, and checks that nobody else may enter it.
pub(crate) fn create_dir(dir: &Path) -> Result<(), PrivateFileError> {
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent).map_err(io_at(parent))?;
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(io_at(dir)(error)),
        _ => check_dir(dir),
    }
}

/// Checks that nobody but its owner may enter `dir`.
pub(crate) fn check_dir(dir: &Path) -> Result<(), PrivateFileError> {
    check_mode(dir, &fs::metadata(dir).map_err(io_at(dir))?, "700")
}

#[cfg(unix)]
fn check_mode(path: &Path, metadata: &fs::Metadata, wanted: &'static str) -> Result<(), PrivateFileError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(PrivateFileError::TooOpen { path: path.to_owned(), mode, wanted }) }
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &fs::Metadata, _: &'static str) -> Result<(), PrivateFileError> {
    Ok(())
}

/// Reads a file that nobody but its owner may read.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, PrivateFileError> {
    let file = File::open(path).map_err(io_at(path))?;
    // The open file is looked at, not the path, so that it cannot be swapped in between.
    let metadata = file.metadata().map_err(io_at(path))?;
    check_mode(path, &metadata, "600")?;
    if metadata.len() > MAX_BYTES {
        return Err(PrivateFileError::TooLarge { path: path.to_owned() });
    }
    // Room for all of it at once: growing would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1));
    file.take(MAX_BYTES).read_to_end(&mut bytes).map_err(io_at(path))?;
    Ok(bytes)
}

/// Puts `bytes` at `path` with mode 0600: all of them or, after a crash at any moment, the file of before. Whoever writes
/// at the same time, also in another container with the same process id, has a temporary file of their own.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), PrivateFileError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    // Made with mode 0600, and removed when it is dropped before it is put in place.
    let mut file = tempfile::Builder::new().suffix(".tmp").tempfile_in(dir).map_err(io_at(dir))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(io_at(path))?;
    file.persist(path).map_err(|error| io_at(path)(error.error))?;
    sync_dir(dir)
}

/// Makes a rename in `dir` outlast a power cut.
fn sync_dir(dir: &Path) -> Result<(), PrivateFileError> {
    if cfg!(unix) {
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(io_at(dir))?;
    }
    Ok(())
}

/// Keeps other processes from changing `dir` until it is dropped.
#[derive(Debug)]
pub(crate) struct DirLock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

/// Waits until no other process changes `dir`.
pub(crate) fn lock_dir(dir: &Path) -> Result<DirLock, PrivateFileError> {
    let path = dir.join(".lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(io_at(&path))?;
    file.lock().map_err(io_at(&path))?;
    Ok(DirLock(file))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_written_is_for_its_owner_alone() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("var/keys");
        create_dir(&dir).unwrap();
        write(&dir.join("key"), b"one").unwrap();
        write(&dir.join("key"), b"two").unwrap();

        assert_eq!((mode(&dir), mode(&dir.join("key"))), (0o700, 0o600));
        assert_eq!(read(&dir.join("key")).unwrap().as_slice(), b"two");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "no temporary file stays");
    }

    #[test]
    fn what_others_can_read_is_refused_with_the_command_that_helps() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("key");
        write(&path, b"marked-secret").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();

        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains(&format!("chmod 600 '{}'", path.display())), "{error}");
        assert!(!error.contains("marked"));
    }
}
