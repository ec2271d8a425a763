//! The keys that a first start made, for the starts after it: making some takes a quarter of a second of a core.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Each file with its place in the folder of keys.
static KEYS: OnceLock<Vec<(PathBuf, Vec<u8>)>> = OnceLock::new();

/// Puts them into a folder that is not there yet, if there are any.
pub(super) fn lay_into(folder: &Path) {
    for (place, content) in KEYS.get().into_iter().flatten() {
        let file = folder.join(place);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(file.parent().unwrap()).unwrap();
        let file = fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(file);
        file.unwrap().write_all(content).unwrap();
    }
}

/// Keeps those of a folder, if they are the first.
pub(super) fn keep(folder: &Path) {
    KEYS.get_or_init(|| {
        let mut kept = Vec::new();
        keep_below(folder, folder, &mut kept);
        kept
    });
}

fn keep_below(root: &Path, folder: &Path, kept: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            keep_below(root, &path, kept);
        } else {
            kept.push((path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap()));
        }
    }
}
