//! Answers that several routes give.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;

/// What a handler comes to.
pub(crate) type Answer = Result<HttpResponse, Problem>;

/// That something was set going.
#[derive(Serialize, ToSchema)]
pub(crate) struct Accepted {
    status: AcceptedStatus,
}

/// What was set going.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AcceptedStatus {
    /// A mail with a link that verifies an address is on its way, when there is an account that it is for.
    VerificationSent,
    /// A mail with a link that resets the password is on its way, when there is an account that it is for.
    ResetSent,
}

/// 200 with `body`.
pub(crate) fn ok(body: &impl Serialize) -> Answer {
    Ok(HttpResponse::Ok().json(body))
}

/// 202: something was set going.
pub(crate) fn accepted(status: AcceptedStatus) -> Answer {
    Ok(HttpResponse::Accepted().json(Accepted { status }))
}

/// 204: done, and there is nothing to say.
pub(crate) fn no_content() -> Answer {
    Ok(HttpResponse::NoContent().finish())
}
