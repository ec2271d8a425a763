//! Roles.

use diesel::prelude::*;
use voxgate_domain::ports::StoreError;
use voxgate_domain::role::Role;
use voxgate_domain::{Permission, RoleName};

use crate::error::corrupt;
use crate::schema::user_roles;
use crate::sql_types::Words;

/// A role.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = user_roles)]
pub(crate) struct RoleRow {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) permissions: Words,
}

impl From<&Role> for RoleRow {
    fn from(role: &Role) -> Self {
        Self {
            name: role.name.as_str().to_owned(),
            description: role.description.clone(),
            permissions: Words(role.permissions.iter().map(|permission| permission.as_str().to_owned()).collect()),
        }
    }
}

impl TryFrom<RoleRow> for Role {
    type Error = StoreError;

    /// A permission of an unknown name is skipped: while a newer version is rolled out, the older one still serves and
    /// checks none that it does not know.
    fn try_from(row: RoleRow) -> Result<Self, StoreError> {
        Ok(Self {
            name: RoleName::parse(&row.name).map_err(|why| corrupt("user_roles", "name", why))?,
            description: row.description,
            permissions: row.permissions.0.iter().filter_map(|name| Permission::parse(name)).collect(),
        })
    }
}
