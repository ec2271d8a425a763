//! What administrators and auditors do. Each route declares the permission that it needs.

pub(super) mod audit;
pub(super) mod disclosures;
pub(super) mod emergency;
pub(super) mod invite;
pub(super) mod list;
pub(super) mod read;
pub(super) mod roles;
pub(super) mod service_accounts;
pub(super) mod sessions;
pub(super) mod status;
pub(super) mod unlock;
pub(super) mod user_roles;

pub(super) mod audit_view;
mod reason;

use actix_web::guard::GuardContext;
use voxgate_domain::UserId;

use crate::problem::{Kind, Problem};

/// The most roles of a user.
const MAX_ROLES: usize = 32;

/// Whether the second segment of the path is the id of a user: so that `/users/{id}` leaves `/users/account` and its
/// like to their own routes, whatever the method.
pub(crate) fn names_a_user(context: &GuardContext<'_>) -> bool {
    context.head().uri.path().split('/').nth(2).is_some_and(|id| id.parse::<UserId>().is_ok())
}

/// The user whom a path names.
///
/// # Errors
///
/// `not_found` when it names none.
fn user_in(path: &str) -> Result<UserId, Problem> {
    path.parse().map_err(|_| Problem::new(Kind::NotFound))
}
