//! The Voxgate binary: settings, wiring, command line and background jobs.
//!
//! - **Is**: the one place that knows every crate and plugs adapters into ports.
//! - **Is not**: rules, use cases, SQL, HTTP.
//! - **May depend on it**: nothing.

mod cli;
mod commands;
mod compliance;
mod failure;
mod jobs;
mod logging;
mod observation;
mod serve;
mod settings;
mod terminal;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

/// Requests allocate on the threads of the workers and are freed there, which it is made for; measured, not supposed
/// (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::complain(&failure);
            failure.exit_code()
        }
    }
}
