//! The routes.

use actix_web::get;
use actix_web::web::{Json, Path, ServiceConfig};
use serde_json::{Value, json};
use voxgate_verify::{Caller, Denial, Gate, Require};

use crate::callers::SeesPeople;

/// Registers every route; tokens are checked by `gate`.
pub(crate) fn routes(gate: Gate) -> impl FnOnce(&mut ServiceConfig) {
    move |app| {
        app.app_data(gate).service(health).service(own).service(of_somebody);
    }
}

/// For anybody.
#[get("/health")]
async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// For anybody with an account: their own recordings. A service has none.
#[get("/recordings")]
async fn own(caller: Caller) -> Result<Json<Value>, Denial> {
    let owner = caller.user_id().ok_or(Denial::Forbidden)?;
    Ok(Json(json!({"owner": owner.to_string(), "items": []})))
}

/// For those who may see people.
#[get("/people/{id}/recordings")]
async fn of_somebody(_caller: Require<SeesPeople>, id: Path<String>) -> Json<Value> {
    Json(json!({"owner": id.into_inner(), "items": []}))
}
