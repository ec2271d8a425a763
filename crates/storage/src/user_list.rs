//! Lists of users, newest first.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::StoreError;
use voxgate_domain::user::{StatusFilter, UserFilter};
use voxgate_domain::{RoleName, User, UserId};

use crate::begins_with::BeginsWith;
use crate::connection::{Connection, on};
use crate::error::corrupt;
use crate::rows::UserRow;
use crate::schema::{user_role_assignments, users};
use crate::sql_types::Id;

/// Builds the query of a list for the database that `$run` sends it to. A filter by role walks down the holders of the
/// role, any other one down the users; both in the order of the list, from where the last page ended.
macro_rules! newest_first {
    ($filter:expr, $after:expr, $limit:expr, |$query:ident| $run:expr) => {{
        let filter: &UserFilter = $filter;
        let after: Option<Id> = $after;
        match &filter.role {
            Some(role) => {
                let mut $query = user_role_assignments::table
                    .inner_join(users::table.on(users::id.eq(user_role_assignments::user_id)))
                    .filter(user_role_assignments::role.eq(role.as_str()))
                    .order(user_role_assignments::user_id.desc())
                    .limit($limit)
                    .select(UserRow::as_select())
                    .into_boxed();
                if let Some(after) = after {
                    $query = $query.filter(user_role_assignments::user_id.lt(after));
                }
                // Said so that SQLite does not begin with the index on the status, and sort what it finds.
                if let Some(status) = filter.status {
                    let others = StatusFilter::ALL.iter().filter(|other| **other != status).map(|other| other.as_str());
                    $query = $query.filter(users::status.ne_all(others.collect::<Vec<_>>()));
                }
                newest_first!(@narrow filter, $query);
                $run
            }
            None => {
                let mut $query = users::table
                    .order(users::id.desc())
                    .limit($limit)
                    .select(UserRow::as_select())
                    .into_boxed();
                if let Some(after) = after {
                    $query = $query.filter(users::id.lt(after));
                }
                if let Some(status) = filter.status {
                    $query = $query.filter(users::status.eq(status.as_str()));
                }
                newest_first!(@narrow filter, $query);
                $run
            }
        }
    }};
    (@narrow $filter:ident, $query:ident) => {
        // A status says by itself whether the account is closed.
        if $filter.status.is_none() && !$filter.include_deleted {
            $query = $query.filter(users::deleted_at.is_null());
        }
        if let Some(begins) = &$filter.begins {
            $query = $query.filter(BeginsWith::from(begins));
        }
    };
}

/// At most `limit` users who meet `filter` and are older than `after`, newest first, with the names of their roles.
pub(crate) async fn list_users(
    connection: &mut Connection,
    filter: &UserFilter,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<(User, Vec<RoleName>)>, StoreError> {
    let (after, limit) = (after.map(Id::from), i64::from(limit));
    let rows: Vec<UserRow> =
        on!(connection, c => async move { newest_first!(filter, after, limit, |query| query.load(c).await) })?;
    let mut roles = role_names(connection, rows.iter().map(|row| row.id).collect()).await?;
    rows.into_iter()
        .map(|row| {
            let roles = roles.remove(&row.id).unwrap_or_default();
            Ok((User::try_from(row)?, roles))
        })
        .collect()
}

/// The names of the roles of each of `users`, in one query.
async fn role_names(connection: &mut Connection, users: Vec<Id>) -> Result<HashMap<Id, Vec<RoleName>>, StoreError> {
    let query = user_role_assignments::table
        .filter(user_role_assignments::user_id.eq_any(users))
        .order((user_role_assignments::user_id, user_role_assignments::role))
        .select((user_role_assignments::user_id, user_role_assignments::role));
    let rows: Vec<(Id, String)> = on!(connection, c => query.load(c))?;
    let mut roles: HashMap<Id, Vec<RoleName>> = HashMap::new();
    for (user, name) in rows {
        let name = RoleName::parse(&name).map_err(|why| corrupt("user_role_assignments", "role", why))?;
        roles.entry(user).or_default().push(name);
    }
    Ok(roles)
}

#[cfg(test)]
#[path = "user_list_tests.rs"]
mod tests;
