//! `/auth/emergency-access` and `GET /emergency-accesses`.

use actix_web::{HttpResponse, delete, get, post, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_domain::{EmergencyAccess as Access, EmergencyAccessId, Reason, Timestamp, UserId};

use crate::extract::{AuditRead, Body, EmergencyAccess, FromForm, InOrder, PageOnly, Permit, Query, Rules};
use crate::form::{Fault, Form};
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// To whose data emergency access is taken, and why.
#[derive(ToSchema)]
#[schema(title = "EmergencyAccessRequest", as = EmergencyAccessRequest)]
pub(crate) struct RequestBody {
    /// Whose data.
    #[schema(value_type = uuid::Uuid)]
    subject_id: UserId,
    /// Why; it is recorded, and administrators read it.
    #[schema(value_type = String, min_length = 1, max_length = 500, example = "Unconscious in the emergency room")]
    reason: Reason,
}

impl FromForm for RequestBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let subject =
            form.required("subject_id", |text| text.parse().map_err(|_| Fault::new("invalid", "must be an id")));
        let reason = form.required("reason", Reason::parse);
        let (subject_id, reason) = form.finish((subject, reason))?;
        Ok(Self { subject_id, reason })
    }
}

/// An emergency access.
#[derive(Serialize, ToSchema)]
#[schema(title = "EmergencyAccess", as = EmergencyAccess)]
pub(crate) struct AccessBody {
    #[schema(value_type = uuid::Uuid)]
    id: EmergencyAccessId,
    /// Who took it.
    #[schema(value_type = uuid::Uuid)]
    holder_id: UserId,
    /// Whose data it opens.
    #[schema(value_type = uuid::Uuid)]
    subject_id: UserId,
    #[schema(value_type = String)]
    reason: Reason,
    /// What it allows on the subject.
    #[schema(value_type = Vec<String>, example = json!(["users:read", "audit:read"]))]
    permissions: Vec<&'static str>,
    #[schema(value_type = String, format = DateTime)]
    granted_at: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// When its holder closed it.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    closed_at: Option<Timestamp>,
}

impl From<Access> for AccessBody {
    fn from(access: Access) -> Self {
        Self {
            id: access.id,
            holder_id: access.holder,
            subject_id: access.subject,
            reason: access.reason,
            permissions: Access::PERMISSIONS.iter().map(|permission| permission.as_str()).collect(),
            granted_at: access.granted_at,
            expires_at: access.expires_at,
            closed_at: access.closed_at,
        }
    }
}

/// Emergency accesses, newest first.
#[derive(Serialize, ToSchema)]
#[schema(title = "EmergencyAccessList", as = EmergencyAccessList)]
pub(crate) struct AccessListBody {
    items: Vec<AccessBody>,
    /// Gets the next page; null on the last one.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<String>,
}

impl AccessListBody {
    fn of(items: Vec<Access>, next_cursor: Option<String>) -> Self {
        Self { items: items.into_iter().map(Into::into).collect(), next_cursor }
    }
}

/// Take emergency access to a person's data
///
/// "Break-glass": lets the caller see one person's data for a while, where their roles do not. It ends by itself; all that
/// is done with it is audited under its id; the person and every administrator are told by mail.
#[utoipa::path(
    tag = "Administration",
    request_body = RequestBody,
    responses((status = 201, description = "The access is open", body = AccessBody)),
    security(("bearerAuth" = ["emergency:access"])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired, Kind::NotFound, Kind::Conflict])))
)]
#[post("/auth/emergency-access")]
pub(crate) async fn take_emergency_access(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Permit<EmergencyAccess>, Body<RequestBody>>,
) -> Answer {
    let access = state.application.take_emergency_access(&caller.0, body.subject_id, body.reason).await?;
    Ok(HttpResponse::Created().json(AccessBody::from(access)))
}

/// List the emergency accesses that one holds
#[utoipa::path(
    tag = "Administration",
    responses((status = 200, description = "The open ones, newest first", body = AccessListBody)),
    security(("bearerAuth" = ["emergency:access"]))
)]
#[get("/auth/emergency-access")]
pub(crate) async fn open_emergency_accesses(state: web::Data<State>, caller: Permit<EmergencyAccess>) -> Answer {
    let open = state.application.open_emergency_accesses(&caller.0).await?;
    respond::ok(&AccessListBody::of(open, None))
}

/// Give an emergency access back
///
/// 404 for one that is over, somebody else's, or none at all.
#[utoipa::path(
    tag = "Administration",
    params(("id" = uuid::Uuid, Path, description = "Which access")),
    responses((status = 204, description = "It is over")),
    security(("bearerAuth" = ["emergency:access"])),
    extensions(("x-problems" = json!([Kind::NotFound])))
)]
#[delete("/auth/emergency-access/{id}")]
pub(crate) async fn close_emergency_access(
    state: web::Data<State>,
    id: web::Path<String>,
    caller: Permit<EmergencyAccess>,
) -> Answer {
    let id: EmergencyAccessId = id.parse().map_err(|_| Problem::new(Kind::NotFound))?;
    state.application.close_emergency_access(&caller.0, id).await?;
    respond::no_content()
}

/// List every emergency access that was taken
///
/// By anybody, newest first; the look is audited.
#[utoipa::path(
    tag = "Administration",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of them", body = AccessListBody)),
    security(("bearerAuth" = ["audit:read"])),
    extensions(("x-problems" = json!([Kind::ValidationFailed])))
)]
#[get("/emergency-accesses")]
pub(crate) async fn list_emergency_accesses(
    state: web::Data<State>,
    InOrder(caller, Query(PageOnly(page))): InOrder<Permit<AuditRead>, Query<PageOnly>>,
) -> Answer {
    let page = state.application.list_emergency_accesses(&caller.0, &page).await?;
    respond::ok(&AccessListBody::of(page.items, page.next.map(|cursor| cursor.encode())))
}
