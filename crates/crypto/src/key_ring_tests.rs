//! What holds for the key folder.

use std::fs;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);
const ROTATION: Rotation = Rotation { lead: MINUTE, overlap: Duration::from_secs(15 * 60) };

fn minutes(count: u32) -> Timestamp {
    Timestamp::EPOCH.plus(MINUTE * count)
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("keys");
    (temp, dir)
}

#[test]
fn a_first_key_is_made_once() {
    let (_temp, dir) = folder();
    assert!(matches!(KeyRing::load(&dir, minutes(0)), Err(KeyRingError::Missing { .. })));
    assert!(matches!(KeyRing::rotate(&dir, minutes(0), ROTATION), Err(KeyRingError::Missing { .. })));

    let made = KeyRing::generate(&dir, minutes(0), KeyOrigin::Development).unwrap();
    let again = KeyRing::generate(&dir, minutes(0), KeyOrigin::Development);

    assert!(matches!(again, Err(KeyRingError::Exists { .. })));
    let ring = KeyRing::load(&dir, minutes(0)).unwrap();
    assert!(ring.has_development_key());
    assert_eq!(ring.keys().collect::<Vec<_>>(), [&made]);
}

#[test]
fn a_rotation_publishes_first_then_signs_then_retires_the_old_key() {
    let (_temp, dir) = folder();
    let old = KeyRing::generate(&dir, minutes(0), KeyOrigin::Development).unwrap();
    let new = KeyRing::rotate(&dir, minutes(10), ROTATION).unwrap();
    let ring = KeyRing::load(&dir, minutes(10)).unwrap();
    let signing = |at| ring.signing_at(at).unwrap().key_id();

    assert_eq!(ring.public_keys().len(), 2, "both are published at once");
    assert_eq!((signing(minutes(10)), signing(minutes(11))), (old.key_id.as_str(), new.key_id.as_str()));
    assert!(ring.verifying_at(&old.key_id, minutes(25)).is_some());
    assert!(ring.verifying_at(&old.key_id, minutes(26)).is_none());

    fs::remove_file(dir.join(format!("{}.pem", old.key_id))).unwrap();
    let later = KeyRing::load(&dir, minutes(26)).unwrap();
    assert_eq!(later.public_keys().len(), 1, "a retired key is not read");
    assert!(!later.has_development_key(), "rotating a development key away makes the ring fit for production");
    assert_eq!(KeyRing::list(&dir).unwrap().len(), 2, "but it stays listed");
}

#[test]
fn a_rotation_waits_for_the_last_one() {
    let (_temp, dir) = folder();
    KeyRing::generate(&dir, minutes(0), KeyOrigin::Operator).unwrap();
    KeyRing::rotate(&dir, minutes(10), ROTATION).unwrap();
    assert!(matches!(KeyRing::rotate(&dir, minutes(10), ROTATION), Err(KeyRingError::Rotating { .. })));
    assert!(KeyRing::rotate(&dir, minutes(11), ROTATION).is_ok());
}

#[test]
fn before_all_keys_the_oldest_signs() {
    let (_temp, dir) = folder();
    let made = KeyRing::generate(&dir, minutes(60), KeyOrigin::Operator).unwrap();
    let ring = KeyRing::load(&dir, minutes(0)).unwrap();
    assert_eq!(ring.signing_at(minutes(0)).unwrap().key_id(), made.key_id, "the clock went back an hour");
}

#[test]
fn a_file_with_another_key_than_its_name_is_refused() {
    let (_temp, dir) = folder();
    let one = KeyRing::generate(&dir, minutes(0), KeyOrigin::Operator).unwrap();
    let two = KeyRing::rotate(&dir, minutes(0), ROTATION).unwrap();
    let pem = |info: &KeyInfo| dir.join(format!("{}.pem", info.key_id));
    fs::copy(pem(&two), pem(&one)).unwrap();
    let error = KeyRing::load(&dir, minutes(0)).unwrap_err().to_string();
    assert!(error.contains("another key than its name"), "{error}");

    fs::write(pem(&one), "marked-secret").unwrap();
    let error = KeyRing::load(&dir, minutes(0)).unwrap_err().to_string();
    assert!(error.contains("PKCS#8") && !error.contains("marked"), "{error}");
}

#[test]
fn a_manifest_cannot_name_a_path() {
    let (_temp, dir) = folder();
    let made = KeyRing::generate(&dir, minutes(0), KeyOrigin::Operator).unwrap();
    let manifest = fs::read_to_string(dir.join(MANIFEST)).unwrap();
    let evil = manifest.replace(&made.key_id, "../../etc/passwd");
    fs::write(dir.join(MANIFEST), evil).unwrap();
    assert!(matches!(KeyRing::load(&dir, minutes(0)), Err(KeyRingError::Manifest { .. })));
    fs::write(dir.join(MANIFEST), "{").unwrap();
    assert!(matches!(KeyRing::load(&dir, minutes(0)), Err(KeyRingError::Manifest { .. })));
}

#[cfg(unix)]
#[test]
fn keys_that_others_can_read_are_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_temp, dir) = folder();
    let made = KeyRing::generate(&dir, minutes(0), KeyOrigin::Operator).unwrap();
    let pem = dir.join(format!("{}.pem", made.key_id));
    let chmod = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();

    chmod(&pem, 0o644);
    assert!(KeyRing::load(&dir, minutes(0)).unwrap_err().to_string().contains("chmod 600"));
    chmod(&pem, 0o600);
    chmod(&dir, 0o755);
    assert!(KeyRing::load(&dir, minutes(0)).unwrap_err().to_string().contains("chmod 700"));
    chmod(&dir, 0o700);
    assert!(KeyRing::load(&dir, minutes(0)).is_ok());
}

#[test]
fn a_ring_does_not_print_its_keys() {
    let (_temp, dir) = folder();
    let made = KeyRing::generate(&dir, minutes(0), KeyOrigin::Operator).unwrap();
    let pem = fs::read_to_string(dir.join(format!("{}.pem", made.key_id))).unwrap();
    let printed = format!("{:?}", KeyRing::load(&dir, minutes(0)).unwrap());
    assert!(pem.lines().all(|line| !printed.contains(line)));
}
