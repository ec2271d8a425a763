//! Access tokens, good and bad.

use actix_web::test::TestRequest;
use rstest::rstest;

use super::{GOOD_TOKEN, answer, with_token};

const GUARDED: &[(&str, &str)] = &[
    ("POST", "/auth/logout"),
    ("POST", "/auth/change-password"),
    ("POST", "/auth/reauthenticate"),
    ("GET", "/auth/mfa"),
    ("POST", "/auth/mfa/totp/enroll"),
    ("POST", "/auth/mfa/totp/confirm"),
    ("POST", "/auth/mfa/totp/disable"),
    ("POST", "/auth/mfa/recovery-codes"),
    ("GET", "/users/profile"),
    ("PUT", "/users/profile"),
    ("POST", "/users/email"),
    ("DELETE", "/users/account"),
    ("GET", "/users/sessions"),
    ("DELETE", "/users/sessions"),
    ("DELETE", "/users/sessions/019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d"),
    ("GET", "/users/notification-preferences"),
    ("PUT", "/users/notification-preferences"),
    ("GET", "/users/export"),
    ("GET", "/users"),
    ("POST", "/users"),
    ("GET", "/users/019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d"),
    ("PUT", "/users/019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d/status"),
    ("PUT", "/users/019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d/roles"),
    ("POST", "/users/019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d/unlock"),
    ("GET", "/users/019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d/sessions"),
    ("DELETE", "/users/019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d/sessions"),
    ("GET", "/roles"),
];

fn request(method: &str, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(method.parse().unwrap())
}

#[actix_web::test]
async fn without_a_token_nothing_of_an_account_is_there() {
    for (method, path) in GUARDED {
        let answered = answer(request(method, path)).await;
        assert_eq!(
            (answered.status.as_u16(), answered.problem().as_str()),
            (401, "unauthenticated"),
            "{method} {path}"
        );
        assert_eq!(answered.header("www-authenticate"), Some("Bearer"));
        assert_eq!(answered.header("cache-control"), Some("no-store"));
    }
}

#[rstest]
#[case("Bearer forged.access.token")]
#[case("Bearer")]
#[case("Bearer two tokens")]
#[case("Basic YWRhOnNlY3JldA==")]
#[case("good.access.token")]
#[actix_web::test]
async fn a_bad_token_is_told_to_be_one(#[case] authorization: &'static str) {
    for (method, path) in GUARDED {
        let answered = answer(request(method, path).insert_header(("authorization", authorization))).await;
        assert_eq!(answered.problem(), "unauthenticated", "{method} {path}");
        assert_eq!(answered.header("www-authenticate"), Some(r#"Bearer error="invalid_token""#));
    }
}

#[actix_web::test]
async fn a_token_counts_in_the_header_alone() {
    let in_query = TestRequest::get().uri(&format!("/users/profile?access_token={GOOD_TOKEN}"));
    assert_eq!(answer(in_query).await.problem(), "unauthenticated");
    assert_eq!(answer(with_token(TestRequest::get().uri("/users/profile"))).await.status, 200);
}

#[actix_web::test]
async fn the_scheme_is_read_in_any_case() {
    let request = TestRequest::get().uri("/users/profile");
    let request = request.insert_header(("authorization", format!("bEARER {GOOD_TOKEN}")));
    assert_eq!(answer(request).await.status, 200);
}
