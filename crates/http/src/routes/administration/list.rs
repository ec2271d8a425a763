//! `GET /users`.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_domain::user::{SearchPrefix, StatusFilter, UserFilter};
use voxgate_domain::{Cursor, PageLimit, PageQuery, RoleName};

use crate::extract::{FromForm, InOrder, Permit, Query, Rules, UsersRead};
use crate::form::{Fault, Form};
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::routes::users::view::UserBody;
use crate::state::State;

/// A page of users, newest first.
#[derive(Serialize, ToSchema)]
#[schema(title = "UserList", as = UserList)]
pub(crate) struct UserListBody {
    items: Vec<UserBody>,
    /// Gets the next page; null on the last one.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<String>,
}

/// Which users, and which page of them.
pub(crate) struct UserListQuery {
    filter: UserFilter,
    page: PageQuery,
}

impl FromForm for UserListQuery {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let unknown_status = Fault::new("unknown", "must be pending, active, inactive or deleted");
        let status = form.optional("status", |text| StatusFilter::parse(text).ok_or(unknown_status));
        let role = form.optional("role", RoleName::parse);
        let begins = form.optional("q", SearchPrefix::parse);
        let include_deleted = form.optional("include_deleted", truth);
        let limit = form.optional("limit", PageLimit::parse);
        let cursor = form.optional("cursor", Cursor::parse);
        let fields = form.finish((status, role, begins, include_deleted, limit, cursor))?;
        let (status, role, begins, include_deleted, limit, cursor) = fields;
        Ok(Self {
            filter: UserFilter { status, role, begins, include_deleted: include_deleted.unwrap_or(false) },
            page: PageQuery { limit: limit.unwrap_or_default(), cursor },
        })
    }
}

fn truth(text: &str) -> Result<bool, Fault> {
    text.parse().map_err(|_| Fault::new("wrong_type", "must be true or false"))
}

/// List users
///
/// Newest first. The look is audited with whom it showed.
#[utoipa::path(
    tag = "Administration",
    params(
        ("status" = Option<String>, Query, pattern = "^(pending|active|inactive|deleted)$", description = "Only accounts in this state: `pending`, `active`, `inactive` or `deleted`"),
        ("role" = Option<String>, Query, max_length = 32, pattern = "^[a-z][a-z0-9_]*$", description = "Only users with this role"),
        ("q" = Option<String>, Query, min_length = 1, max_length = 254, description = "Only users whose address or first or last name begins so, in any case"),
        ("include_deleted" = Option<bool>, Query, description = "Closed accounts too"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most users of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of users", body = UserListBody)),
    security(("bearerAuth" = ["users:read"])),
    extensions(("x-problems" = json!([Kind::ValidationFailed])))
)]
#[get("/users")]
pub(crate) async fn list_users(
    state: web::Data<State>,
    InOrder(caller, Query(query)): InOrder<Permit<UsersRead>, Query<UserListQuery>>,
) -> Answer {
    let page = state.application.list_users(&caller.0, &query.filter, &query.page).await?;
    let items = page.items.into_iter().map(|user| UserBody::seen_by(user, &caller.0)).collect();
    respond::ok(&UserListBody { items, next_cursor: page.next.map(|cursor| cursor.encode()) })
}
