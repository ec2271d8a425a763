//! `GET /roles`.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Permit, RolesRead};
use crate::respond::{self, Answer};
use crate::routes::users::export::RoleBody;
use crate::state::State;

/// Every role there is.
#[derive(Serialize, ToSchema)]
#[schema(title = "RoleList", as = RoleList)]
pub(crate) struct RoleListBody {
    items: Vec<RoleBody>,
    /// Always null: all roles fit on one page.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<()>,
}

/// List the roles
#[utoipa::path(
    tag = "Administration",
    responses((status = 200, description = "Every role, by name", body = RoleListBody)),
    security(("bearerAuth" = ["roles:read"]))
)]
#[get("/roles")]
pub(crate) async fn list_roles(state: web::Data<State>, _caller: Permit<RolesRead>) -> Answer {
    let items = state.application.list_roles().await?.into_iter().map(RoleBody::from).collect();
    respond::ok(&RoleListBody { items, next_cursor: None })
}
