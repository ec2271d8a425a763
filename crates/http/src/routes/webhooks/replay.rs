//! `POST /webhooks/{id}/replay` and `POST /webhooks/{id}/test`.

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_domain::webhook::Replay;
use voxgate_domain::{AuditEventId, Timestamp};

use super::endpoint_in;
use crate::extract::{Body, FromForm, InOrder, Permit, Rules, WebhooksManage};
use crate::form::{Fault, Form, time};
use crate::problem::{Kind, Problem};
use crate::respond::Answer;
use crate::state::State;

/// What is sent again: what happened from a time on, some events, or, when neither is given, all that was given up.
#[derive(ToSchema)]
#[schema(title = "WebhookReplay", as = WebhookReplay)]
pub(crate) struct ReplayBody {
    /// Every event from this time on that the endpoint asks for, also from before it was made.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[expect(dead_code, reason = "it describes the body; what is read of it is a Replay")]
    from: Option<Timestamp>,
    /// These events, by the ids of their deliveries.
    #[schema(value_type = Option<Vec<uuid::Uuid>>, max_items = 500)]
    #[expect(dead_code, reason = "it describes the body; what is read of it is a Replay")]
    delivery_ids: Option<Vec<AuditEventId>>,
    #[schema(ignore)]
    replay: Replay,
}

impl FromForm for ReplayBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let no_id = || Fault::new("invalid", "must be an id");
        let from = form.optional("from", time);
        let ids = form.optional_list("delivery_ids", Replay::MOST_NAMED, |text| {
            text.parse::<AuditEventId>().map_err(|_| no_id())
        });
        match form.finish((from, ids))? {
            (Some(_), Some(_)) => {
                Err(Form::refusal("delivery_ids", Fault::new("conflicting", "must not be given together with from")))
            }
            (Some(from), None) => Ok(Self::of(Replay::Since(from))),
            (None, Some(ids)) => Ok(Self::of(Replay::Events(ids))),
            (None, None) => Ok(Self::of(Replay::Dead)),
        }
    }
}

impl ReplayBody {
    const fn of(which: Replay) -> Self {
        Self { from: None, delivery_ids: None, replay: which }
    }
}

/// How much is sent again.
#[derive(Serialize, ToSchema)]
#[schema(title = "WebhookReplayed", as = WebhookReplayed)]
pub(crate) struct ReplayedBody {
    /// How many events were queued again, which is at most 100,000; those that are pending anyway are not counted.
    queued: u64,
}

/// Send events again to an endpoint of webhooks
///
/// In their order, with the ids that they had, so that a receiver that has them knows them. Events are kept for 30 days.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = uuid::Uuid, Path, description = "Which endpoint")),
    request_body = ReplayBody,
    responses((status = 202, description = "They are queued", body = ReplayedBody)),
    security(("bearerAuth" = ["webhooks:manage"])),
    extensions(("x-problems" = json!([Kind::NotFound])))
)]
#[post("/webhooks/{id}/replay")]
pub(crate) async fn replay_events(
    state: web::Data<State>,
    id: web::Path<String>,
    InOrder(caller, Body(body)): InOrder<Permit<WebhooksManage>, Body<ReplayBody>>,
) -> Answer {
    let queued = state.application.replay_webhook(&caller.0, endpoint_in(&id)?, &body.replay).await?;
    Ok(HttpResponse::Accepted().json(ReplayedBody { queued }))
}

/// A test that was queued.
#[derive(Serialize, ToSchema)]
#[schema(title = "WebhookTested", as = WebhookTested)]
pub(crate) struct TestedBody {
    /// The `webhook-id` that the receiver will see.
    #[schema(value_type = uuid::Uuid)]
    id: AuditEventId,
}

/// Try an endpoint of webhooks out
///
/// Queues a `webhook.test` event to it alone.
#[utoipa::path(
    tag = "Webhooks",
    params(("id" = uuid::Uuid, Path, description = "Which endpoint")),
    responses((status = 202, description = "It is queued", body = TestedBody)),
    security(("bearerAuth" = ["webhooks:manage"])),
    extensions(("x-problems" = json!([Kind::NotFound])))
)]
#[post("/webhooks/{id}/test")]
pub(crate) async fn test_webhook(
    state: web::Data<State>,
    id: web::Path<String>,
    caller: Permit<WebhooksManage>,
) -> Answer {
    let id = state.application.test_webhook(&caller.0, endpoint_in(&id)?).await?;
    Ok(HttpResponse::Accepted().json(TestedBody { id }))
}
