//! What `all` measures, in which order.

mod context;
mod matrix;
mod options;
mod ratios;

use std::process::ExitCode;

pub(crate) use options::{Group, Options};

use context::Context;

use crate::report::Report;
use crate::stand::StandError;

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// Something does not run.
    #[error(transparent)]
    Stand(#[from] StandError),
    /// A load came to no figure.
    #[error(transparent)]
    Load(#[from] crate::load::LoadError),
    /// A program outside of this one.
    #[error("{0}")]
    Other(String),
}

/// Measures, prints and writes what it found.
pub(crate) async fn run(options: &Options) -> ExitCode {
    match measure(options).await {
        Ok(true) => ExitCode::SUCCESS,
        // The figures are there; some are not what they should be.
        Ok(false) if options.insist => ExitCode::from(2),
        Ok(false) => ExitCode::SUCCESS,
        Err(error) => {
            crate::say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &Options) -> Result<bool, BenchError> {
    let context = Context::new(options)?;
    let mut report = Report::of_this_machine();
    ratios::raw(&context, &mut report).await?;
    for &kind in &options.databases {
        let data = context.data(kind, context.large()).await?;
        ratios::of_database(&context, &data, &mut report).await?;
        matrix::of_database(&context, &data, &mut report).await?;
        ratios::lists(&context, &data, &mut report).await?;
    }
    report.write(&options.out).map_err(StandError::io(options.out.display().to_string()))?;
    crate::say(&report.to_string());
    Ok(report.all_met())
}
