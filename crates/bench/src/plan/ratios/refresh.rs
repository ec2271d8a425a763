//! Refreshes beside signatures and transactions.

use super::super::{BenchError, Group};
use super::limits::{alone, handler};
use super::{PEOPLE, Stand, Turns, mean, shown};
use crate::limits::rsa_sign;
use crate::report::{Bound, Report};
use crate::works::Work;

/// How many refreshes there are for what a refresh cannot do without.
pub(super) async fn ratio(stand: &Stand<'_>, report: &mut Report) -> Result<(), BenchError> {
    if !stand.wants(Group::Refresh) {
        return Ok(());
    }
    let counted = stand.context.options.counted();
    let mut signs = Vec::new();
    let Turns { a: transactions, b: refreshes } = Turns::take(
        stand.context,
        async || {
            signs.push(alone("RSA", move || rsa_sign(counted / 2)).await?.per_second);
            handler(stand, "/transaction").await
        },
        async || Ok(stand.load(Work::Refresh, PEOPLE).await?.measured.per_second),
    )
    .await?;
    report.limit("actix-web, one transaction", Some(stand.data.kind.name()), mean(&transactions));
    let (name, smaller) = if mean(&signs) < mean(&transactions) {
        ("raw RSA signs", signs)
    } else {
        ("one transaction a request", transactions)
    };
    let (value, beside) = (mean(&refreshes) / mean(&smaller), format!("{name} {}", shown(&smaller)));
    report.ratio(stand.ratio("refresh, 64 connections", shown(&refreshes), beside, value, Bound::AtLeast(0.6)));
    Ok(())
}
