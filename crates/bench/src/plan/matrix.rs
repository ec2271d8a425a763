//! The table: every work, on every number of connections.

use voxgate_testkit::redis::RedisServer;

use super::BenchError;
use super::context::{Context, Costed, target};
use crate::progress::Progress;
use crate::report::{Load, Report};
use crate::stand::{Data, Limits};
use crate::works::Work;

/// Measures each work on `data`, with limits counted by nobody, then by Redis.
pub(super) async fn of_database(context: &Context<'_>, data: &Data, report: &mut Report) -> Result<(), BenchError> {
    if context.options.works().next().is_none() {
        return Ok(());
    }
    with(context, data, &Limits::Off, report).await?;
    let redis = RedisServer::start().map_err(|error| BenchError::Other(error.to_string()))?;
    with(context, data, &Limits::Redis(redis.url()), report).await
}

async fn with(context: &Context<'_>, data: &Data, limits: &Limits, report: &mut Report) -> Result<(), BenchError> {
    let connections = context.options.connections();
    let server = context.voxgate(data, limits)?;
    let most = connections.iter().copied().max().unwrap_or(1);
    let people = context.people(&server, data, most).await?;
    let redis = matches!(limits, Limits::Redis(_));
    let name = format!("{}{}", data.kind.name(), if redis { " with Redis" } else { "" });
    let progress = Progress::of(&name, context.options.works().count() * connections.len());
    for &connections in connections {
        for work in context.options.works() {
            // It waits for the next time step, once a database is enough to see that it works.
            if context.options.smoke && redis && work == Work::MfaLogin {
                continue;
            }
            progress.begin(&format!("{} on {connections} connections", work.name()));
            if work == Work::MfaLogin {
                tokio::time::sleep(people.with_mfa.rested_in()).await;
            }
            let clients = work.clients(&people, connections);
            let load = context.load(target(&server), data.server, clients, context.options.table_counted());
            report.load(row(data, redis, work, connections, load.await?));
            progress.advance();
        }
    }
    Ok(())
}

fn row(data: &Data, redis: bool, work: Work, connections: usize, costed: Costed) -> Load {
    let Costed { mut measured, cpu, database_cpu, resident } = costed;
    // Where one of it is two requests, the times stay those of one request.
    let requests = work.requests();
    measured.requests /= requests;
    #[expect(clippy::cast_precision_loss, reason = "one or two")]
    let factor = requests as f64;
    measured.per_second /= factor;
    let micros = |time: std::time::Duration| time.as_secs_f64() * 1e6 * factor;
    #[expect(clippy::cast_precision_loss, reason = "memory is shown, not counted on")]
    let resident_mib = resident as f64 / f64::from(1 << 20);
    let (cpu_us, database_cpu_us) = (micros(cpu), micros(database_cpu));
    Load {
        database: data.kind.name(),
        redis,
        work: work.name(),
        connections,
        measured,
        cpu_us,
        database_cpu_us,
        resident_mib,
    }
}
