//! What other sites' pages can do: nothing (CORS, CSRF).

use actix_web::cookie::Cookie;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use rstest::rstest;

use super::{ALLOWED_ORIGIN, PUBLIC_URL, answer};
use crate::cookies::{CSRF_COOKIE, CSRF_HEADER, REFRESH_COOKIE};

/// A request by a browser that holds the cookies; the refresh token itself is one that can be no token.
fn by_cookie(path: &str) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .cookie(Cookie::new(REFRESH_COOKIE, "can.be.none"))
        .cookie(Cookie::new(CSRF_COOKIE, "csrf-token"))
}

#[rstest]
#[case("/auth/refresh")]
#[case("/auth/logout")]
#[actix_web::test]
async fn the_cookie_needs_its_csrf_token_and_an_allowed_origin(#[case] path: &str) {
    let with_header = || by_cookie(path).insert_header((CSRF_HEADER, "csrf-token"));
    let refused = [
        by_cookie(path),
        by_cookie(path).insert_header((CSRF_HEADER, "another-token")),
        with_header().insert_header(("origin", "https://evil.example")),
        with_header().insert_header(("origin", "null")),
    ];
    for request in refused {
        let answered = answer(request).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (403, "csrf_failed"));
    }
    for request in [
        with_header(),
        with_header().insert_header(("origin", PUBLIC_URL)),
        with_header().insert_header(("origin", ALLOWED_ORIGIN)),
    ] {
        assert_eq!(answer(request).await.problem(), "invalid_refresh_token");
    }
}

#[actix_web::test]
async fn a_token_in_the_body_counts_before_the_cookie() {
    let request = by_cookie("/auth/refresh").set_json(serde_json::json!({"refresh_token": "can be none"}));
    assert_eq!(answer(request).await.problem(), "invalid_refresh_token");
}

#[rstest]
#[case(ALLOWED_ORIGIN, true)]
#[case("https://evil.example", false)]
#[case("https://app.example.org.evil.example", false)]
#[case("http://app.example.org", false)]
#[case("null", false)]
#[actix_web::test]
async fn only_allowed_origins_may_read_an_answer(#[case] origin: &'static str, #[case] allowed: bool) {
    for path in ["/health", "/users/profile", "/nothing"] {
        let answered = answer(TestRequest::get().uri(path).insert_header(("origin", origin))).await;
        assert_eq!(answered.header("access-control-allow-origin"), allowed.then_some(origin), "{path}");
        assert!(answered.header("vary").unwrap().contains("Origin"));
    }
}

#[actix_web::test]
async fn an_answer_varies_by_origin_even_without_one() {
    let answered = answer(TestRequest::get().uri("/health")).await;
    assert!(answered.header("vary").unwrap().contains("Origin"));
    assert_eq!(answered.header("access-control-allow-origin"), None);
}

fn preflight(origin: &'static str) -> TestRequest {
    TestRequest::with_uri("/users/profile")
        .method(Method::OPTIONS)
        .insert_header(("origin", origin))
        .insert_header(("access-control-request-method", "PUT"))
        .insert_header(("access-control-request-headers", "authorization, content-type, if-match, x-csrf-token"))
}

#[actix_web::test]
async fn a_preflight_is_answered_for_allowed_origins_alone() {
    let allowed = answer(preflight(ALLOWED_ORIGIN)).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(ALLOWED_ORIGIN));
    assert!(allowed.header("access-control-allow-methods").unwrap().contains("PUT"));

    for origin in ["https://evil.example", "null"] {
        let refused = answer(preflight(origin)).await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (403, "forbidden"));
        assert_eq!(refused.header("access-control-allow-origin"), None);
        assert!(refused.header("vary").unwrap().contains("Origin"));
    }
}
