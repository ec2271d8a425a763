//! Beside a service of the kind that many write: FastAPI with fastapi-users on the same PostgreSQL.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

use super::super::BenchError;
use super::super::context::{Context, target};
use super::{PEOPLE, mean};
use crate::load::Ask;
use crate::report::{Bound, Ratio, Report};
use crate::stand::{Data, Kind, Program, Voxgate, free_port};
use crate::works::{Forever, People, Work};

/// What the peer says before it listens.
#[derive(Deserialize)]
struct Said {
    token: String,
}

/// What both make of a second on a core: their own processor time, since PostgreSQL is the same.
pub(super) async fn ratio(
    context: &Context<'_>,
    data: &Data,
    server: &Voxgate,
    people: &Arc<People>,
    report: &mut Report,
) -> Result<(), BenchError> {
    // The peer is installed first, which is no part of whether the benchmark works.
    if data.kind != Kind::Postgres || context.options.smoke || !context.options.wants("fastapi") {
        return Ok(());
    }
    crate::say("installing and starting the FastAPI peer");
    let (database, port) = (data.beside("peer")?, free_port()?);
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/peers/fastapi/run.sh"));
    command.args(["--database", &database, "--port", &port.to_string(), "--workers", "2"]);
    let (peer, said) = Program::start_saying(&mut command, port, "/openapi.json")?;
    let Said { token } = serde_json::from_str(&said)
        .map_err(|error| BenchError::Other(format!("the FastAPI peer said {said:?}: {error}")))?;
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..context.options.rounds {
        let me = || {
            let token = token.clone();
            Forever::new("/users/me", StatusCode::OK, move || Ask::get("/users/me", &token))
        };
        let clients = (0..PEOPLE).map(|_| me()).collect();
        let peer = (peer.address(), peer.pid());
        // It and its workers, as a database server and its connections are counted.
        let load = context.load(peer, Some(peer.1), clients, context.options.counted()).await?;
        theirs.push(per_second(load.database_cpu));
        let clients = Work::Profile.clients(people, PEOPLE);
        let load = context.load(target(server), None, clients, context.options.counted()).await?;
        ours.push(per_second(load.cpu));
    }
    report.ratio(Ratio {
        name: "profile beside FastAPI, a core".to_owned(),
        database: Some(data.kind.name()),
        measured: format!("{:.0}/s a core", mean(&ours)),
        beside: format!("fastapi-users {:.0}/s a core", mean(&theirs)),
        value: mean(&ours) / mean(&theirs),
        bound: Bound::AtLeast(20.0),
    });
    Ok(())
}

/// How many requests a core serves in a second, each of which takes `cpu`.
fn per_second(cpu: Duration) -> f64 {
    1.0 / cpu.as_secs_f64().max(1e-9)
}
