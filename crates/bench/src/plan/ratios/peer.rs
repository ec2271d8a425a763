//! Beside a service of the kind that many write: FastAPI with fastapi-users on the same PostgreSQL.

use std::process::Command;
use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

use super::super::{BenchError, Group};
use super::{PEOPLE, Stand, Turns};
use crate::load::Ask;
use crate::report::{Bound, Report};
use crate::stand::{Kind, Program, free_port};
use crate::works::{Forever, Work};

/// What the peer says before it listens.
#[derive(Deserialize)]
struct Said {
    token: String,
}

/// What both make of a second on a core: their own processor time, since PostgreSQL is the same.
pub(super) async fn ratio(stand: &Stand<'_>, report: &mut Report) -> Result<(), BenchError> {
    let Stand { context, data, .. } = stand;
    // The peer is installed first, which is no part of whether the benchmark works.
    if data.kind != Kind::Postgres || context.options.smoke || !context.options.wants(Group::Fastapi) {
        return Ok(());
    }
    crate::say("installing and starting the FastAPI peer");
    let (database, port) = (data.beside("peer")?, free_port()?);
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/fastapi/run.sh"));
    command.args(["--database", &database, "--port", &port.to_string(), "--workers", "2"]);
    let (peer, said) = Program::start_saying(&mut command, port, "/openapi.json")?;
    let Said { token } = serde_json::from_str(&said)
        .map_err(|error| BenchError::Other(format!("the FastAPI peer said {said:?}: {error}")))?;
    let turns = Turns::take(
        context,
        async || {
            let me = || {
                let token = token.clone();
                Forever::new("/users/me", StatusCode::OK, move || Ask::get("/users/me", &token))
            };
            let clients = (0..PEOPLE).map(|_| me()).collect();
            let peer = (peer.address(), peer.pid());
            // It and its workers, as a database server and its connections are counted.
            let load = context.load(peer, Some(peer.1), clients, context.options.counted()).await?;
            Ok(per_second(load.database_cpu))
        },
        async || Ok(per_second(stand.load(Work::Profile, PEOPLE).await?.cpu)),
    )
    .await?;
    let measured = format!("{:.0}/s a core", turns.mean_b());
    let beside = format!("fastapi-users {:.0}/s a core", turns.mean_a());
    let (name, bound) = ("profile beside FastAPI, a core", Bound::AtLeast(20.0));
    report.ratio(stand.ratio(name, measured, beside, turns.b_to_a(), bound));
    Ok(())
}

/// How many requests a core serves in a second, each of which takes `cpu`.
fn per_second(cpu: Duration) -> f64 {
    1.0 / cpu.as_secs_f64().max(1e-9)
}
