//! The read that every authenticated request makes.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::SessionId;
use voxgate_domain::ports::{Authenticator, Principal, StoreError};
use voxgate_domain::role::Role;

use crate::Database;
use crate::connection::{Connection, on};
use crate::rows::{RoleRow, SessionRow, UserRow};
use crate::schema::{user_role_assignments, user_roles, user_sessions, users};
use crate::sql_types::Id;

#[async_trait]
impl Authenticator for Database {
    async fn authenticate(&self, session: SessionId) -> Result<Option<Principal>, StoreError> {
        let mut connection = self.reader().await?;
        let outcome = principal(&mut connection, session).await;
        connection.finish(outcome)
    }
}

/// Session, user and roles in one statement: a row for each role, or one without a role.
async fn principal(connection: &mut Connection, session: SessionId) -> Result<Option<Principal>, StoreError> {
    let query = user_sessions::table
        .find(Id::from(session))
        .inner_join(users::table)
        .left_join(user_role_assignments::table.on(user_role_assignments::user_id.eq(user_sessions::user_id)))
        .left_join(user_roles::table.on(user_roles::name.nullable().eq(user_role_assignments::role.nullable())))
        .order(user_roles::name);
    let rows: Vec<(SessionRow, UserRow, Option<RoleRow>)> = on!(connection, c => query
        .select((SessionRow::as_select(), UserRow::as_select(), Option::<RoleRow>::as_select()))
        .load(c))?;
    let mut found = None;
    let mut roles = Vec::new();
    for (session, user, role) in rows {
        found.get_or_insert((session, user));
        roles.extend(role.map(Role::try_from).transpose()?);
    }
    found
        .map(|(session, user)| Ok(Principal { user: user.try_into()?, session: session.try_into()?, roles }))
        .transpose()
}
