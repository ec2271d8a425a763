//! The profile: what every authenticated request costs.

use std::sync::Arc;
use std::time::Duration;

use voxgate_testkit::redis::RedisServer;

use super::super::BenchError;
use super::super::context::{Context, target};
use super::limits::handler;
use super::{PEOPLE, mean, shown};
use crate::report::{Bound, Ratio, Report};
use crate::stand::{Data, Kind, Limits, Program, Voxgate};
use crate::works::{People, Work};

const NAME: &str = "profile";

async fn profile(
    context: &Context<'_>,
    data: &Data,
    server: &Voxgate,
    people: &Arc<People>,
    connections: usize,
) -> Result<crate::load::Measured, BenchError> {
    let clients = Work::Profile.clients(people, connections);
    Ok(context.load(target(server), data.server, clients, context.options.counted()).await?.measured)
}

/// Beside a handler that reads one row by its primary key.
pub(super) async fn beside_one_row(
    context: &Context<'_>,
    data: &Data,
    server: &Voxgate,
    people: &Arc<People>,
    limit: &Program,
    report: &mut Report,
) -> Result<(), BenchError> {
    if !context.options.wants(NAME) {
        return Ok(());
    }
    let (mut rows, mut profiles) = (Vec::new(), Vec::new());
    for _ in 0..context.options.rounds {
        rows.push(handler(context, limit, "/row", PEOPLE).await?);
        profiles.push(profile(context, data, server, people, PEOPLE).await?.per_second);
    }
    report.ratio(Ratio {
        name: "profile, 64 connections".to_owned(),
        database: Some(data.kind.name()),
        measured: shown(&profiles),
        beside: format!("actix-web with one read {}", shown(&rows)),
        value: mean(&profiles) / mean(&rows),
        bound: Bound::AtLeast(if data.kind == Kind::Postgres { 0.7 } else { 0.5 }),
    });
    Ok(())
}

/// With limits counted in Redis, beside none.
pub(super) async fn with_redis(context: &Context<'_>, data: &Data, report: &mut Report) -> Result<(), BenchError> {
    if !context.options.wants(NAME) {
        return Ok(());
    }
    let redis = RedisServer::start().map_err(|error| BenchError::Other(error.to_string()))?;
    let (without, with) = (context.voxgate(data, &Limits::Off)?, context.voxgate(data, &Limits::Redis(redis.url()))?);
    let people = context.people(&without, data, PEOPLE).await?;
    let (mut off, mut on) = (Vec::new(), Vec::new());
    for _ in 0..context.options.rounds {
        off.push(profile(context, data, &without, &people, PEOPLE).await?.per_second);
        on.push(profile(context, data, &with, &people, PEOPLE).await?.per_second);
    }
    report.ratio(Ratio {
        name: "profile with Redis limits on".to_owned(),
        database: Some(data.kind.name()),
        measured: shown(&on),
        beside: format!("without limits {}", shown(&off)),
        value: mean(&on) / mean(&off),
        bound: Bound::AtLeast(0.75),
    });
    Ok(())
}

/// How many log in again and again in a storm.
const STORM: usize = 64;

/// One reader's slowest answers beside a storm of logins.
pub(super) async fn beside_a_storm(
    context: &Context<'_>,
    data: &Data,
    server: &Voxgate,
    people: &Arc<People>,
    report: &mut Report,
) -> Result<(), BenchError> {
    if !context.options.wants(NAME) {
        return Ok(());
    }
    let (mut alone, mut stormy) = (Vec::new(), Vec::new());
    for _ in 0..context.options.rounds {
        alone.push(profile(context, data, server, people, 1).await?.p99_ms);
        let storm = Work::Login.clients(people, STORM);
        let lasting = context.options.counted() + Duration::from_millis(600);
        let storm = context.load(target(server), None, storm, lasting);
        let (storm, reader) = futures_util::future::join(storm, profile(context, data, server, people, 1)).await;
        storm?;
        stormy.push(reader?.p99_ms);
    }
    report.ratio(Ratio {
        name: "profile p99 with a login storm".to_owned(),
        database: Some(data.kind.name()),
        measured: format!("{:.2} ms", mean(&stormy)),
        beside: format!("alone {:.2} ms", mean(&alone)),
        value: mean(&stormy) / mean(&alone),
        bound: Bound::AtMost(5.0),
    });
    Ok(())
}
