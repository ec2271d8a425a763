//! The log.

use tracing_subscriber::EnvFilter;

use crate::failure::{Failure, While as _};
use crate::settings::{Log, LogFormat};

/// Sends the log to standard error, as text for people or as JSON lines for machines.
pub(crate) fn start(log: &Log) -> Result<(), Failure> {
    let filter = log.level.parse::<EnvFilter>().doing("reading LOG_LEVEL")?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => {
            let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
            builder.with_ansi(colour).with_target(false).compact().try_init()
        }
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    }
    .doing("starting the log")
}
