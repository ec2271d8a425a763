//! How fast Voxgate is beside the limits that the hash, the signature and the database set (docs/performance.md).
//!
//! - **Is**: a load driver that starts the release server, the programs that show the limits, and the load, in turns on one
//!   machine; and a maker of large databases to measure on.
//! - **Is not**: part of the product.
//! - **May depend on it**: nothing.

mod seed;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measures Voxgate beside the limits of the machine.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fill a database that `voxgate migrate` made with users, sessions and audit events
    Seed(seed::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Seed(options) => seed::run(&options).await,
    }
}
