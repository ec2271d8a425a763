//! `POST /webhooks/{id}/secret`.

use actix_web::{post, web};

use super::endpoint_in;
use super::view::WebhookWithSecretBody;
use crate::extract::{Permit, WebhooksManage};
use crate::problem::Kind;
use crate::respond::{self, Answer};
use crate::state::State;

/// Give an endpoint of webhooks another secret
///
/// For a day both secrets sign each message, so that the receiver can change over. The new one is shown this once.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = uuid::Uuid, Path, description = "Which endpoint")),
    responses((status = 200, description = "The endpoint and its new secret", body = WebhookWithSecretBody)),
    security(("bearerAuth" = ["webhooks:manage"])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired, Kind::NotFound])))
)]
#[post("/webhooks/{id}/secret")]
pub(crate) async fn rotate_secret(
    state: web::Data<State>,
    id: web::Path<String>,
    caller: Permit<WebhooksManage>,
) -> Answer {
    let rotated = state.application.rotate_webhook_secret(&caller.0, endpoint_in(&id)?).await?;
    respond::ok(&WebhookWithSecretBody::of(rotated))
}
