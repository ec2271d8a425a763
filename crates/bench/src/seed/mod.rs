//! Large databases to measure on.

use std::process::ExitCode;

use clap::Args;

/// What to make, and where.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many users
    #[arg(long, default_value_t = 1_000_000)]
    users: u64,
}

/// Fills the database.
pub(crate) async fn run(options: &Options) -> ExitCode {
    let _ = options.users;
    ExitCode::FAILURE
}
