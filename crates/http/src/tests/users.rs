//! How an account is shown and changed.

use actix_web::test::TestRequest;
use rstest::rstest;
use serde_json::json;

use super::{answer, json as with_json, with_token};

#[actix_web::test]
async fn a_user_is_shown_as_the_contract_says() {
    let answered = answer(with_token(TestRequest::get().uri("/users/profile"))).await;
    assert_eq!(answered.header("etag"), Some("\"7\""));
    assert_eq!(answered.header("cache-control"), Some("no-store"));
    assert_eq!(
        answered.json(),
        json!({
            "id": "00000000-0000-0000-0000-000000000001",
            "email": "ada@example.org",
            "email_verified": true,
            "status": "active",
            "roles": ["patient"],
            "first_name": "Ada",
            "last_name": null,
            "phone_number": null,
            "date_of_birth": null,
            "locale": null,
            "timezone": null,
            "mfa_enabled": false,
            "created_at": "2026-02-02T02:40:00Z",
            "updated_at": "2026-02-02T02:40:00Z",
            "last_login_at": null,
        })
    );
}

fn put(path: &str, body: &serde_json::Value) -> TestRequest {
    with_json(with_token(TestRequest::put().uri(path)), body.to_string())
}

#[rstest]
#[case(r#""6""#)]
#[case(r#"W/"7""#)]
#[case("rubbish")]
#[actix_web::test]
async fn a_change_of_what_is_not_there_any_more_is_412(#[case] if_match: &'static str) {
    let answered = answer(put("/users/profile", &json!({})).insert_header(("if-match", if_match))).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (412, "precondition_failed"));
}

#[actix_web::test]
async fn every_fault_of_a_profile_is_listed_at_once() {
    let body = json!({
        "first_name": "nul\u{0}",
        "last_name": ["Lovelace"],
        "phone_number": "0791234567",
        "date_of_birth": "2999-01-01",
        "locale": "de_CH",
        "timezone": "Mars/Olympus",
        "status": "active",
    });
    let expected = [
        ("first_name", "malformed"),
        ("last_name", "wrong_type"),
        ("phone_number", "malformed"),
        ("date_of_birth", "out_of_range"),
        ("locale", "malformed"),
        ("timezone", "unknown"),
        ("status", "unknown_field"),
    ];
    let answered = answer(put("/users/profile", &body)).await;
    assert_eq!(answered.faults(), expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
}

#[actix_web::test]
async fn security_mail_cannot_be_turned_off() {
    let body = json!({"security_email": false, "product_email": true});
    let answered = answer(put("/users/notification-preferences", &body)).await;
    assert_eq!(answered.status, 422);
    assert_eq!(answered.faults(), [("security_email".to_owned(), "always_on".to_owned())]);
}
