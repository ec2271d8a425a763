//! The routes.

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use voxgate_verify::axum::GateLayer;
use voxgate_verify::{Caller, Denial, Gate};

use crate::callers::SeesPeople;

/// Every route; tokens are checked by `gate`.
pub(crate) fn routes(gate: Gate) -> Router {
    // A layer holds all routes of a router to one requirement.
    let people = Router::new().route("/people/{id}/recordings", get(of_somebody));
    let people = people.layer(GateLayer::<SeesPeople>::new(gate.clone()));
    Router::new().route("/health", get(health)).route("/recordings", get(own)).merge(people).with_state(gate)
}

/// For anybody.
async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// For anybody with an account: their own recordings. A service has none.
async fn own(caller: Caller) -> Result<Json<Value>, Denial> {
    let owner = caller.user_id().ok_or(Denial::Forbidden)?;
    Ok(Json(json!({"owner": owner.to_string(), "items": []})))
}

/// For those who may see people.
async fn of_somebody(Path(id): Path<String>) -> Json<Value> {
    Json(json!({"owner": id, "items": []}))
}
