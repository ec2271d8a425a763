//! `/service-accounts`.

use std::time::Duration;

use actix_web::{HttpResponse, delete, get, post, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_application::{Manager, NewSecret};
use voxgate_domain::{Permission, Reason, ServiceAccount, ServiceAccountId, ServiceName, Timestamp};

use crate::extract::{Body, FromForm, InOrder, PageOnly, Permit, Query, Rules, ServiceAccountsManage};
use crate::form::{Fault, Form};
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// The most permissions that are named: more than there are, and not fewer when there are more of them.
const MOST_PERMISSIONS: usize = 32;

/// A service account that shall be made.
#[derive(ToSchema)]
#[schema(title = "NewServiceAccount", as = NewServiceAccount)]
pub(crate) struct NewAccountBody {
    /// What it is called; no two that are on have the same name.
    #[schema(value_type = String, max_length = 64, pattern = "^[a-z][a-z0-9._-]*$", example = "recordings")]
    name: ServiceName,
    /// What it may do.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 32, example = json!(["revocations:read"]))]
    permissions: Vec<Permission>,
    /// Why, for the audit trail.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500)]
    reason: Option<Reason>,
}

impl FromForm for NewAccountBody {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let unknown = || Fault::new("unknown", "must be permissions that there are");
        let name = form.required("name", ServiceName::parse);
        let permissions =
            form.required_list("permissions", MOST_PERMISSIONS, |text| Permission::parse(text).ok_or_else(unknown));
        let reason = form.optional("reason", Reason::parse);
        let (name, permissions, reason) = form.finish((name, permissions, reason))?;
        Ok(Self { name, permissions, reason })
    }
}

/// How long the present secret works on beside the new one.
#[derive(ToSchema)]
#[schema(title = "SecretRotation", as = SecretRotation)]
pub(crate) struct RotationBody {
    /// Seconds, at most 30 days; a day when not given, not at all when 0.
    #[schema(value_type = Option<u64>, maximum = 2_592_000, example = 86_400)]
    overlap_seconds: Option<u64>,
}

impl FromForm for RotationBody {
    const MAY_BE_EMPTY: bool = true;

    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let overlap = form.optional_count("overlap_seconds");
        let (overlap_seconds,) = form.finish((overlap,))?;
        Ok(Self { overlap_seconds })
    }
}

/// A service account. Its secret is not known to anybody but whoever made it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ServiceAccount", as = ServiceAccount)]
pub(crate) struct AccountBody {
    /// Its client id.
    #[schema(value_type = uuid::Uuid)]
    id: ServiceAccountId,
    #[schema(value_type = String)]
    name: ServiceName,
    #[schema(value_type = Vec<String>)]
    permissions: Vec<&'static str>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Until when the secret before the present one works, when there is one.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    previous_secret_until: Option<Timestamp>,
    /// When it was switched off.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    disabled_at: Option<Timestamp>,
}

impl From<ServiceAccount> for AccountBody {
    fn from(account: ServiceAccount) -> Self {
        Self {
            id: account.id,
            permissions: account.permissions.iter().map(Permission::as_str).collect(),
            name: account.name,
            created_at: account.created_at,
            previous_secret_until: account.previous.map(|previous| previous.until),
            disabled_at: account.disabled_at,
        }
    }
}

/// A service account with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(title = "ServiceAccountSecret", as = ServiceAccountSecret)]
pub(crate) struct SecretBody<'a> {
    account: AccountBody,
    /// The secret. It is not kept, and cannot be shown again.
    #[schema(value_type = String, example = "vgs_uFqzv7rZkD3m1b9Jx0tLw2eYh5cNsAaQpR8iVgTfOjM")]
    client_secret: &'a str,
}

/// Service accounts, newest first.
#[derive(Serialize, ToSchema)]
#[schema(title = "ServiceAccountList", as = ServiceAccountList)]
pub(crate) struct AccountListBody {
    items: Vec<AccountBody>,
    /// Gets the next page; null on the last one.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<String>,
}

