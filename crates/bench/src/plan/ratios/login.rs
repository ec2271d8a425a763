//! Logins beside raw hashes.

use std::sync::Arc;

use super::super::BenchError;
use super::super::context::{Context, target};
use super::{mean, shown};
use crate::limits::{ARGON2, argon2};
use crate::report::{Bound, Ratio, Report};
use crate::stand::{Data, Voxgate};
use crate::works::{People, Work};

/// As many as log in at once.
const CONNECTIONS: usize = 16;

/// How many logins there are for one hash, how long the slowest take, and what memory each takes.
pub(super) async fn ratios(
    context: &Context<'_>,
    data: &Data,
    server: &Voxgate,
    people: &Arc<People>,
    report: &mut Report,
) -> Result<(), BenchError> {
    if !context.options.wants("login") {
        return Ok(());
    }
    let counted = context.options.counted();
    let (mut hashes, mut logins, mut slowest) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..context.options.rounds {
        let raw = tokio::task::spawn_blocking(move || argon2(counted)).await;
        let raw = raw.map_err(|error| BenchError::Other(error.to_string()))?;
        hashes.push(raw.map_err(|error| BenchError::Other(error.to_string()))?.per_second);
        let clients = Work::Login.clients(people, CONNECTIONS);
        let load = context.load(target(server), data.server, clients, counted).await?;
        logins.push(load.measured.per_second);
        slowest.push(load.measured.p99_ms);
    }
    let database = Some(data.kind.name());
    let hashes_shown = format!("raw argon2id hashes {}", shown(&hashes));
    report.ratio(Ratio {
        name: "login, 16 connections".to_owned(),
        database,
        measured: shown(&logins),
        beside: hashes_shown.clone(),
        value: mean(&logins) / mean(&hashes),
        bound: Bound::AtLeast(0.95),
    });
    #[expect(clippy::cast_precision_loss, reason = "16")]
    let fair_ms = CONNECTIONS as f64 / mean(&hashes) * 1e3;
    report.ratio(Ratio {
        name: "login p99, 16 connections".to_owned(),
        database,
        measured: format!("{:.0} ms", mean(&slowest)),
        beside: format!("connections / {hashes_shown} = {fair_ms:.0} ms"),
        value: mean(&slowest) / fair_ms,
        bound: Bound::AtMost(1.5),
    });
    memory(context, data, people, report).await
}

/// What a server that has just started needs more when everybody logs in.
async fn memory(
    context: &Context<'_>,
    data: &Data,
    people: &Arc<People>,
    report: &mut Report,
) -> Result<(), BenchError> {
    let server = context.voxgate(data, &crate::stand::Limits::Off)?;
    // What serving takes at all: connections, statements, caches.
    let warm = Work::Profile.clients(people, CONNECTIONS);
    context.load(target(&server), None, warm, context.options.counted() / 2).await?;
    let before = server.usage()?.resident;
    let logins = Work::Login.clients(people, CONNECTIONS);
    context.load(target(&server), None, logins, context.options.counted()).await?;
    let after = server.usage()?.most_resident;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(CONNECTIONS);
    #[expect(clippy::cast_precision_loss, reason = "sizes that are compared")]
    let each = after.saturating_sub(before) as f64 / threads as f64;
    let parameter = f64::from(ARGON2.0) * 1_024.0;
    let mib = f64::from(1 << 20);
    report.ratio(Ratio {
        name: "login, memory a concurrent login".to_owned(),
        database: Some(data.kind.name()),
        measured: format!("{:.1} MiB for each of {threads} at once", each / mib),
        beside: format!("argon2 memory {:.1} MiB", parameter / mib),
        value: each / parameter,
        bound: Bound::AtMost(1.05),
    });
    Ok(())
}
