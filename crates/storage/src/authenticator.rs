//! The read that every authenticated request makes.

use std::collections::HashMap;

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
use crate::store::look_up;

/// Session and user, with one of the roles; a row for each role, or one without a role.
pub(crate) type PrincipalRow = (SessionRow, UserRow, Option<RoleRow>);

/// `$sessions`, which has sessions, with the user and each role of theirs.
macro_rules! with_user_and_roles {
    ($sessions:expr) => {
        $sessions
            .inner_join(users::table)
            .left_join(user_role_assignments::table.on(user_role_assignments::user_id.eq(user_sessions::user_id)))
            .left_join(user_roles::table.on(user_roles::name.nullable().eq(user_role_assignments::role.nullable())))
    };
}
pub(crate) use with_user_and_roles;

/// Session, user and roles of the sessions that the expression `$session` is true of, in one statement.
macro_rules! principals {
    ($session:expr) => {
        with_user_and_roles!(user_sessions::table)
            .filter($session)
            .order((user_sessions::id, user_roles::name))
            .select((SessionRow::as_select(), UserRow::as_select(), Option::<RoleRow>::as_select()))
    };
}

#[async_trait]
impl Authenticator for Database {
    async fn authenticate(&self, session: SessionId) -> Result<Option<Principal>, StoreError> {
        look_up!(self, c => principal(c, session))
    }
}

impl Database {
    /// Whoever is behind each of `sessions`, in one round trip for all. What stands for nobody is missing.
    ///
    /// # Errors
    ///
    /// As [`Authenticator::authenticate`]; what is wrong with one principal is that one's alone.
    pub(crate) async fn authenticate_all(
        &self,
        sessions: &[SessionId],
    ) -> Result<HashMap<SessionId, Result<Principal, StoreError>>, StoreError> {
        let mut connection = self.reader().await?;
        let ids: Vec<Id> = sessions.iter().map(|session| Id::from(*session)).collect();
        let outcome = principals(&mut connection, ids).await;
        Ok(assemble(connection.finish(outcome)?))
    }
}

async fn principal(connection: &mut Connection, session: SessionId) -> Result<Option<Principal>, StoreError> {
    let id = Id::from(session);
    // On SQLite by the connection itself: what is asked across threads is written as SQL anew each time, and its rows are
    // copied.
    let rows: Vec<PrincipalRow> = on!(connection,
        postgres c => principals!(user_sessions::id.eq(id)).load(c),
        sqlite c => c.spawn_blocking(move |c| diesel::RunQueryDsl::load(principals!(user_sessions::id.eq(id)), c))
    )?;
    assemble(rows).into_values().next().transpose()
}

async fn principals(connection: &mut Connection, sessions: Vec<Id>) -> Result<Vec<PrincipalRow>, StoreError> {
    on!(connection, c => principals!(user_sessions::id.eq_any(sessions)).load(c))
}

/// Puts the rows of each session together.
pub(crate) fn assemble(rows: Vec<PrincipalRow>) -> HashMap<SessionId, Result<Principal, StoreError>> {
    let mut found: HashMap<SessionId, Result<Principal, StoreError>> = HashMap::with_capacity(rows.len());
    for (session, user, role) in rows {
        let principal = found.entry(session.id.into()).or_insert_with(|| {
            Ok(Principal { user: user.try_into()?, session: session.try_into()?, roles: Vec::new() })
        });
        let (Ok(known), Some(role)) = (principal.as_mut(), role) else { continue };
        match Role::try_from(role) {
            Ok(role) => known.roles.push(role),
            Err(error) => *principal = Err(error),
        }
    }
    found
}
