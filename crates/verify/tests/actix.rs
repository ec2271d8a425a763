//! The extractors of actix-web.

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

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, get};
use serde_json::{Value, json};
use support::{Key, service, user, with};
use support_gate::gate;
use voxgate_domain::Permission;
use voxgate_verify::{Caller, Denial, Gate, Require, Requirement};

struct Clinicians;

impl Requirement for Clinicians {
    fn met_by(caller: &Caller) -> bool {
        caller.has_role("clinician")
    }
}

#[get("/anybody")]
async fn anybody(caller: Caller) -> String {
    caller.user_id().map_or_else(|| "a service".to_owned(), |user| user.to_string())
}

#[get("/clinicians")]
async fn clinicians(admitted: Require<Clinicians>, caller: Caller) -> String {
    assert_eq!(admitted.caller, caller);
    "a clinician".to_owned()
}

#[get("/permitted")]
async fn permitted(caller: Caller) -> Result<String, Denial> {
    caller.require_permission(Permission::UsersRead)?;
    Ok("permitted".to_owned())
}

#[get("/optional")]
async fn optional(caller: Option<Caller>) -> String {
    caller.is_some().to_string()
}

/// Status, headers and body of the answer to `path` with these `Authorization` headers.
async fn answer(gate: Option<Gate>, path: &str, authorization: &[&str]) -> (u16, HeaderMap, String) {
    let app = App::new().service(anybody).service(clinicians).service(permitted).service(optional);
    let app = init_service(match gate {
        Some(gate) => app.app_data(gate),
        None => app,
    })
    .await;
    let mut request = TestRequest::get().uri(path);
    for value in authorization {
        request = request.append_header((AUTHORIZATION, *value));
    }
    let response = call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, String::from_utf8(read_body(response).await.to_vec()).unwrap())
}

async fn with_token(key: &Arc<Key>, path: &str, token: &str) -> (u16, HeaderMap, String) {
    answer(Some(gate(Some(key)).await), path, &[&format!("Bearer {token}")]).await
}

#[actix_web::test]
async fn a_handler_gets_who_calls() {
    let key = Arc::new(Key::new("a"));
    let (status, _, body) = with_token(&key, "/anybody", &key.token()).await;
    assert_eq!((status, body.as_str()), (200, "00000000-0000-0000-0000-000000000001"));
    let of_a_service = key.forge(key.header(), service());
    assert_eq!(with_token(&key, "/anybody", &of_a_service).await.2, "a service");
    assert_eq!(with_token(&key, "/optional", &key.token()).await.2, "true");
    assert_eq!(with_token(&key, "/optional", "a.b.c").await.2, "false");
}

#[actix_web::test]
async fn a_requirement_is_held_before_the_handler_runs() {
    let key = Arc::new(Key::new("a"));
    assert_eq!(with_token(&key, "/clinicians", &key.token()).await.2, "a clinician");
    assert_eq!(with_token(&key, "/permitted", &key.token()).await.2, "permitted");
    let patient = key.forge(key.header(), with(user(), "roles", json!(["patient"])));
    for path in ["/clinicians", "/permitted"] {
        let (status, headers, body) = with_token(&key, path, &patient).await;
        assert_eq!(status, 403);
        assert_eq!(headers.get(WWW_AUTHENTICATE).unwrap(), r#"Bearer error="insufficient_scope""#);
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["code"], "forbidden");
    }
}

#[actix_web::test]
async fn who_has_no_valid_token_is_told_so_by_rfc_6750() {
    let key = Arc::new(Key::new("a"));
    let expired = key.forge(key.header(), with(user(), "exp", json!(1)));
    let cases: [(&[&str], &str); 4] = [
        (&[], "Bearer"),
        (&["Basic YTpi"], "Bearer"),
        (&["Bearer a.b.c"], r#"Bearer error="invalid_token""#),
        (&["Bearer a", "Bearer b"], r#"Bearer error="invalid_token""#),
    ];
    for (authorization, challenge) in cases {
        let (status, headers, body) = answer(Some(gate(Some(&key)).await), "/anybody", authorization).await;
        assert_eq!(status, 401);
        assert_eq!(headers.get(WWW_AUTHENTICATE).unwrap(), challenge);
        assert_eq!(headers.get(CONTENT_TYPE).unwrap(), "application/problem+json");
        assert_eq!(headers.get(CACHE_CONTROL).unwrap(), "no-store");
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(problem["type"], "urn:voxgate:problem:unauthenticated");
        assert_eq!(problem["status"], 401);
    }
    let (_, _, of_expired) = with_token(&key, "/anybody", &expired).await;
    let (_, _, of_garbage) = with_token(&key, "/anybody", "a.b.c").await;
    assert_eq!(of_expired, of_garbage, "nobody is told why");
}

#[actix_web::test]
async fn without_keys_it_is_503_and_without_a_gate_500() {
    let key = Arc::new(Key::new("a"));
    let token = format!("Bearer {}", key.token());
    let (status, headers, _) = answer(Some(gate(None).await), "/anybody", &[&token]).await;
    assert_eq!((status, headers.get(RETRY_AFTER).unwrap().to_str().unwrap()), (503, "5"));
    assert!(!headers.contains_key(WWW_AUTHENTICATE));
    assert_eq!(answer(None, "/anybody", &[&token]).await.0, 500);
}
