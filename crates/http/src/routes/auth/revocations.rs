//! `GET /auth/revocations`.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;
use voxgate_application::Revocations;
use voxgate_domain::session::Revocation;
use voxgate_domain::{Cursor, PageLimit, PageQuery, SessionId, Timestamp};

use crate::extract::{FromForm, Granted, InOrder, Query, RevocationsRead, Rules};
use crate::form::{Form, time};
use crate::problem::{Kind, Problem};
use crate::respond::{self, Answer};
use crate::state::State;

/// From when on, and which page.
pub(crate) struct Asked {
    since: Option<Timestamp>,
    page: PageQuery,
}

impl FromForm for Asked {
    fn from_form(mut form: Form, _: &Rules) -> Result<Self, Problem> {
        let since = form.optional("since", time);
        let limit = form.optional("limit", PageLimit::parse);
        let cursor = form.optional("cursor", Cursor::parse);
        let (since, limit, cursor) = form.finish((since, limit, cursor))?;
        Ok(Self { since, page: PageQuery { limit: limit.unwrap_or_default(), cursor } })
    }
}

/// A session that is over.
#[derive(Serialize, ToSchema)]
#[schema(title = "Revocation", as = Revocation)]
pub(crate) struct RevocationBody {
    /// The `sid` of its access tokens.
    #[schema(value_type = uuid::Uuid)]
    session_id: SessionId,
    #[schema(value_type = String, format = DateTime)]
    ended_at: Timestamp,
}

/// Sessions that are over, in the order of their ends.
#[derive(Serialize, ToSchema)]
#[schema(title = "RevocationList", as = RevocationList)]
pub(crate) struct RevocationListBody {
    items: Vec<RevocationBody>,
    /// Gets the next page; null on the last one.
    #[schema(value_type = Option<String>, required)]
    next_cursor: Option<String>,
    /// What to ask for as `since` next time: a little before now, so that some are told twice and none is missed.
    #[schema(value_type = String, format = DateTime)]
    next_since: Timestamp,
}

impl From<Revocations> for RevocationListBody {
    fn from(Revocations { page, next_since }: Revocations) -> Self {
        let body = |Revocation { session, ended_at }| RevocationBody { session_id: session, ended_at };
        Self {
            items: page.items.into_iter().map(body).collect(),
            next_cursor: page.next.map(|cursor| cursor.encode()),
            next_since,
        }
    }
}

/// List the sessions that were ended
///
/// For sibling services that hold access tokens for valid by themselves: a token whose `sid` is listed is not. Those whose
/// tokens have all expired are left out. Read every page, then ask again with `next_since`.
#[utoipa::path(
    tag = "Services",
    params(
        ("since" = Option<String>, Query, format = DateTime, description = "Ended at this time or later (RFC 3339); one life of an access token back when not given"),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 200, description = "The most of the page; 50 when not given"),
        ("cursor" = Option<String>, Query, max_length = 512, pattern = "^[A-Za-z0-9_-]+$", description = "The `next_cursor` of the page before, with the same `since`")
    ),
    responses((status = 200, description = "A page of them", body = RevocationListBody)),
    security(("bearerAuth" = ["revocations:read"]), ("serviceAccount" = ["revocations:read"])),
    extensions(("x-problems" = json!([Kind::ValidationFailed])))
)]
#[get("/auth/revocations")]
pub(crate) async fn list_revocations(
    state: web::Data<State>,
    InOrder(_caller, Query(asked)): InOrder<Granted<RevocationsRead>, Query<Asked>>,
) -> Answer {
    let revocations = state.application.list_revocations(asked.since, &asked.page).await?;
    respond::ok(&RevocationListBody::from(revocations))
}
