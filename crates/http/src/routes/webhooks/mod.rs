//! Webhooks: which services are told of what happens to accounts, and what became of it.

pub(super) mod deliveries;
pub(super) mod endpoints;
pub(super) mod replay;
pub(super) mod secret;

mod form;
mod view;

use voxgate_domain::WebhookId;

use crate::problem::{Kind, Problem};

/// The endpoint that a path names.
///
/// # Errors
///
/// `not_found` when it names none.
fn endpoint_in(path: &str) -> Result<WebhookId, Problem> {
    path.parse().map_err(|_| Problem::new(Kind::NotFound))
}
