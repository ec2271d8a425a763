//! Logins beside raw hashes.

use super::super::{BenchError, Group};
use super::limits::alone;
use super::{Stand, Turns, mean, shown};
use crate::limits::{ARGON2, argon2};
use crate::report::{Bound, Report};
use crate::stand::Limits;
use crate::works::Work;

/// As many as log in at once.
const CONNECTIONS: usize = 16;

/// How many logins there are for one hash, how long the slowest take, and what memory each takes.
pub(super) async fn ratios(stand: &Stand<'_>, report: &mut Report) -> Result<(), BenchError> {
    if !stand.wants(Group::Login) {
        return Ok(());
    }
    let counted = stand.context.options.counted();
    let mut slowest = Vec::new();
    let turns = Turns::take(
        stand.context,
        async || Ok(alone("argon2id", move || argon2(counted)).await?.per_second),
        async || {
            let measured = stand.load(Work::Login, CONNECTIONS).await?.measured;
            slowest.push(measured.p99_ms);
            Ok(measured.per_second)
        },
    )
    .await?;
    let hashes = format!("raw argon2id hashes {}", shown(&turns.a));
    let (name, bound) = ("login, 16 connections", Bound::AtLeast(0.95));
    report.ratio(stand.ratio(name, shown(&turns.b), hashes.clone(), turns.b_to_a(), bound));

    #[expect(clippy::cast_precision_loss, reason = "16")]
    let fair_ms = CONNECTIONS as f64 / turns.mean_a() * 1e3;
    let measured = format!("{:.0} ms", mean(&slowest));
    let beside = format!("connections / {hashes} = {fair_ms:.0} ms");
    let (name, bound) = ("login p99, 16 connections", Bound::AtMost(1.5));
    report.ratio(stand.ratio(name, measured, beside, mean(&slowest) / fair_ms, bound));
    memory(stand, report).await
}

/// What a server that has just started needs more when everybody logs in.
async fn memory(stand: &Stand<'_>, report: &mut Report) -> Result<(), BenchError> {
    let server = stand.context.voxgate(stand.data, &Limits::Off)?;
    let counted = stand.context.options.counted();
    // What serving takes at all: connections, statements, caches.
    stand.load_on(&server, Work::Profile, CONNECTIONS, counted / 2).await?;
    let before = server.usage()?.resident;
    stand.load_on(&server, Work::Login, CONNECTIONS, counted).await?;
    let after = server.usage()?.most_resident;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(CONNECTIONS);
    #[expect(clippy::cast_precision_loss, reason = "sizes that are compared")]
    let each = after.saturating_sub(before) as f64 / threads as f64;
    let parameter = f64::from(ARGON2.0) * 1_024.0;
    let mib = f64::from(1 << 20);
    let measured = format!("{:.1} MiB for each of {threads} at once", each / mib);
    let beside = format!("argon2 memory {:.1} MiB", parameter / mib);
    let (name, bound) = ("login, memory a concurrent login", Bound::AtMost(1.05));
    report.ratio(stand.ratio(name, measured, beside, each / parameter, bound));
    Ok(())
}
