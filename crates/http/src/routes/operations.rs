//! `GET /metrics` and `GET /health/detailed`: for operators alone.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{MetricsReader, Operator};
use crate::health::{Examined, Health, examine};
use crate::respond::Answer;
use crate::state::State;

/// The media type of the text format of Prometheus.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How the service does, part by part.
#[derive(Serialize, ToSchema)]
#[schema(title = "DetailedHealth", as = DetailedHealth)]
pub(crate) struct DetailedHealthBody {
    /// `down` when it cannot work, `degraded` when a part is not as it should be.
    status: Health,
    /// The version that runs.
    #[schema(value_type = String, example = "0.1.0")]
    version: &'static str,
    /// Each part.
    #[schema(value_type = std::collections::HashMap<String, ComponentBody>)]
    components: BTreeMap<&'static str, ComponentBody>,
}

/// How one part does.
#[derive(Serialize, ToSchema)]
#[schema(title = "Component", as = Component)]
pub(crate) struct ComponentBody {
    /// How it does.
    status: Health,
    /// How long it took to find out, in milliseconds.
    #[schema(example = 0.4)]
    latency_ms: f64,
    /// What is wrong, when something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mail has waited for 12 minutes")]
    detail: Option<String>,
}

impl From<Examined> for ComponentBody {
    fn from(examined: Examined) -> Self {
        // Tenths of a microsecond tell nothing.
        let latency_ms = (examined.latency.as_secs_f64() * 1e6).round() / 1e3;
        Self { status: examined.finding.health, latency_ms, detail: examined.finding.detail }
    }
}

/// Read how each part of the service does
///
/// Needs `ops:read`, unless the request comes from the machine itself and through no proxy.
#[utoipa::path(
    tag = "Operations",
    responses(
        (status = 200, description = "The service works, if not all of it as it should", body = DetailedHealthBody),
        (status = 503, description = "The service cannot work", body = DetailedHealthBody)
    ),
    security(("bearerAuth" = ["ops:read"]), ("serviceAccount" = ["ops:read"]))
)]
#[get("/health/detailed")]
pub(crate) async fn detailed_health(state: web::Data<State>, _: Operator) -> Answer {
    let (status, examined) = examine(&state.operations.probes).await;
    let components = examined.into_iter().map(|part| (part.component, part.into())).collect();
    let body = DetailedHealthBody { status, version: env!("CARGO_PKG_VERSION"), components };
    let code = if status == Health::Down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    Ok(HttpResponse::build(code).json(&body))
}

/// Read the metrics
///
/// In the text format of Prometheus. Needs `ops:read`, unless the request comes from the machine itself, or from a
/// network that `METRICS_PEERS` names, and through no proxy.
#[utoipa::path(
    tag = "Operations",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")),
    security(("bearerAuth" = ["ops:read"]), ("serviceAccount" = ["ops:read"]))
)]
#[get("/metrics")]
pub(crate) async fn metrics(state: web::Data<State>, _: MetricsReader) -> Answer {
    state.failure_sources.publish();
    let text = state.operations.metrics.as_ref().map(|render| render()).unwrap_or_default();
    Ok(HttpResponse::Ok().content_type(PROMETHEUS_TEXT).body(text))
}
