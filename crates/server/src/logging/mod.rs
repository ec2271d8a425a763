//! The log, and the traces that go to a collector.

mod json_lines;
mod traces;

use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt};

use crate::failure::{Failure, While as _};
use crate::settings::{Log, LogFormat};
use json_lines::{JsonLines, SpanMembers};
pub(crate) use traces::{CollectedTraces, Collector};

/// Sends the log to standard error, as text for people or as JSON lines for machines, and spans to the collector when
/// there is one. What it gives back is dropped last.
pub(crate) fn start(log: &Log) -> Result<Option<Collector>, Failure> {
    let doing = "starting the log";
    let filter = log.level.parse::<EnvFilter>().doing("reading LOG_LEVEL")?;
    let lines = fmt::layer::<Registry>().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Text => {
            let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
            lines.with_ansi(colour).with_target(false).compact().with_filter(filter).boxed()
        }
        LogFormat::Json => lines.fmt_fields(SpanMembers).event_format(JsonLines).with_filter(filter).boxed(),
    };
    let collector = log.collector.as_ref().map(Collector::start).transpose()?;
    let traces = collector.as_ref().map(Collector::layer);
    tracing_subscriber::registry().with(lines).with(traces).try_init().doing(doing)?;
    Ok(collector)
}
