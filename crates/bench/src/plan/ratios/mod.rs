//! The ratios of docs/performance.md, each measured in one run, A B A B.

mod limits;
mod lists;
mod login;
mod peer;
mod profile;
mod refresh;
mod resources;

use super::BenchError;
use super::context::Context;
use crate::report::Report;
use crate::stand::{Data, Limits};

pub(super) use limits::raw;
pub(super) use lists::lists;

/// How many people the loads of ratios want.
const PEOPLE: usize = 64;

/// The ratios that want a database.
pub(super) async fn of_database(context: &Context<'_>, data: &Data, report: &mut Report) -> Result<(), BenchError> {
    resources::start_and_memory(context, data, report).await?;
    let server = context.voxgate(data, &Limits::Off)?;
    let people = context.people(&server, data, PEOPLE).await?;
    let limit = context.limit_server(data)?;
    limits::of_database(context, data, &limit, report).await?;
    login::ratios(context, data, &server, &people, report).await?;
    refresh::ratio(context, data, &server, &people, &limit, report).await?;
    profile::beside_one_row(context, data, &server, &people, &limit, report).await?;
    profile::beside_a_storm(context, data, &server, &people, report).await?;
    resources::after_a_long_load(context, data, &server, &people, report).await?;
    peer::ratio(context, data, &server, &people, report).await?;
    drop((server, limit));
    profile::with_redis(context, data, report).await
}

/// The mean of some figures.
fn mean(figures: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few rounds")]
    let count = figures.len().max(1) as f64;
    figures.iter().sum::<f64>() / count
}

/// Figures as they are shown.
fn shown(figures: &[f64]) -> String {
    let figures: Vec<String> = figures.iter().map(|figure| format!("{figure:.0}")).collect();
    format!("{}/s", figures.join(", "))
}
