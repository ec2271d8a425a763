//! The command line.

use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use voxgate_domain::UserId;

/// Voxgate: accounts and authentication for voice-biomarker healthcare.
///
/// Settings come from environment variables; `voxgate config check` shows them. In development a `.env` file is read.
#[derive(Debug, Parser)]
#[command(version, after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage or faulty settings.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve HTTP until SIGTERM or ctrl-c (what happens without a command)
    Serve,
    /// Bring the database up to date
    Migrate,
    /// The RSA keys that sign access tokens, and those that encrypt what is stored
    #[command(subcommand)]
    Keys(Keys),
    /// The roles
    #[command(subcommand)]
    Roles(Roles),
    /// Administrators
    #[command(subcommand)]
    Admin(Admin),
    /// What is kept, and for how long
    #[command(subcommand)]
    Retention(Retention),
    /// Print the OpenAPI document
    Openapi,
    /// The settings
    #[command(subcommand)]
    Config(Config),
    /// Ask a running service whether it is ready: exit code 0 when it is
    Health(Health),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make the first key
    Generate,
    /// Make a key that takes the place of the current one, whose tokens stay valid until they expire
    ///
    /// With `--encryption` it is about the keys that encrypt secrets of authenticator apps and mails that have not left:
    /// puts a new key first where they are kept in a file (an operator who sets `ENCRYPTION_KEYS` has done so before), and
    /// seals everything stored anew with the first one, so that the others are not needed any more.
    Rotate {
        /// Rotate the keys that encrypt what is stored
        #[arg(long, conflicts_with = "lead")]
        encryption: bool,
        /// How long the new key is only published before it signs, so that every replica and client knows it
        #[arg(long, default_value = "2m", value_parser = humantime::parse_duration)]
        lead: Duration,
    },
    /// Show every key
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Roles {
    /// Make the roles that every installation begins with, where they are missing
    Init,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    /// Make an active user with the role `admin`
    Create(AdminCreate),
}

#[derive(Debug, Args)]
pub(crate) struct AdminCreate {
    /// Address of the administrator
    #[arg(long)]
    pub(crate) email: String,
    /// Read the password from the first line of standard input
    #[arg(long, required = true)]
    pub(crate) password_stdin: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Retention {
    /// Purge what is not needed any more, as the daily job does
    Run {
        /// Only show how much there is
        #[arg(long)]
        dry_run: bool,
    },
    /// Suspend purging of a user: a legal hold
    Hold(Hold),
    /// Lift a legal hold
    Release(Hold),
}

#[derive(Debug, Args)]
pub(crate) struct Hold {
    /// Id of the user
    #[arg(long)]
    pub(crate) user: UserId,
    /// Why, for the audit trail: 1 to 500 characters
    #[arg(long, value_parser = reason)]
    pub(crate) reason: String,
}

fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    let fits = (1..=500).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err("must have 1 to 500 characters, none of them control characters".into())
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Check every setting and show the values in force, secrets masked
    Check,
}

#[derive(Debug, Args)]
pub(crate) struct Health {
    /// Where the service listens; `BIND_ADDR` when not given
    #[arg(long)]
    pub(crate) address: Option<std::net::SocketAddr>,
}
