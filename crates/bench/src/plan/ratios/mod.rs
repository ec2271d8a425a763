//! The ratios of docs/performance.md, each measured in one run, A B A B.

mod limits;
mod lists;
mod login;
mod peer;
mod profile;
mod refresh;
mod resources;
mod stand;

use super::BenchError;
use super::context::Context;
use crate::report::Report;
use crate::stand::Data;
use stand::Stand;

pub(super) use limits::raw;
pub(super) use lists::lists;

/// How many people the loads of ratios want.
const PEOPLE: usize = 64;

/// The ratios that want a database.
pub(super) async fn of_database(context: &Context<'_>, data: &Data, report: &mut Report) -> Result<(), BenchError> {
    resources::start_and_memory(context, data, report).await?;
    let stand = Stand::build(context, data).await?;
    limits::of_database(&stand, report).await?;
    login::ratios(&stand, report).await?;
    refresh::ratio(&stand, report).await?;
    profile::beside_one_row(&stand, report).await?;
    profile::beside_a_storm(&stand, report).await?;
    resources::after_a_long_load(&stand, report).await?;
    peer::ratio(&stand, report).await?;
    drop(stand);
    profile::with_redis(context, data, report).await
}

/// The figures of two measurements that were made in turn, A B A B, so that what the machine does meanwhile falls on both.
struct Turns {
    a: Vec<f64>,
    b: Vec<f64>,
}

impl Turns {
    async fn take(
        context: &Context<'_>,
        mut a: impl AsyncFnMut() -> Result<f64, BenchError>,
        mut b: impl AsyncFnMut() -> Result<f64, BenchError>,
    ) -> Result<Self, BenchError> {
        let mut turns = Self { a: Vec::new(), b: Vec::new() };
        for _ in 0..context.options.rounds {
            turns.a.push(a().await?);
            turns.b.push(b().await?);
        }
        Ok(turns)
    }

    fn mean_a(&self) -> f64 {
        mean(&self.a)
    }

    fn mean_b(&self) -> f64 {
        mean(&self.b)
    }

    /// B in units of A.
    fn b_to_a(&self) -> f64 {
        self.mean_b() / self.mean_a()
    }
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
