//! What is to be measured.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::stand::Kind;
use crate::works::Work;

/// Ratios that are measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Group {
    /// Logins: how many, how slow, how much memory
    Login,
    /// Refreshes
    Refresh,
    /// Profiles: how many, with limits in Redis, beside a storm of logins, what memory they leave
    Profile,
    /// First and deep pages of large lists
    Pages,
    /// Profiles beside a FastAPI service
    Fastapi,
}

/// What is to be measured.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The server; the release build of this checkout, unless given
    #[arg(long)]
    pub(crate) binary: Option<PathBuf>,
    /// Where the databases are kept between runs
    #[arg(long, default_value = "target/bench-data")]
    pub(crate) data: PathBuf,
    /// Where the figures go
    #[arg(long, default_value = "bench/results.json")]
    pub(crate) out: PathBuf,
    /// On which databases
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    pub(crate) databases: Vec<Kind>,
    /// On how many connections
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64, 256])]
    pub(crate) connections: Vec<usize>,
    /// How many users are in the large databases
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) users: u64,
    /// How many audit events
    #[arg(long, default_value_t = 10_000_000)]
    pub(crate) events: u64,
    /// How long each load of a ratio is counted, in seconds
    #[arg(long, default_value_t = 5.0)]
    pub(crate) seconds: f64,
    /// How long each load of the table is counted, in seconds
    #[arg(long, default_value_t = 2.0)]
    pub(crate) table_seconds: f64,
    /// How often the loads of a ratio take turns
    #[arg(long, default_value_t = 2)]
    pub(crate) rounds: u32,
    /// Only these ratios
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Group>,
    /// Leave the table out, and measure the ratios alone
    #[arg(long)]
    pub(crate) ratios_only: bool,
    /// Whether it works, not how fast: small databases, and loads of a moment
    #[arg(long)]
    pub(crate) smoke: bool,
    /// End with code 2 when a ratio is not reached
    #[arg(long)]
    pub(crate) insist: bool,
}

impl Options {
    /// How long a load of a ratio is counted.
    pub(crate) fn counted(&self) -> Duration {
        if self.smoke { Duration::from_millis(300) } else { Duration::from_secs_f64(self.seconds.max(0.1)) }
    }

    /// How long a load of the table is counted.
    pub(crate) fn table_counted(&self) -> Duration {
        if self.smoke { Duration::from_millis(600) } else { Duration::from_secs_f64(self.table_seconds.max(0.1)) }
    }

    /// How long a server runs under load before its memory is looked at.
    pub(crate) fn long(&self) -> Duration {
        if self.smoke { Duration::from_secs(1) } else { Duration::from_secs(60) }
    }

    /// The connections of the table.
    pub(crate) fn connections(&self) -> &[usize] {
        if self.smoke { &[4] } else { &self.connections }
    }

    /// Whether `group` is to be measured.
    pub(crate) fn wants(&self, group: Group) -> bool {
        self.only.is_empty() || self.only.contains(&group)
    }

    /// The works of the table.
    pub(crate) fn works(&self) -> impl Iterator<Item = Work> {
        let nothing = self.ratios_only;
        Work::ALL.into_iter().filter(move |_| !nothing)
    }
}
