//! What the machine does when it does nothing else.

use voxgate_testkit::postgres::Cluster;

use super::super::BenchError;
use super::super::context::Context;
use super::{PEOPLE, Stand, mean};
use crate::limits::{Raw, argon2, rsa_sign, rsa_verify};
use crate::load::Ask;
use crate::report::{Bound, Ratio, Report};
use crate::stand::{Data, Kind};
use crate::works::Forever;

/// Hashes and signatures alone.
pub(in crate::plan) async fn raw(context: &Context<'_>, report: &mut Report) -> Result<(), BenchError> {
    let counted = context.options.counted();
    for (name, measure) in
        [("argon2id hashes", argon2 as fn(_) -> _), ("RSA-2048 signs", rsa_sign), ("RSA-2048 verifies", rsa_verify)]
    {
        let raw = alone(name, move || measure(counted)).await?;
        report.limit(&format!("{name}, {} threads", raw.threads), None, raw.per_second);
    }
    let size = std::fs::metadata(&context.binary).map_or(0, |file| file.len());
    #[expect(clippy::cast_precision_loss, reason = "a size that is shown")]
    let value = size as f64 / f64::from(1 << 20);
    report.ratio(Ratio {
        name: "release binary".to_owned(),
        database: None,
        measured: format!("{value:.1} MiB"),
        beside: "absolute".to_owned(),
        value,
        bound: Bound::AtMost(30.0),
    });
    Ok(())
}

/// What one kind of raw work makes of a second.
pub(super) async fn alone<E: std::fmt::Display + Send + 'static>(
    name: &str,
    measure: impl FnOnce() -> Result<Raw, E> + Send + 'static,
) -> Result<Raw, BenchError> {
    let measured = tokio::task::spawn_blocking(measure).await.map_err(|error| BenchError::Other(error.to_string()))?;
    measured.map_err(|error| BenchError::Other(format!("{name}: {error}")))
}

/// Handlers that do one thing, and the database alone.
pub(super) async fn of_database(stand: &Stand<'_>, report: &mut Report) -> Result<(), BenchError> {
    let (context, data) = (stand.context, stand.data);
    for (name, path) in [("actix-web, a handler that does nothing", "/nothing"), ("actix-web, one read", "/row")] {
        let rate = handler(stand, path).await?;
        report.limit(name, Some(data.kind.name()), rate);
    }
    if data.kind == Kind::Postgres {
        report.limit("pgbench --select-only", Some(data.kind.name()), pgbench(context, data)?);
    }
    Ok(())
}

/// How often `path` of the limit program is answered in a second.
pub(super) async fn handler(stand: &Stand<'_>, path: &'static str) -> Result<f64, BenchError> {
    let Stand { context, limit, .. } = stand;
    let (method, status) = match path {
        "/transaction" => (http::Method::POST, http::StatusCode::NO_CONTENT),
        _ => (http::Method::GET, http::StatusCode::OK),
    };
    let ask = move || Ask { method: method.clone(), path: path.to_owned(), bearer: None, json: None, from: None };
    let clients = (0..PEOPLE).map(|_| Forever::new(path, status, ask.clone())).collect();
    let load = context.load((limit.address(), limit.pid()), None, clients, context.options.counted());
    Ok(load.await?.measured.per_second)
}

/// What pgbench counts, in a database of its own.
fn pgbench(context: &Context<'_>, data: &Data) -> Result<f64, BenchError> {
    let failed = |error: &dyn std::fmt::Display| BenchError::Other(format!("pgbench: {error}"));
    let seconds = context.options.counted().as_secs().max(1).to_string();
    let mut rates = Vec::new();
    for arguments in [
        &["--initialize", "--quiet", "--scale=10"][..],
        &["--select-only", "--no-vacuum", "--protocol=prepared", "--client=16", "--jobs=1", "--time", &seconds],
    ] {
        let mut command = Cluster::program("pgbench").map_err(|error| failed(&error))?;
        let output = command.args(arguments).arg(&data.url).output().map_err(|error| failed(&error))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            return Err(failed(&String::from_utf8_lossy(&output.stderr)));
        }
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse::<f64>().ok());
        rates.extend(rate);
    }
    Ok(mean(&rates))
}
