//! Pages of long lists beside those of short ones.

use http::StatusCode;

use super::super::context::{Context, target};
use super::super::{BenchError, Group};
use super::Turns;
use crate::load::{Ask, LoadError, once};
use crate::progress::Progress;
use crate::report::{Bound, Ratio, Report};
use crate::stand::{Data, Limits, Voxgate};
use crate::works::{Forever, log_in_as_admin};

/// Rows of a page: page 10,000 of a million users is the last.
const ROWS: usize = 100;
/// How far down the list the second page is.
const DEEP: usize = 10_000;

/// The first page, and page 10,000, of users and of audit events, beside the first page of a small database.
pub(in crate::plan) async fn lists(context: &Context<'_>, data: &Data, report: &mut Report) -> Result<(), BenchError> {
    if !context.options.wants(Group::Pages) {
        return Ok(());
    }
    let small = context.data(data.kind, context.small()).await?;
    let servers = [context.voxgate(&small, &Limits::Off)?, context.voxgate(data, &Limits::Off)?];
    let mut admins = Vec::new();
    for server in &servers {
        admins.push(log_in_as_admin(server.address()).await?.access_token);
    }
    let [few, many] = &servers;
    let [few_admin, many_admin] = admins.as_slice() else { return Ok(()) };
    for list in ["/users", "/audit"] {
        let first = format!("{list}?limit={ROWS}");
        let (deep, page) = walk(data, many, many_admin, list).await?;
        for (which, query) in [("first page".to_owned(), &first), (format!("page {page}"), &deep)] {
            let turns = Turns::take(
                context,
                async || median(context, few, few_admin, &first).await,
                async || median(context, many, many_admin, query).await,
            )
            .await?;
            let measured = format!("{:.2} ms", turns.mean_b());
            let beside = format!("first page of a small database {:.2} ms", turns.mean_a());
            let name = format!("{which} of {list}");
            report.ratio(Ratio::on(data, &name, measured, beside, turns.b_to_a(), Bound::AtMost(1.3)));
        }
    }
    Ok(())
}

/// The median time of a page in milliseconds, asked for by one client.
async fn median(context: &Context<'_>, server: &Voxgate, token: &str, query: &str) -> Result<f64, BenchError> {
    let (query, token) = (query.to_owned(), token.to_owned());
    let client = Forever::new("a page", StatusCode::OK, move || Ask::get(query.clone(), &token));
    Ok(context.load(target(server), None, vec![client], context.options.counted() / 2).await?.measured.p50_ms)
}

/// The address of page 10,000, or of the last one when there are fewer, and which that is.
async fn walk(data: &Data, server: &Voxgate, token: &str, list: &str) -> Result<(String, usize), LoadError> {
    let progress = Progress::of(&format!("{}: walking down {list}", data.kind.name()), DEEP);
    let (mut query, mut page) = (format!("{list}?limit={ROWS}"), 1);
    progress.begin("page by page");
    while page < DEEP {
        let answer = once(server.address(), Ask::get(query.clone(), token), 200).await?;
        let Some(cursor) = answer.get("next_cursor").and_then(serde_json::Value::as_str) else { break };
        query = format!("{list}?limit={ROWS}&cursor={cursor}");
        page += 1;
        progress.advance();
    }
    Ok((query, page))
}
