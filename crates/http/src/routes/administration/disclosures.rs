//! `GET /users/{id}/disclosures`, and `GET /users/disclosures` for oneself.

use actix_web::{get, web};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use voxgate_domain::audit::{EMERGENCY_ACCESS, RecordedEvent};
use voxgate_domain::{AuditEventId, Page, Timestamp, UserId};

use super::user_in;
use crate::extract::{AuditRead, Authenticated, InOrder, PageOnly, Permit, Query};
use crate::problem::Kind;
use crate::respond::{self, Answer};
use crate::state::State;

/// Somebody saw data of a person (45 CFR 164.528(b)(2)).
#[derive(Serialize, ToSchema)]
#[schema(title = "Disclosure", as = Disclosure)]
pub(crate) struct DisclosureBody {
    /// The audit event of it.
    #[schema(value_type = uuid::Uuid)]
    id: AuditEventId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Timestamp,
    /// Who saw them.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    disclosed_to: Option<UserId>,
    /// What was seen, by the name of the audit event.
    #[schema(example = "user.read")]
    event: String,
    /// Why, as far as whoever saw them said so (header `X-Access-Reason`).
    #[schema(required)]
    reason: Option<String>,
    /// The emergency access under which it was.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    emergency_access_id: Option<String>,
}

/// A page of disclosures, newest first.
#[derive(Serialize, ToSchema)]
#[schema(title = "DisclosureList", as = DisclosureList)]
pub(crate) struct DisclosureListBody {
    items: Vec<DisclosureBody>,
    /// Gets the next page; null on the last one.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<String>,
}

impl From<RecordedEvent> for DisclosureBody {
    fn from(event: RecordedEvent) -> Self {
        let details: Value = serde_json::from_str(&event.details).unwrap_or_default();
        Self {
            id: event.id,
            occurred_at: event.occurred_at,
            disclosed_to: event.actor_id,
            event: event.event,
            reason: event.reason,
            emergency_access_id: details.get(EMERGENCY_ACCESS).and_then(Value::as_str).map(str::to_owned),
        }
    }
}

impl From<Page<RecordedEvent>> for DisclosureListBody {
    fn from(page: Page<RecordedEvent>) -> Self {
        let items = page.items.into_iter().map(Into::into).collect();
        Self { items, next_cursor: page.next.map(|cursor| cursor.encode()) }
    }
}

/// Account for the disclosures of a person's data
///
/// Who saw or exported them, when and why, newest first, from the audit trail (45 CFR 164.528). The look is itself
/// audited, and a disclosure too.
#[utoipa::path(
    tag = "Administration",
    params(
        ("id" = uuid::Uuid, Path, description = "Which user"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of disclosures", body = DisclosureListBody)),
    security(("bearerAuth" = ["audit:read"])),
    extensions(("x-problems" = json!([Kind::NotFound, Kind::ValidationFailed])))
)]
#[get("/users/{id}/disclosures")]
pub(crate) async fn list_disclosures(
    state: web::Data<State>,
    id: web::Path<String>,
    InOrder(caller, Query(PageOnly(page))): InOrder<Permit<AuditRead>, Query<PageOnly>>,
) -> Answer {
    let page = state.application.list_disclosures(&caller.0, user_in(&id)?, &page).await?;
    respond::ok(&DisclosureListBody::from(page))
}

/// Account for the disclosures of one's own data
///
/// Who else saw them, when and why, newest first (45 CFR 164.528(a)(1)).
#[utoipa::path(
    tag = "Users",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of disclosures", body = DisclosureListBody)),
    security(("bearerAuth" = [])),
    extensions(("x-problems" = json!([Kind::ValidationFailed])))
)]
#[get("/users/disclosures")]
pub(crate) async fn own_disclosures(
    state: web::Data<State>,
    InOrder(caller, Query(PageOnly(page))): InOrder<Authenticated, Query<PageOnly>>,
) -> Answer {
    let page = state.application.list_disclosures(&caller.0, caller.0.user_id(), &page).await?;
    respond::ok(&DisclosureListBody::from(page))
}
