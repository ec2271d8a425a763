//! `voxgate compliance report`

use std::fs;
use std::path::Path;

use super::audit::progress::Progress;
use crate::cli::ComplianceReport;
use crate::compliance::{Report, Status, assess, gather, page};
use crate::failure::{Failure, While as _};
use crate::settings::Settings;
use crate::terminal;

/// Writes the report as a page and as JSON, and fails when a safeguard does not hold.
pub(crate) async fn report(command: ComplianceReport, settings: Settings) -> Result<(), Failure> {
    let database = super::audit::database(&settings).await?;
    let mut progress = Progress::begin();
    let evidence = gather(&settings, &database, &mut |done, total| progress.at(done, total)).await;
    progress.end();
    let report = assess(&settings, &evidence?);
    write(&command.out, &report)?;
    show(&command.out, &report);
    match report.failures() {
        0 => Ok(()),
        failures => Err(Failure::NotCompliant { failures }),
    }
}

fn write(dir: &Path, report: &Report) -> Result<(), Failure> {
    let doing = "writing the report";
    fs::create_dir_all(dir).doing(doing)?;
    let json = serde_json::to_string_pretty(report).doing(doing)?;
    fs::write(dir.join("compliance-report.json"), json + "\n").doing(doing)?;
    fs::write(dir.join("compliance-report.html"), page(report).doing(doing)?).doing(doing)
}

fn show(dir: &Path, report: &Report) {
    for safeguard in &report.safeguards {
        let mark = match safeguard.status {
            Status::Pass => "pass",
            Status::Fail => "FAIL",
        };
        terminal::say(format_args!("{mark}  {}  ({})", safeguard.title, safeguard.clause));
        for line in safeguard.evidence.iter().filter(|_| safeguard.status == Status::Fail) {
            terminal::say(format_args!("      {line}"));
        }
    }
    terminal::say(format_args!("written to {}", dir.join("compliance-report.html").display()));
}
