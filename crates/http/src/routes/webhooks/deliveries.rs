//! `GET /webhooks/{id}/deliveries`.

use actix_web::{get, web};
use voxgate_domain::webhook::DeliveryStatus;
use voxgate_domain::{Cursor, PageLimit, PageQuery};

use super::endpoint_in;
use super::view::DeliveryListBody;
use crate::extract::{FromForm, InOrder, Permit, Query, Rules, WebhooksManage};
use crate::form::{Fault, Form};
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// Which deliveries are asked for.
pub(crate) struct DeliveryQuery {
    status: Option<DeliveryStatus>,
    page: PageQuery,
}

impl FromForm for DeliveryQuery {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let unknown = Fault::new("unknown", "must be pending, delivered or dead");
        let status = form.optional("status", |text| DeliveryStatus::parse(text).ok_or(unknown));
        let limit = form.optional("limit", PageLimit::parse);
        let cursor = form.optional("cursor", Cursor::parse);
        let (status, limit, cursor) = form.finish((status, limit, cursor))?;
        Ok(Self { status, page: PageQuery { limit: limit.unwrap_or_default(), cursor } })
    }
}

/// List what was sent to an endpoint of webhooks, or waits for it
///
/// Latest event first; the look is audited, since it tells what happened to people.
#[utoipa::path(
    tag = "Webhooks",
    params(
        ("id" = uuid::Uuid, Path, description = "Which endpoint"),
        ("status" = Option<String>, Query, pattern = "^(pending|delivered|dead)$", description = "Only what is `pending`, `delivered` or `dead`"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of them", body = DeliveryListBody)),
    security(("bearerAuth" = ["webhooks:manage"])),
    extensions(("x-problems" = json!([Kind::NotFound, Kind::ValidationFailed])))
)]
#[get("/webhooks/{id}/deliveries")]
pub(crate) async fn list_deliveries(
    state: web::Data<State>,
    id: web::Path<String>,
    InOrder(caller, Query(query)): InOrder<Permit<WebhooksManage>, Query<DeliveryQuery>>,
) -> Answer {
    let id = endpoint_in(&id)?;
    let page = state.application.webhook_deliveries(&caller.0, id, query.status, &query.page).await?;
    respond::ok(&DeliveryListBody::from(page))
}
