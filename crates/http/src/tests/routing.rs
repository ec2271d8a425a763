//! Paths, methods, request ids and headers.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use rstest::rstest;
use voxgate_domain::ports::{MockStore, StoreError};

use super::{answer, answer_in, answer_over, json, with_token};
use crate::Readiness;

#[rstest]
#[case("/")]
#[case("/nothing")]
#[case("/auth/login/")]
#[case("/v1/auth/login")]
#[case("/users/sessions/1/2")]
#[case("/docs/no-such-file.js")]
#[actix_web::test]
async fn an_unknown_path_is_404(#[case] path: &str) {
    let answered = answer(TestRequest::get().uri(path)).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (404, "not_found"));
}

#[rstest]
#[case("GET", "/auth/login", "POST")]
#[case("POST", "/users/profile", "GET, HEAD, PUT")]
#[case("PATCH", "/users/sessions", "GET, HEAD, DELETE")]
#[case("GET", "/users/sessions/019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d", "DELETE")]
#[case("DELETE", "/health", "GET, HEAD")]
#[case("POST", "/openapi.json", "GET, HEAD")]
#[case("POST", "/verify-email", "GET, HEAD")]
#[actix_web::test]
async fn another_method_is_405_with_allow(#[case] method: Method, #[case] path: &str, #[case] allow: &str) {
    let answered = answer(TestRequest::with_uri(path).method(method)).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (405, "method_not_allowed"));
    assert_eq!(answered.header("allow"), Some(allow));
}

#[actix_web::test]
async fn head_answers_as_get_does() {
    let answered = answer(TestRequest::with_uri("/health").method(Method::HEAD)).await;
    assert_eq!(answered.status, 200);
}

#[actix_web::test]
async fn an_id_that_is_no_uuid_names_nothing() {
    let answered = answer(with_token(TestRequest::delete().uri("/users/sessions/1%27--"))).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (404, "not_found"));
}

#[rstest]
#[case("my-request-0001", true)]
#[case("short", false)]
#[case("has spaces in it", false)]
#[actix_web::test]
async fn a_sane_request_id_is_taken_over(#[case] sent: &'static str, #[case] kept: bool) {
    for path in ["/health", "/nothing", "/users/profile"] {
        let answered = answer(TestRequest::get().uri(path).insert_header(("x-request-id", sent))).await;
        assert_eq!(answered.header("x-request-id") == Some(sent), kept, "{path}");
    }
}

#[actix_web::test]
async fn a_new_request_id_is_a_uuid_of_version_7() {
    let answered = answer(TestRequest::get().uri("/health")).await;
    let id: uuid::Uuid = answered.header("x-request-id").unwrap().parse().unwrap();
    assert_eq!(id.get_version_num(), 7);
}

#[actix_web::test]
async fn every_answer_makes_browsers_careful() {
    for path in ["/health", "/nothing", "/auth/login", "/users/profile", "/docs", "/verify-email"] {
        let answered = answer(TestRequest::get().uri(path)).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(answered.header(name), Some(value), "{name} of {path}");
        }
        let policy = answered.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(answered.header("permissions-policy").is_some());
        assert_eq!(answered.header("server"), None);
    }
}

#[actix_web::test]
async fn readiness_follows_the_phase_and_the_store() {
    let ready = || TestRequest::get().uri("/health/ready");
    let up = || {
        let mut store = MockStore::new();
        store.expect_ping().returning(|| Ok(()));
        store
    };
    let readiness = Readiness::default();
    let starting = answer_in(readiness.clone(), up(), ready()).await;
    assert_eq!((starting.status.as_u16(), starting.problem().as_str()), (503, "unavailable"));
    assert!(starting.header("retry-after").is_some());

    readiness.set_ready();
    assert_eq!(answer_in(readiness.clone(), up(), ready()).await.status, 200);
    let mut down = MockStore::new();
    down.expect_ping().returning(|| Err(StoreError::Unavailable("marked-secret".into())));
    let without_store = answer_in(readiness.clone(), down, ready()).await;
    assert_eq!(without_store.problem(), "unavailable");
    assert!(!without_store.text.contains("marked-secret"));

    readiness.set_draining();
    assert_eq!(answer_in(readiness.clone(), up(), ready()).await.status, 503);
    assert_eq!(answer_in(readiness, up(), TestRequest::get().uri("/health/live")).await.status, 200);
}

#[actix_web::test]
async fn the_key_set_has_public_members_alone() {
    let answered = answer(TestRequest::get().uri("/.well-known/jwks.json")).await;
    let key = serde_json::json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "2026", "n": "bW9k", "e": "AQAB"});
    assert_eq!(answered.json(), serde_json::json!({ "keys": [key] }));
    assert_eq!(answered.header("cache-control"), Some("public, max-age=300"));
}

#[actix_web::test]
async fn a_store_that_does_not_answer_is_503_with_retry_after() {
    let mut store = MockStore::new();
    store.expect_begin().returning(|| Err(StoreError::Unavailable("marked-secret".into())));
    let body = r#"{"email":"ada@example.org"}"#;
    let answered = answer_over(store, json(TestRequest::post().uri("/auth/forgot-password"), body)).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (503, "unavailable"));
    assert_eq!(answered.header("retry-after"), Some("5"));
    assert!(!answered.text.contains("marked-secret"));
}

#[actix_web::test]
async fn a_handler_that_panics_is_500_and_no_more() {
    let mut store = MockStore::new();
    store.expect_begin().returning(|| panic!("marked-secret"));
    let body = r#"{"email":"ada@example.org"}"#;
    let answered = answer_over(store, json(TestRequest::post().uri("/auth/forgot-password"), body)).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (500, "internal_error"));
    assert_eq!(answered.header("x-content-type-options"), Some("nosniff"));
    assert!(!answered.text.contains("marked-secret"));
}
