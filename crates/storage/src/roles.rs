//! Roles and who has them.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use voxgate_domain::ports::{RoleAssignment, Roles, StoreError};
use voxgate_domain::role::Role;
use voxgate_domain::{RoleName, Timestamp, User, UserId, UserStatus};

use crate::connection::{Connection, maybe, on};
use crate::dialect::holding;
use crate::error::{at_most_one, exactly_one};
use crate::rows::{RoleRow, UserRow};
use crate::schema::{user_role_assignments, user_roles, users};
use crate::sql_types::{At, Id};
use crate::unit_of_work::Transaction;

/// The roles of the user, by name.
pub(crate) async fn roles_of(connection: &mut Connection, user: UserId) -> Result<Vec<Role>, StoreError> {
    let query = user_role_assignments::table
        .inner_join(user_roles::table)
        .filter(user_role_assignments::user_id.eq(Id::from(user)))
        .order(user_roles::name);
    on!(connection, c => query.select(RoleRow::as_select()).load(c))?.into_iter().map(Role::try_from).collect()
}

/// Every role there is, by name.
pub(crate) async fn roles(connection: &mut Connection) -> Result<Vec<Role>, StoreError> {
    let query = user_roles::table.order(user_roles::name);
    on!(connection, c => query.select(RoleRow::as_select()).load(c))?.into_iter().map(Role::try_from).collect()
}

/// At most `limit` users in use who have the role.
async fn holders(connection: &mut Connection, role: &RoleName, limit: u32) -> Result<Vec<User>, StoreError> {
    let holders = user_role_assignments::table
        .inner_join(users::table.on(users::id.eq(user_role_assignments::user_id)))
        .filter(user_role_assignments::role.eq(role.as_str()))
        .filter(users::status.eq(UserStatus::Active.as_str()))
        .order(users::id)
        .limit(limit.into());
    on!(connection, c => holders.select(UserRow::as_select()).load(c))?.into_iter().map(User::try_from).collect()
}

#[async_trait]
impl Roles for Transaction {
    async fn add_missing(&mut self, roles: &[Role], now: Timestamp) -> Result<Vec<RoleName>, StoreError> {
        let mut added = Vec::new();
        for role in roles {
            let row = RoleRow::from(role);
            let rows = on!(self.connection(), c => diesel::insert_into(user_roles::table)
                .values((&row, user_roles::created_at.eq(At(now))))
                .on_conflict(user_roles::name)
                .do_nothing()
                .execute(c))?;
            if at_most_one(rows)? {
                added.push(role.name.clone());
            }
        }
        Ok(added)
    }

    async fn assign<'a>(&mut self, assignment: &'a RoleAssignment<'a>) -> Result<(), StoreError> {
        let values = (
            user_role_assignments::id.eq(Id::from(assignment.id)),
            user_role_assignments::user_id.eq(Id::from(assignment.user)),
            user_role_assignments::role.eq(assignment.role.as_str()),
            user_role_assignments::assigned_by.eq(assignment.by.map(Id::from)),
            user_role_assignments::reason.eq(assignment.reason),
            user_role_assignments::assigned_at.eq(At(assignment.at)),
        );
        let added =
            on!(self.connection(), c => diesel::insert_into(user_role_assignments::table).values(values).execute(c))?;
        exactly_one(added)
    }

    async fn revoke(&mut self, user: UserId, role: &RoleName) -> Result<(), StoreError> {
        let given = user_role_assignments::table
            .filter(user_role_assignments::user_id.eq(Id::from(user)))
            .filter(user_role_assignments::role.eq(role.as_str()));
        let taken = on!(self.connection(), c => diesel::delete(given).execute(c))?;
        exactly_one(taken)
    }

    /// The row of the role stands for the set: whoever adds a holder refers to it, and waits too.
    async fn hold(&mut self, role: &RoleName) -> Result<(), StoreError> {
        let query = user_roles::table.find(role.as_str()).select(user_roles::name);
        let _: Option<String> = holding!(self.connection(), query, |held, c| maybe(held.first(c)))?;
        Ok(())
    }

    async fn has_other(&mut self, role: &RoleName, user: UserId) -> Result<bool, StoreError> {
        let other = user_role_assignments::table
            .inner_join(users::table.on(users::id.eq(user_role_assignments::user_id)))
            .filter(user_role_assignments::role.eq(role.as_str()))
            .filter(users::id.ne(Id::from(user)))
            .filter(users::status.eq(UserStatus::Active.as_str()))
            .select(users::id);
        let found: Option<Id> = on!(self.connection(), c => maybe(other.first(c)))?;
        Ok(found.is_some())
    }

    async fn holders(&mut self, role: &RoleName, limit: u32) -> Result<Vec<User>, StoreError> {
        holders(self.connection(), role, limit).await
    }

    async fn of(&mut self, user: UserId) -> Result<Vec<Role>, StoreError> {
        roles_of(self.connection(), user).await
    }
}
