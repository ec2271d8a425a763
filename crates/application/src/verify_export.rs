//! Verify an export, with the public keys alone: what an auditor does, far from the service.

use std::io::{self, BufRead, Read as _};

use voxgate_domain::audit::{Fault, Finding, Hash, TrailCheck};
use voxgate_domain::ports::{Digest, SealVerifier};

use crate::trail_lines::{EventLine, SEAL, SealLine};
use crate::verify_trail::Progress;
use crate::{TrailError, Verdict};

/// The longest line that is read: an event has a few hundred bytes, and no column of it may have many more.
const MAX_LINE: u64 = 64 * 1_024;

/// Verifies the export that `lines` yields, in memory that does not grow with it.
///
/// # Errors
///
/// [`TrailError::Export`] when it cannot be read or is no export; what is wrong with the trail is in the verdict.
pub fn verify_export(
    mut lines: impl BufRead,
    digest: &dyn Digest,
    verifier: &dyn SealVerifier,
    expect: Option<(u64, Hash)>,
    progress: Progress<'_>,
) -> Result<Verdict, TrailError> {
    let mut check = TrailCheck::from_start(digest, verifier);
    let finding = match read_all(&mut lines, &mut check, expect, progress) {
        Ok(()) => None,
        Err(Stop::Found(finding)) => Some(finding),
        Err(Stop::Failed(error)) => return Err(error.into()),
    };
    Ok(Verdict { finding, events: check.events(), last_seal: check.last_seal() })
}

enum Stop {
    Found(Finding),
    Failed(io::Error),
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Found(finding)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

fn read_all(
    lines: &mut impl BufRead,
    check: &mut TrailCheck<'_>,
    expect: Option<(u64, Hash)>,
    progress: Progress<'_>,
) -> Result<(), Stop> {
    let mut line = String::new();
    let mut met = None;
    for number in 1_u64.. {
        line.clear();
        if lines.by_ref().take(MAX_LINE).read_line(&mut line)? == 0 {
            break;
        }
        let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("line {number}: {why}"));
        if !line.ends_with('\n') {
            return Err(wrong("is torn, or longer than any of ours".to_owned()).into());
        }
        if line.starts_with(SEAL) {
            let seal = serde_json::from_str::<SealLine>(&line).map_err(|error| wrong(error.to_string()))?;
            check.close()?;
            met = met.or(expected_and_other(check, expect));
            check.seal(seal.into_seal().map_err(wrong)?)?;
        } else {
            let event = serde_json::from_str::<EventLine>(&line).map_err(|error| wrong(error.to_string()))?;
            // An event without a place was not sealed yet when the export was made.
            if let Some(entry) = event.into_entry().map_err(wrong)? {
                check.entry(&entry)?;
            }
        }
        if number.is_multiple_of(8_192) {
            progress(number, 0);
        }
    }
    check.close().map_err(|finding| match finding.fault {
        Fault::Deleted => Finding { fault: Fault::Truncated, ..finding },
        _ => finding,
    })?;
    match (expect, met.or(expected_and_other(check, expect))) {
        (None, _) | (Some(_), Some(true)) => Ok(()),
        (Some((number, _)), Some(false)) => Err(forged(number).into()),
        (Some((number, _)), None) => Err(missing(number).into()),
    }
}

/// Whether the seal that was just ended is the expected one; nothing when it has another number.
fn expected_and_other(check: &TrailCheck<'_>, expect: Option<(u64, Hash)>) -> Option<bool> {
    let ((number, hash), (expected, expected_hash)) = (check.last_seal()?, expect?);
    (number == expected).then_some(hash == expected_hash)
}

fn forged(number: u64) -> Finding {
    let detail = "it is not the seal that was written down elsewhere";
    Finding { fault: Fault::SealForged, event: None, position: None, seal: Some(number), detail }
}

fn missing(number: u64) -> Finding {
    let detail = "the seal that was written down elsewhere is not there: the end of the trail was cut off";
    Finding { fault: Fault::Truncated, event: None, position: None, seal: Some(number), detail }
}
