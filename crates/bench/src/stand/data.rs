//! Databases to measure on: filled once, and used again by the next run where they are files.

use std::path::{Path, PathBuf};

use voxgate_testkit::postgres::{Cluster, Fsync};

use super::voxgate::keys;
use super::{StandError, Voxgate};
use crate::seed;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// A file.
    Sqlite,
    /// A server, which this program starts.
    Postgres,
}

impl Kind {
    /// Its name in tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// How much is in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) users: u64,
    pub(crate) events: u64,
}

/// A database with keys that fit it.
pub(crate) struct Data {
    pub(crate) kind: Kind,
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
    /// The process of the server, if there is one.
    pub(crate) server: Option<u32>,
    cluster: Option<Cluster>,
}

impl Data {
    /// A database of `kind` with `size` in it, under `root`. It is made by `binary` and filled, unless an earlier run did.
    ///
    /// # Errors
    ///
    /// A [`StandError`] that says what is missing.
    pub(crate) async fn prepare(kind: Kind, size: Size, root: &Path, binary: &Path) -> Result<Self, StandError> {
        let name = format!("{}-{}-{}", kind.name().to_lowercase(), size.users, size.events);
        let folder = root.join(name);
        let filled = folder.join("filled");
        if kind == Kind::Postgres || !filled.exists() {
            // Half of it, or of a server that is gone.
            let _ = std::fs::remove_dir_all(&folder);
        }
        std::fs::create_dir_all(&folder).map_err(StandError::io(folder.display().to_string()))?;
        let mut data = match kind {
            Kind::Sqlite => {
                let url = format!("sqlite://{}", folder.join("voxgate.db").display());
                Self { kind, url, folder, server: None, cluster: None }
            }
            Kind::Postgres => {
                let cluster = Cluster::private(Fsync::On).map_err(|error| StandError::Failed(error.to_string()))?;
                let (url, server) = (cluster.admin_url(), postmaster(&cluster)?);
                Self { kind, url, folder, server: Some(server), cluster: Some(cluster) }
            }
        };
        if !filled.exists() {
            data.fill(size, binary).await?;
            std::fs::write(&filled, []).map_err(StandError::io(filled.display().to_string()))?;
        }
        Ok(data)
    }

    /// Another, empty database on the same server.
    ///
    /// # Errors
    ///
    /// A [`StandError`] when there is no server.
    pub(crate) fn beside(&self, name: &str) -> Result<String, StandError> {
        let failed = |error: &dyn std::fmt::Display| StandError::Failed(format!("making the database {name}: {error}"));
        let cluster = self.cluster.as_ref().ok_or_else(|| failed(&"there is no server"))?;
        cluster.psql(&format!("CREATE DATABASE {name}")).map_err(|error| failed(&error))?;
        let (server, _) = self.url.rsplit_once('/').unwrap_or_default();
        Ok(format!("{server}/{name}"))
    }

    async fn fill(&mut self, size: Size, binary: &Path) -> Result<(), StandError> {
        Voxgate::prepare(binary, &self.url, &self.folder)?;
        let filled = seed::fill_for_load(&self.url, size.users, size.events, keys(&self.folder)).await;
        filled.map_err(|error| StandError::Failed(format!("filling {}: {error}", self.url)))
    }
}

/// The process that all connections are children of.
fn postmaster(cluster: &Cluster) -> Result<u32, StandError> {
    let failed = |error: String| StandError::Failed(format!("looking for the process of PostgreSQL: {error}"));
    let file = cluster.psql("SELECT pg_read_file('postmaster.pid')").map_err(|error| failed(error.to_string()))?;
    file.lines().find_map(|line| line.trim().parse().ok()).ok_or_else(|| failed(file))
}