fn with_secret(mut response: actix_web::HttpResponseBuilder, made: NewSecret) -> HttpResponse {
    let NewSecret { account, secret } = made;
    response.json(SecretBody { account: account.into(), client_secret: secret.expose() })
}

/// Make a service account
///
/// A machine caller, which gets access tokens at `/auth/token`. The secret is shown this once.
#[utoipa::path(
    tag = "Services",
    request_body = NewAccountBody,
    responses((status = 201, description = "The account and its secret", body = SecretBody)),
    security(("bearerAuth" = ["service_accounts:manage"])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired, Kind::Conflict])))
)]
#[post("/service-accounts")]
pub(crate) async fn create_service_account(
    state: web::Data<State>,
    InOrder(caller, Body(body)): InOrder<Permit<ServiceAccountsManage>, Body<NewAccountBody>>,
) -> Answer {
    let NewAccountBody { name, permissions, reason } = body;
    let manager = Manager::Person(&caller.0);
    let permissions = permissions.into_iter().collect();
    let made = state.application.create_service_account(manager, name, permissions, reason.as_ref()).await?;
    Ok(with_secret(HttpResponse::Created(), made))
}

/// List the service accounts
#[utoipa::path(
    tag = "Services",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before")
    ),
    responses((status = 200, description = "A page of them, newest first", body = AccountListBody)),
    security(("bearerAuth" = ["service_accounts:manage"])),
    extensions(("x-problems" = json!([Kind::ValidationFailed])))
)]
#[get("/service-accounts")]
pub(crate) async fn list_service_accounts(
    state: web::Data<State>,
    InOrder(_caller, Query(PageOnly(page))): InOrder<Permit<ServiceAccountsManage>, Query<PageOnly>>,
) -> Answer {
    let page = state.application.list_service_accounts(&page).await?;
    let next_cursor = page.next.map(|cursor| cursor.encode());
    respond::ok(&AccountListBody { items: page.items.into_iter().map(Into::into).collect(), next_cursor })
}

/// Give a service account another secret
///
/// The present one works on for a while, so that no instance has to change at the same moment; an older one does not.
#[utoipa::path(
    tag = "Services",
    params(("id" = uuid::Uuid, Path, description = "Which account")),
    request_body(content = Option<RotationBody>, description = "None for an overlap of a day"),
    responses((status = 200, description = "The account and its new secret", body = SecretBody)),
    security(("bearerAuth" = ["service_accounts:manage"])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired, Kind::NotFound, Kind::Conflict])))
)]
#[post("/service-accounts/{id}/secret")]
pub(crate) async fn rotate_service_secret(
    state: web::Data<State>,
    id: web::Path<String>,
    InOrder(caller, Body(body)): InOrder<Permit<ServiceAccountsManage>, Body<RotationBody>>,
) -> Answer {
    const DAY: u64 = 24 * 3_600;
    let overlap = Duration::from_secs(body.overlap_seconds.unwrap_or(DAY));
    let manager = Manager::Person(&caller.0);
    let made = state.application.rotate_service_secret(manager, account_in(&id)?, overlap).await?;
    Ok(with_secret(HttpResponse::Ok(), made))
}

/// Switch a service account off
///
/// For good: its secret and its tokens are refused from the next request on. Sibling services that verify tokens by
/// themselves take those it holds until they expire.
#[utoipa::path(
    tag = "Services",
    params(("id" = uuid::Uuid, Path, description = "Which account")),
    responses((status = 204, description = "It is off")),
    security(("bearerAuth" = ["service_accounts:manage"])),
    extensions(("x-problems" = json!([Kind::ReauthenticationRequired, Kind::NotFound, Kind::Conflict])))
)]
#[delete("/service-accounts/{id}")]
pub(crate) async fn disable_service_account(
    state: web::Data<State>,
    id: web::Path<String>,
    caller: Permit<ServiceAccountsManage>,
) -> Answer {
    state.application.disable_service_account(Manager::Person(&caller.0), account_in(&id)?).await?;
    respond::no_content()
}

fn account_in(path: &str) -> Result<ServiceAccountId, Problem> {
    path.parse().map_err(|_| Problem::new(Kind::NotFound))
}
