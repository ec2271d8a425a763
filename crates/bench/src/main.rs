//! How fast Voxgate is beside the limits that the hash, the signature and the database set (docs/performance.md).
//!
//! - **Is**: a load driver that starts the release server, the programs that show the limits, and the load, in turns on one
//!   machine; and a maker of large databases to measure on.
//! - **Is not**: part of the product.
//! - **May depend on it**: nothing.

mod limits;
mod load;
mod plan;
mod progress;
mod report;
mod seed;
mod stand;
mod works;

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
    /// Measure everything: print one table, and write bench/results.json
    All(plan::Options),
    /// Fill a database that `voxgate migrate` made with users, sessions and audit events
    Seed(seed::Options),
    /// Serve handlers that do one thing, to compare with
    #[command(hide = true)]
    LimitServer(limits::ServerOptions),
}

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().command {
        Command::All(options) => plan::run(&options).await,
        Command::Seed(options) => seed::run(&options).await,
        Command::LimitServer(options) => limits::serve(&options).await,
    }
}

/// Says something to whoever waits.
#[expect(clippy::print_stdout, reason = "it is a program for a terminal")]
fn say(text: &str) {
    println!("{text}");
}
