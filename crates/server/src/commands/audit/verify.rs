//! `voxgate audit verify`

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use voxgate_application::{Verdict, Verification, verify_export};
use voxgate_crypto::{SealPublicKeys, Sha256Digest};
use voxgate_domain::ports::SealVerifier;

use super::progress::Progress;
use crate::cli::AuditVerify;
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::{terminal, wiring};

const DOING: &str = "verifying the audit trail";

/// Verifies the trail in the database.
pub(super) async fn database(verify: &AuditVerify, settings: &Settings) -> Result<(), Failure> {
    let database = super::database(settings).await?;
    let trail = match &verify.key {
        Some(path) => {
            let keys = Arc::new(public_keys(path)?);
            wiring::audit_trail(settings, &database, Arc::clone(&keys) as _, keys)
        }
        None => {
            let keys = wiring::seal_keys(settings)?;
            wiring::audit_trail(settings, &database, Arc::clone(&keys) as _, keys)
        }
    };
    let mut progress = Progress::begin();
    let what = Verification { from: verify.from.unwrap_or(0), expect: verify.expect_seal };
    let verdict = trail.verify(what, &mut |done, total| progress.at(done, total)).await;
    progress.end();
    tell(&verdict.doing(DOING)?, verify.json, &progress)
}

/// Verifies an export.
pub(super) fn file(verify: &AuditVerify) -> Result<(), Failure> {
    let (Some(file), Some(key)) = (&verify.file, &verify.key) else {
        return Err(Failure::Usage("--file needs --key".to_owned()));
    };
    let keys: &dyn SealVerifier = &public_keys(key)?;
    let lines = BufReader::with_capacity(1 << 18, File::open(file).doing("opening the export")?);
    let mut progress = Progress::begin();
    let verdict =
        verify_export(lines, &Sha256Digest, keys, verify.expect_seal, &mut |done, total| progress.at(done, total));
    progress.end();
    tell(&verdict.doing(DOING)?, verify.json, &progress)
}

fn public_keys(path: &Path) -> Result<SealPublicKeys, Failure> {
    let text = fs::read_to_string(path).doing("reading --key")?;
    SealPublicKeys::from_pem(&text).map_err(|wrong| Failure::Usage(format!("--key {wrong}")))
}

/// Says how it ended.
fn tell(verdict: &Verdict, as_json: bool, progress: &Progress) -> Result<(), Failure> {
    let (seal, hash) = verdict.last_seal.filter(|(number, _)| *number > 0).unzip();
    if as_json {
        let finding = verdict.finding.as_ref().map(|finding| {
            json!({
                "fault": finding.fault.as_str(),
                "event": finding.event.map(|event| event.to_string()),
                "position": finding.position,
                "seal": finding.seal,
                "detail": finding.detail,
            })
        });
        let hash = hash.map(|hash| hash.to_string());
        let last_seal = seal.map(|number| json!({"number": number, "hash": hash}));
        let whole = finding.is_none();
        terminal::say(json!({"whole": whole, "events": verdict.events, "last_seal": last_seal, "finding": finding}));
    }
    if let Some(finding) = &verdict.finding {
        return Err(Failure::TrailBroken(finding.clone()));
    }
    if !as_json {
        terminal::say(format_args!(
            "the audit trail is whole: {} sealed events in {} seals, verified in {:.1?}",
            verdict.events,
            seal.unwrap_or(0),
            progress.elapsed()
        ));
        if let Some((number, hash)) = seal.zip(hash) {
            terminal::say(format_args!("last seal {number}:{hash}"));
        }
    }
    Ok(())
}
