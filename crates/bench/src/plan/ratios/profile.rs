//! The profile: what every authenticated request costs.

use std::time::Duration;

use voxgate_testkit::redis::RedisServer;

use super::super::context::{Context, target};
use super::super::{BenchError, Group};
use super::limits::handler;
use super::{PEOPLE, Stand, Turns, shown};
use crate::report::{Bound, Ratio, Report};
use crate::stand::{Data, Kind, Limits, Voxgate};
use crate::works::Work;

/// Beside a handler that reads one row by its primary key.
pub(super) async fn beside_one_row(stand: &Stand<'_>, report: &mut Report) -> Result<(), BenchError> {
    if !stand.wants(Group::Profile) {
        return Ok(());
    }
    let turns = Turns::take(
        stand.context,
        async || handler(stand, "/row").await,
        async || Ok(stand.load(Work::Profile, PEOPLE).await?.measured.per_second),
    )
    .await?;
    let beside = format!("actix-web with one read {}", shown(&turns.a));
    let bound = Bound::AtLeast(if stand.data.kind == Kind::Postgres { 0.7 } else { 0.5 });
    report.ratio(stand.ratio("profile, 64 connections", shown(&turns.b), beside, turns.b_to_a(), bound));
    Ok(())
}

/// With limits counted in Redis, beside none.
pub(super) async fn with_redis(context: &Context<'_>, data: &Data, report: &mut Report) -> Result<(), BenchError> {
    if !context.options.wants(Group::Profile) {
        return Ok(());
    }
    let redis = RedisServer::start().map_err(|error| BenchError::Other(error.to_string()))?;
    let (without, with) = (context.voxgate(data, &Limits::Off)?, context.voxgate(data, &Limits::Redis(redis.url()))?);
    let people = context.people(&without, data, PEOPLE).await?;
    let profiles = async |server: &Voxgate| {
        let clients = Work::Profile.clients(&people, PEOPLE);
        let load = context.load(target(server), data.server, clients, context.options.counted());
        Ok(load.await?.measured.per_second)
    };
    let turns = Turns::take(context, async || profiles(&without).await, async || profiles(&with).await).await?;
    let beside = format!("without limits {}", shown(&turns.a));
    let (name, bound) = ("profile with Redis limits on", Bound::AtLeast(0.75));
    report.ratio(Ratio::on(data, name, shown(&turns.b), beside, turns.b_to_a(), bound));
    Ok(())
}

/// How many log in again and again in a storm.
const STORM: usize = 64;

/// One reader's slowest answers beside a storm of logins.
pub(super) async fn beside_a_storm(stand: &Stand<'_>, report: &mut Report) -> Result<(), BenchError> {
    if !stand.wants(Group::Profile) {
        return Ok(());
    }
    let lasting = stand.context.options.counted() + Duration::from_millis(600);
    let turns = Turns::take(
        stand.context,
        async || Ok(stand.load(Work::Profile, 1).await?.measured.p99_ms),
        async || {
            let storm = stand.load_on(&stand.server, Work::Login, STORM, lasting);
            let (storm, reader) = futures_util::future::join(storm, stand.load(Work::Profile, 1)).await;
            storm?;
            Ok(reader?.measured.p99_ms)
        },
    )
    .await?;
    let (measured, beside) = (format!("{:.2} ms", turns.mean_b()), format!("alone {:.2} ms", turns.mean_a()));
    let (name, bound) = ("profile p99 with a login storm", Bound::AtMost(5.0));
    report.ratio(stand.ratio(name, measured, beside, turns.b_to_a(), bound));
    Ok(())
}
