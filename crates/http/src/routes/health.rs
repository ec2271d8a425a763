//! `GET /health` and what load balancers ask.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::readiness::Phase;
use crate::respond::{self, Answer};
use crate::state::State;

/// That it works.
#[derive(Serialize, ToSchema)]
#[schema(title = "HealthSummary", as = HealthSummary)]
pub(crate) struct HealthBody {
    /// `ok`.
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
    /// The version that runs.
    #[schema(value_type = String, example = "0.1.0")]
    version: &'static str,
}

const OK: HealthBody = HealthBody { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Read the version
#[utoipa::path(
    tag = "Operations",
    responses((status = 200, description = "The service answers", body = HealthBody)),
    security(())
)]
#[get("/health")]
pub(crate) async fn health() -> Answer {
    respond::ok(&OK)
}

/// Ask whether the process lives
///
/// 200 while it can answer, whatever its dependencies do.
#[utoipa::path(
    tag = "Operations",
    responses((status = 200, description = "The process lives", body = HealthBody)),
    security(())
)]
#[get("/health/live")]
pub(crate) async fn live() -> Answer {
    respond::ok(&OK)
}

/// Ask whether requests should come here
///
/// 503 while starting, while draining, and without the database.
#[utoipa::path(
    tag = "Operations",
    responses((status = 200, description = "Requests should come here", body = HealthBody)),
    security(())
)]
#[get("/health/ready")]
pub(crate) async fn ready(state: web::Data<State>) -> Answer {
    match state.readiness.phase() {
        Phase::Ready => state.application.check_readiness().await?,
        Phase::Starting => {
            return Err(Problem::unavailable("the service is starting").detail("The service is starting"));
        }
        Phase::Draining => {
            return Err(Problem::unavailable("the service is stopping").detail("The service is stopping"));
        }
    }
    respond::ok(&OK)
}
