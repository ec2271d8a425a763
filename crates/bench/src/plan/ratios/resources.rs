//! Time to start, and memory.

use std::time::Duration;

use super::super::context::Context;
use super::super::{BenchError, Group};
use super::{PEOPLE, Stand};
use crate::report::{Bound, Ratio, Report};
use crate::stand::{Data, Limits};
use crate::works::Work;

/// How often it is started.
const STARTS: usize = 5;
/// How long a server that does nothing is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(5);

fn absolute(name: &str, data: &Data, value: f64, unit: &str, most: f64) -> Ratio {
    Ratio::on(data, name, format!("{value:.1} {unit}"), "absolute".to_owned(), value, Bound::AtMost(most))
}

fn mib(bytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a size that is shown")]
    let bytes = bytes as f64;
    bytes / f64::from(1 << 20)
}

/// From exec to ready on a migrated database, the median of some starts; and what is resident when nothing was asked.
pub(super) async fn start_and_memory(
    context: &Context<'_>,
    data: &Data,
    report: &mut Report,
) -> Result<(), BenchError> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(context.voxgate(data, &Limits::Off)?.ready_after());
    }
    times.sort_unstable();
    let median = times.get(STARTS / 2).copied().unwrap_or_default().as_secs_f64() * 1e3;
    report.ratio(absolute("exec to ready", data, median, "ms", 150.0));
    let server = context.voxgate(data, &Limits::Off)?;
    tokio::time::sleep(IDLE.min(context.options.long())).await;
    report.ratio(absolute("resident memory idle", data, mib(server.usage()?.resident), "MiB", 40.0));
    Ok(())
}

/// What is resident when many profiles were read from a server that has just started.
pub(super) async fn after_a_long_load(stand: &Stand<'_>, report: &mut Report) -> Result<(), BenchError> {
    if !stand.wants(Group::Profile) {
        return Ok(());
    }
    let fresh = stand.context.voxgate(stand.data, &Limits::Off)?;
    let load = stand.load_on(&fresh, Work::Profile, PEOPLE, stand.context.options.long()).await?;
    let name = "resident memory after a minute of profiles";
    report.ratio(absolute(name, stand.data, mib(load.resident), "MiB", 80.0));
    Ok(())
}
