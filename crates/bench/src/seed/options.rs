//! What to make, and where.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use voxgate_crypto::{Argon2Hasher, Argon2Settings, SealAnchorFile, SealKeys, SystemClock};
use voxgate_domain::ports::{Clock as _, PasswordHasher as _};
use voxgate_domain::{Password, Timestamp};

use super::SeedError;

/// The password of everybody who can log in: nothing that it guards is anybody's.
pub(crate) const PASSWORD: &str = "Bench!mark-kettle-orbit-47";

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// How long the service has been growing.
const YEARS: u32 = 3;

/// What to make, and where.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The database that `voxgate migrate` made: postgres://… or sqlite://…
    #[arg(long)]
    pub(super) database: String,

    /// How many users
    #[arg(long, default_value_t = 1_000_000)]
    pub(super) users: u64,

    /// How many audit events
    #[arg(long, default_value_t = 10_000_000)]
    pub(super) events: u64,

    /// How many of the users can log in, as bench-0000@example.org and so on; bench-admin@example.org can as well
    #[arg(long, default_value_t = 256)]
    pub(super) logins: u64,

    /// The hash of their password as a PHC string, instead of that of the documented password
    #[arg(long)]
    pub(super) password_hash: Option<String>,

    /// The server's JWT_KEYS_DIR after `voxgate keys generate`: the events are sealed by its key. Without, they wait
    #[arg(long)]
    pub(super) keys: Option<PathBuf>,

    /// The same number gives the same rows
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,

    /// When the last of it happened, in seconds since 1970; now, unless given
    #[arg(long)]
    pub(super) until: Option<i64>,
}

/// What seals events.
pub(super) struct Seals {
    pub(super) keys: SealKeys,
    pub(super) anchor: SealAnchorFile,
}

/// What will be made.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) users: u64,
    pub(super) events: u64,
    pub(super) logins: u64,
    pub(super) password_hash: String,
    pub(super) seals: Option<Arc<Seals>>,
    pub(super) seed: u64,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Plan {
    pub(super) async fn new(options: &Options) -> Result<Self, SeedError> {
        let now = SystemClock.now();
        let until = match options.until {
            None => now,
            Some(seconds) => seconds
                .checked_mul(1_000_000)
                .and_then(Timestamp::from_unix_micros)
                .filter(|until| *until <= now)
                .ok_or_else(|| SeedError::Option("--until must be in the past".to_owned()))?,
        };
        // Numbers have four digits in the addresses, and a clinic needs somebody beside those who measure.
        if options.logins > 10_000 || options.users < options.logins.saturating_add(20) {
            let message = "--logins must be at most 10000, and --users at least 20 more";
            return Err(SeedError::Option(message.to_owned()));
        }
        let password_hash = match &options.password_hash {
            Some(phc) if phc.starts_with("$argon2") && phc.len() <= 512 => phc.clone(),
            Some(_) => return Err(SeedError::Option("--password-hash must be a PHC string of argon2".to_owned())),
            None => hash().await?,
        };
        let seals = options.keys.as_ref().map(|folder| {
            let folder = folder.join("audit");
            let keys = SealKeys::load(folder.clone(), now).map_err(|error| SeedError::Keys(error.to_string()))?;
            Ok::<_, SeedError>(Arc::new(Seals { keys, anchor: SealAnchorFile::new(&folder) }))
        });
        Ok(Self {
            users: options.users,
            events: options.events,
            logins: options.logins,
            password_hash,
            seals: seals.transpose()?,
            seed: options.seed,
            from: until.minus(DAY * 365 * YEARS),
            until,
        })
    }

    /// The first and the last moment.
    pub(super) fn period(&self) -> (Timestamp, Timestamp) {
        (self.from, self.until)
    }
}

/// The hash of the password at the parameters that the service has by default.
async fn hash() -> Result<String, SeedError> {
    let failed = |error: &dyn std::error::Error| SeedError::Option(format!("the password cannot be hashed: {error}"));
    let settings = Argon2Settings::default().with_threads(1).map_err(|error| failed(&error))?;
    let hasher = Argon2Hasher::new(settings).map_err(|error| failed(&error))?;
    let password = Password::parse(PASSWORD).map_err(|error| failed(&error))?;
    Ok(hasher.rehash(&password).await.map_err(|error| failed(&error))?.expose().to_owned())
}
