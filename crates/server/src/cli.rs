//! The command line.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use clap::{ArgGroup, Args, Parser, Subcommand};
use voxgate_domain::audit::{Hash, InvalidHash};
use voxgate_domain::{
    AuditEventId, Permission, Reason, ServiceAccount, ServiceAccountId, ServiceName, UserId, WebhookId,
};

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
    /// The keys that sign access tokens, that sign the audit trail, and that encrypt what is stored
    #[command(subcommand)]
    Keys(Keys),
    /// The roles
    #[command(subcommand)]
    Roles(Roles),
    /// Administrators
    #[command(subcommand)]
    Admin(Admin),
    /// The sessions of people
    #[command(subcommand)]
    Sessions(Sessions),
    /// The second factor of people
    #[command(subcommand)]
    Mfa(Mfa),
    /// Service accounts: machines that get tokens at `/auth/token`
    #[command(subcommand)]
    ServiceAccounts(ServiceAccounts),
    /// What is kept, and for how long
    #[command(subcommand)]
    Retention(Retention),
    /// Webhooks: which services are told of what happens to accounts
    #[command(subcommand)]
    Webhooks(Webhooks),
    /// The audit trail
    #[command(subcommand)]
    Audit(Audit),
    /// Evidence for auditors
    #[command(subcommand)]
    Compliance(Compliance),
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
        #[arg(long, default_value = "10m", value_parser = humantime::parse_duration)]
        lead: Duration,
        /// The key that signs the seals of the audit trail instead; the new one signs at once, the old one verifies for ever
        #[arg(long)]
        audit: bool,
    },
    /// Show every key
    List {
        /// Those that sign the seals of the audit trail instead
        #[arg(long)]
        audit: bool,
    },
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
pub(crate) enum Sessions {
    /// End those of a user, or of everybody: they log in again, and their access tokens count for nothing here any more
    End(SessionsEnd),
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whose").required(true)))]
pub(crate) struct SessionsEnd {
    /// Id of the user
    #[arg(long, group = "whose")]
    pub(crate) user: Option<UserId>,
    /// Those of everybody, as after a restore
    #[arg(long, group = "whose")]
    pub(crate) all: bool,
    /// Why, for the audit trail: 1 to 500 characters
    #[arg(long, value_parser = Reason::parse)]
    pub(crate) reason: Reason,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Mfa {
    /// Take app and recovery codes of a user away who lost both, and end their sessions
    ///
    /// Find out first who asks, by other means than the password and the mailbox: whoever has these gets in afterwards.
    Reset(OfUser),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceAccounts {
    /// Make one; prints its client id and, this once, its secret
    Create {
        /// What it is called: 1 to 64 of a-z, 0-9, -, _ and ., the first a letter
        #[arg(long, value_parser = ServiceName::parse)]
        name: ServiceName,
        /// What it may do: `revocations:read`, `audit:read`, `ops:read`; may be given several times
        #[arg(long = "permission", required = true, value_parser = permission)]
        permissions: Vec<Permission>,
        /// Why, for the audit trail: 1 to 500 characters
        #[arg(long, value_parser = Reason::parse)]
        reason: Option<Reason>,
    },
    /// Give one another secret, and print it this once
    Rotate {
        /// Its client id
        id: ServiceAccountId,
        /// How long the present secret works on beside the new one
        #[arg(long, default_value = "1d", value_parser = humantime::parse_duration)]
        overlap: Duration,
    },
    /// Switch one off, for good
    Disable {
        /// Its client id
        id: ServiceAccountId,
    },
    /// Show every one, newest first
    List,
}

fn permission(text: &str) -> Result<Permission, String> {
    Permission::parse(text).filter(|one| ServiceAccount::PERMISSIONS.contains(one)).ok_or_else(|| {
        let names: Vec<&str> = ServiceAccount::PERMISSIONS.iter().map(|permission| permission.as_str()).collect();
        format!("must be one of {}", names.join(", "))
    })
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
    Hold(OfUser),
    /// Lift a legal hold
    Release(OfUser),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Webhooks {
    /// Show every endpoint
    List,
    /// Send events again to an endpoint: those that were given up, unless it is said which
    Replay(WebhookReplay),
}

#[derive(Debug, Args)]
pub(crate) struct WebhookReplay {
    /// Id of the endpoint
    #[arg(long)]
    pub(crate) webhook: WebhookId,
    /// Every event from this time on, such as 2026-11-25T12:00:00Z
    #[arg(long, value_parser = humantime::parse_rfc3339, conflicts_with = "event")]
    pub(crate) from: Option<SystemTime>,
    /// This event, by its `webhook-id`; can be given more than once
    #[arg(long)]
    pub(crate) event: Vec<AuditEventId>,
}

#[derive(Debug, Args)]
pub(crate) struct OfUser {
    /// Id of the user
    #[arg(long)]
    pub(crate) user: UserId,
    /// Why, for the audit trail: 1 to 500 characters
    #[arg(long, value_parser = Reason::parse)]
    pub(crate) reason: Reason,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Compute the whole trail again and compare it with its seals: exit code 0 when it is whole, 1 when it is not
    Verify(AuditVerify),
    /// Write the whole trail with its seals as lines of JSON, which `verify --file` takes
    Export {
        /// Where to; standard output when not given
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Print the public keys of all seals as PEM, for `verify --key`
    Keys,
}

#[derive(Debug, Args)]
pub(crate) struct AuditVerify {
    /// Begin at this seal, and take what it says of those before it on trust
    #[arg(long, value_name = "N", conflicts_with = "file", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) from: Option<u64>,
    /// Verify this export instead of the database, with the keys in --key alone
    #[arg(long, requires = "key")]
    pub(crate) file: Option<PathBuf>,
    /// Trust the public keys in this PEM file instead of those in JWT_KEYS_DIR
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    /// A seal that must be there, as `N:HASH`, written down when it was new
    #[arg(long, value_name = "N:HASH", value_parser = expected_seal)]
    pub(crate) expect_seal: Option<(u64, Hash)>,
    /// Give the verdict as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

fn expected_seal(text: &str) -> Result<(u64, Hash), String> {
    let (number, hash) = text.split_once(':').ok_or("must be N:HASH")?;
    let number = number.parse().map_err(|_| "N must be the number of a seal")?;
    Ok((number, hash.parse().map_err(|error: InvalidHash| error.to_string())?))
}

#[derive(Debug, Subcommand)]
pub(crate) enum Compliance {
    /// Write what is found of each technical safeguard of the HIPAA Security Rule: exit code 0 when all hold, 1 when not
    Report(ComplianceReport),
}

#[derive(Debug, Args)]
pub(crate) struct ComplianceReport {
    /// The folder for compliance-report.html and compliance-report.json
    #[arg(long, default_value = ".")]
    pub(crate) out: PathBuf,
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
