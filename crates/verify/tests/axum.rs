//! The extractors and the layer of axum.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "a test that cannot go on fails; what is shared by tests is not all used by each"
)]

mod support;
#[path = "support/gate.rs"]
mod support_gate;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Request};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::{Value, json};
use support::{Key, service, user, with};
use support_gate::gate;
use tower::ServiceExt as _;
use voxgate_domain::Permission;
use voxgate_verify::axum::GateLayer;
use voxgate_verify::{Anybody, Caller, Denial, Gate, Require, Requirement};

struct Clinicians;

impl Requirement for Clinicians {
    fn met_by(caller: &Caller) -> bool {
        caller.has_role("clinician")
    }
}

async fn anybody(caller: Caller) -> String {
    caller.user_id().map_or_else(|| "a service".to_owned(), |user| user.to_string())
}

async fn clinicians(admitted: Require<Clinicians>, caller: Caller) -> &'static str {
    assert_eq!(admitted.caller, caller);
    "a clinician"
}

async fn permitted(caller: Caller) -> Result<&'static str, Denial> {
    caller.require_permission(Permission::UsersRead)?;
    Ok("permitted")
}

async fn layered(Extension(caller): Extension<Caller>) -> String {
    format!("a clinician: {}", caller.has_role("clinician"))
}

fn routes(gate: Gate) -> Router {
    let wards = Router::new().route("/wards", get(layered)).layer(GateLayer::<Clinicians>::new(gate.clone()));
    let open = Router::new().route("/layered", get(anybody)).layer(GateLayer::<Anybody>::new(gate.clone()));
    Router::new()
        .route("/anybody", get(anybody))
        .route("/clinicians", get(clinicians))
        .route("/permitted", get(permitted))
        .merge(wards)
        .merge(open)
        .with_state(gate)
}

/// Status, headers and body of the answer to `path` with these `Authorization` headers.
async fn answer(gate: Gate, path: &str, authorization: &[&str]) -> (u16, HeaderMap, String) {
    let mut request = Request::get(path);
    for value in authorization {
        request = request.header(AUTHORIZATION, *value);
    }
    let response = routes(gate).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn with_token(key: &Arc<Key>, path: &str, token: &str) -> (u16, HeaderMap, String) {
    answer(gate(Some(key)).await, path, &[&format!("Bearer {token}")]).await
}

#[tokio::test]
async fn a_handler_gets_who_calls() {
    let key = Arc::new(Key::new("a"));
    for path in ["/anybody", "/layered"] {
        let (status, _, body) = with_token(&key, path, &key.token()).await;
        assert_eq!((status, body.as_str()), (200, "00000000-0000-0000-0000-000000000001"));
        let of_a_service = key.forge(key.header(), service());
        assert_eq!(with_token(&key, path, &of_a_service).await.2, "a service");
    }
}

#[tokio::test]
async fn a_requirement_is_held_before_the_handler_runs() {
    let key = Arc::new(Key::new("a"));
    assert_eq!(with_token(&key, "/clinicians", &key.token()).await.2, "a clinician");
    assert_eq!(with_token(&key, "/permitted", &key.token()).await.2, "permitted");
    assert_eq!(with_token(&key, "/wards", &key.token()).await.2, "a clinician: true");
    let patient = key.forge(key.header(), with(user(), "roles", json!(["patient"])));
    for path in ["/clinicians", "/permitted", "/wards"] {
        let (status, headers, body) = with_token(&key, path, &patient).await;
        assert_eq!(status, 403);
        assert_eq!(headers[WWW_AUTHENTICATE], r#"Bearer error="insufficient_scope""#);
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["code"], "forbidden");
    }
}

#[tokio::test]
async fn who_has_no_valid_token_is_told_so_by_rfc_6750() {
    let key = Arc::new(Key::new("a"));
    let cases: [(&[&str], &str); 4] = [
        (&[], "Bearer"),
        (&["Basic YTpi"], "Bearer"),
        (&["Bearer a.b.c"], r#"Bearer error="invalid_token""#),
        (&["Bearer a", "Bearer b"], r#"Bearer error="invalid_token""#),
    ];
    for path in ["/anybody", "/clinicians", "/wards", "/layered"] {
        for (authorization, challenge) in cases {
            let (status, headers, body) = answer(gate(Some(&key)).await, path, authorization).await;
            assert_eq!(status, 401, "{path}");
            assert_eq!(headers[WWW_AUTHENTICATE], challenge);
            assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
            assert_eq!(headers[CACHE_CONTROL], "no-store");
            let problem: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(problem["type"], "urn:voxgate:problem:unauthenticated");
        }
    }
}

#[tokio::test]
async fn without_keys_it_is_503() {
    let key = Arc::new(Key::new("a"));
    let token = format!("Bearer {}", key.token());
    for path in ["/anybody", "/wards"] {
        let (status, headers, _) = answer(gate(None).await, path, &[&token]).await;
        assert_eq!((status, headers[RETRY_AFTER].to_str().unwrap()), (503, "5"));
        assert!(!headers.contains_key(WWW_AUTHENTICATE));
    }
}
