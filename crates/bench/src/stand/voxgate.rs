//! The release server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Program, StandError, Usage, free_port};

/// Who counts requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Limits {
    /// Nobody.
    Off,
    /// The Redis at this address, by limits that nobody comes near.
    Redis(String),
}

/// A running server.
pub(crate) struct Voxgate {
    program: Program,
}

impl Voxgate {
    /// Starts `binary` on `database`, with keys and mail in `folder`.
    ///
    /// The settings are those of an installation, with two exceptions: there are no rate limits unless they are what is
    /// measured; and the log, a JSON line a request as in production, goes
    /// nowhere.
    ///
    /// # Errors
    ///
    /// A [`StandError`] when it is not ready in time.
    pub(crate) fn start(binary: &Path, database: &str, folder: &Path, limits: &Limits) -> Result<Self, StandError> {
        let port = free_port()?;
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .env_clear()
            .current_dir(folder)
            .env("BIND_ADDR", format!("127.0.0.1:{port}"))
            .env("DATABASE_URL", database)
            .env("JWT_KEYS_DIR", keys(folder))
            .env("MAIL_DIR", folder.join("mail"))
            .env("LOG_FORMAT", "json")
            // Each connection says that it comes from somewhere else, as behind a proxy.
            .env("TRUSTED_PROXIES", "127.0.0.1/32")
            // Somebody who logs in 60 times a second shall not be asked to wait.
            .env("LOCKOUT_THRESHOLD", "100")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let names = ["USER", "IP"].map(|name| format!("RATE_LIMIT_PER_{name}"));
        let others = ["LOGIN_PER_IP", "RESET_PER_ACCOUNT", "REGISTER_PER_IP"].map(|name| format!("RATE_LIMIT_{name}"));
        let value = if *limits == Limits::Off { "off" } else { "10000/1s" };
        command.envs(names.iter().map(|name| (name, value))).envs(others.iter().map(|name| (name, "off")));
        if let Limits::Redis(url) = limits {
            command.env("REDIS_URL", url);
        }
        Ok(Self { program: Program::start(&mut command, port, "/health/ready")? })
    }

    /// Brings `database` up to date and makes keys in `folder`.
    ///
    /// # Errors
    ///
    /// A [`StandError`] when it cannot.
    pub(crate) fn prepare(binary: &Path, database: &str, folder: &Path) -> Result<(), StandError> {
        // A server makes both when it starts.
        Self::start(binary, database, folder, &Limits::Off).map(drop)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.program.address()
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.program.pid()
    }

    /// From the start of the process until it said that it was ready.
    pub(crate) fn ready_after(&self) -> Duration {
        self.program.ready_after()
    }

    /// What it has used.
    ///
    /// # Errors
    ///
    /// [`StandError::Failed`] when it has ended.
    pub(crate) fn usage(&self) -> Result<Usage, StandError> {
        self.program.usage()
    }
}

/// Where the keys are of a server whose data are in `folder`.
pub(crate) fn keys(folder: &Path) -> PathBuf {
    folder.join("keys")
}
