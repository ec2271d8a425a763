//! `/webhooks` and `/webhooks/{id}`.

use actix_web::{HttpResponse, delete, get, post, put, web};

use super::endpoint_in;
use super::form::{NewWebhookBody, WebhookChangeBody};
use super::view::{WebhookBody, WebhookListBody, WebhookWithSecretBody};
use crate::extract::{Body, InOrder, Permit, WebhooksManage};
use crate::problem::Kind;
use crate::respond::{self, Answer};
use crate::state::State;

/// List the endpoints of webhooks
#[utoipa::path(
    tag = "Webhooks",
    responses((status = 200, description = "All of them, oldest first", body = WebhookListBody)),
    security(("bearerAuth" = ["webhooks:manage"]))
)]
#[get("/webhooks")]
pub(crate) async fn list_webhooks(state: web::Data<State>, _caller: Permit<WebhooksManage>) -> Answer {
    respond::ok(&WebhookListBody::from(state.application.webhooks().await?))
}

/// Make an endpoint of webhooks
///
/// It is told of what happens from now on; what happened before can be replayed. The secret is shown this once.
#[utoipa::path(
    tag = "Webhooks",
    request_body = NewWebhookBody,
    responses((status = 201, description = "It is told of events from now on", body = WebhookWithSecretBody)),
    security(("bearerAuth" = ["webhooks:manage"])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired, Kind::Conflict])))
)]
#[post("/webhooks")]
pub(crate) async fn create_webhook(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Permit<WebhooksManage>, Body<NewWebhookBody>>,
) -> Answer {
    let made = state.application.create_webhook(&caller.0, body.into()).await?;
    Ok(HttpResponse::Created().json(WebhookWithSecretBody::of(made)))
}

/// Read an endpoint of webhooks
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = uuid::Uuid, Path, description = "Which endpoint")),
    responses((status = 200, description = "The endpoint", body = WebhookBody)),
    security(("bearerAuth" = ["webhooks:manage"])),
    extensions(("x-problems" = json!([Kind::NotFound])))
)]
#[get("/webhooks/{id}")]
pub(crate) async fn read_webhook(
    state: web::Data<State>,
    id: web::Path<String>,
    _caller: Permit<WebhooksManage>,
) -> Answer {
    respond::ok(&WebhookBody::from(state.application.webhook(endpoint_in(&id)?).await?))
}

/// Change an endpoint of webhooks
///
/// Replaces all that administrators say of it. An endpoint that was switched off, or that answered 410 Gone, is switched
/// on again with `enabled`; what waits for it is sent then.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = uuid::Uuid, Path, description = "Which endpoint")),
    request_body = WebhookChangeBody,
    responses((status = 200, description = "The endpoint as it is now", body = WebhookBody)),
    security(("bearerAuth" = ["webhooks:manage"])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired, Kind::NotFound])))
)]
#[put("/webhooks/{id}")]
pub(crate) async fn update_webhook(
    state: web::Data<State>,
    id: web::Path<String>,
    InOrder(caller, Body(body)): InOrder<Permit<WebhooksManage>, Body<WebhookChangeBody>>,
) -> Answer {
    let changed = state.application.update_webhook(&caller.0, endpoint_in(&id)?, body.into()).await?;
    respond::ok(&WebhookBody::from(changed))
}

/// Remove an endpoint of webhooks
///
/// With all that is on its way to it.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = uuid::Uuid, Path, description = "Which endpoint")),
    responses((status = 204, description = "It is told nothing any more")),
    security(("bearerAuth" = ["webhooks:manage"])),
    extensions(("x-problems" = json!([Kind::NotFound])))
)]
#[delete("/webhooks/{id}")]
pub(crate) async fn delete_webhook(
    state: web::Data<State>,
    id: web::Path<String>,
    caller: Permit<WebhooksManage>,
) -> Answer {
    state.application.delete_webhook(&caller.0, endpoint_in(&id)?).await?;
    respond::no_content()
}
