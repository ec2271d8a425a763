//! Refreshes beside signatures and transactions.

use std::sync::Arc;

use super::super::BenchError;
use super::super::context::{Context, target};
use super::limits::handler;
use super::{PEOPLE, mean, shown};
use crate::limits::rsa_sign;
use crate::report::{Bound, Ratio, Report};
use crate::stand::{Data, Program, Voxgate};
use crate::works::{People, Work};

/// How many refreshes there are for what a refresh cannot do without.
pub(super) async fn ratio(
    context: &Context<'_>,
    data: &Data,
    server: &Voxgate,
    people: &Arc<People>,
    limit: &Program,
    report: &mut Report,
) -> Result<(), BenchError> {
    if !context.options.wants("refresh") {
        return Ok(());
    }
    let counted = context.options.counted();
    let (mut signs, mut transactions, mut refreshes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..context.options.rounds {
        let raw = tokio::task::spawn_blocking(move || rsa_sign(counted / 2)).await;
        let raw = raw.map_err(|error| BenchError::Other(error.to_string()))?;
        signs.push(raw.map_err(|error| BenchError::Other(error.to_string()))?.per_second);
        transactions.push(handler(context, limit, "/transaction", PEOPLE).await?);
        let clients = Work::Refresh.clients(people, PEOPLE);
        refreshes.push(context.load(target(server), data.server, clients, counted).await?.measured.per_second);
    }
    report.limit("actix-web, one transaction", Some(data.kind.name()), mean(&transactions));
    let (name, smaller) = if mean(&signs) < mean(&transactions) {
        ("raw RSA signs", signs)
    } else {
        ("one transaction a request", transactions)
    };
    report.ratio(Ratio {
        name: "refresh, 64 connections".to_owned(),
        database: Some(data.kind.name()),
        measured: shown(&refreshes),
        beside: format!("{name} {}", shown(&smaller)),
        value: mean(&refreshes) / mean(&smaller),
        bound: Bound::AtLeast(0.6),
    });
    Ok(())
}
