//! What is measured: servers that this program starts, and what the operating system says of them.

mod data;
mod process;
mod program;
mod voxgate;

pub(crate) use data::{Data, Kind, Size};
pub(crate) use process::Usage;
pub(crate) use program::Program;
pub(crate) use voxgate::{Limits, Voxgate};

use std::io;
use std::net::TcpListener;
use std::time::Duration;

/// How long a server may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Why something that is to be measured does not run.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StandError {
    /// A program or a file.
    #[error("{what}: {cause}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        cause: io::Error,
    },
    /// It ended, or did not answer in time.
    #[error("{0}")]
    Failed(String),
}

impl StandError {
    /// What makes an error of the operating system one of `what`.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |cause| Self::Io { what: what.into(), cause }
    }
}

/// A port that nobody uses just now.
pub(crate) fn free_port() -> Result<u16, StandError> {
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    port.map(|address| address.port()).map_err(StandError::io("looking for a free port"))
}
