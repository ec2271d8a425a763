//! Bodies that are not what they should be.

use actix_web::test::TestRequest;
use rstest::rstest;

use super::{answer, json, with_token};

fn post(path: &str) -> TestRequest {
    TestRequest::post().uri(path)
}

#[rstest]
#[case("")]
#[case("{")]
#[case(r#"{"email":"a@example.org"} trailing"#)]
#[case(r#"{"email":"a@example.org","email":"b@example.org","password":"x"}"#)]
#[case(r#"{"email":1e999}"#)]
#[actix_web::test]
async fn broken_json_is_400(#[case] body: &'static str) {
    let answered = answer(json(post("/auth/login"), body)).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (400, "malformed_json"));
}

#[actix_web::test]
async fn invalid_utf_8_and_endless_nesting_are_400() {
    let invalid = answer(json(post("/auth/login"), b"{\"email\":\"\xff\"}".to_vec())).await;
    assert_eq!(invalid.problem(), "malformed_json");
    let deep = answer(json(post("/auth/login"), "[".repeat(60_000))).await;
    assert_eq!(deep.problem(), "malformed_json");
}

#[rstest]
#[case("text/plain")]
#[case("application/x-www-form-urlencoded")]
#[case("multipart/form-data; boundary=x")]
#[case("application/json; charset=latin1")]
#[actix_web::test]
async fn another_type_is_415(#[case] media_type: &'static str) {
    let request = post("/auth/login").insert_header(("content-type", media_type)).set_payload("{}");
    let answered = answer(request).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (415, "unsupported_media_type"));
}

#[actix_web::test]
async fn no_type_and_a_content_coding_are_415_too() {
    assert_eq!(answer(post("/auth/login").set_payload("{}")).await.problem(), "unsupported_media_type");
    let packed = json(post("/auth/login"), "{}").insert_header(("content-encoding", "gzip"));
    assert_eq!(answer(packed).await.problem(), "unsupported_media_type");
    // No body is enough for a refresh; a body of another type is not.
    assert_eq!(answer(post("/auth/refresh").set_payload("{}")).await.problem(), "unsupported_media_type");
}

#[rstest]
#[case(65_536, 400)]
#[case(65_537, 413)]
#[case(1_000_000, 413)]
#[actix_web::test]
async fn a_body_of_more_than_64_kib_is_413(#[case] length: usize, #[case] status: u16) {
    assert_eq!(answer(json(post("/auth/login"), "x".repeat(length))).await.status.as_u16(), status);
}

#[actix_web::test]
async fn a_length_that_is_announced_is_believed_when_it_is_too_large() {
    let request = json(post("/auth/login"), "{}").insert_header(("content-length", "70000"));
    assert_eq!(answer(request).await.problem(), "payload_too_large");
}

#[actix_web::test]
async fn every_fault_of_a_registration_is_listed_at_once() {
    let body = r#"{"email":"nobody","password":"short","first_name":7,"locale":"??","roles":["admin"]}"#;
    let answered = answer(json(post("/auth/register"), body)).await;
    assert_eq!(answered.status, 422);
    let expected = [
        ("email", "malformed"),
        ("first_name", "wrong_type"),
        ("locale", "malformed"),
        ("password", "too_short"),
        ("password", "no_uppercase"),
        ("password", "no_digit"),
        ("password", "no_special"),
        ("roles", "unknown_field"),
    ];
    assert_eq!(answered.faults(), expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    assert_eq!(answered.json()["detail"], "8 fields are invalid");
}

#[actix_web::test]
async fn a_password_is_held_against_the_address_beside_it() {
    let body = r#"{"email":"lovelace@example.org","password":"Lovelace-77-harbour"}"#;
    let answered = answer(json(post("/auth/register"), body)).await;
    assert_eq!(answered.faults(), [("password".to_owned(), "personal".to_owned())]);
}

#[rstest]
#[case("/auth/verify-email", r#"{"token":"not a token"}"#, 400, "invalid_token")]
#[case("/auth/verify-email", r#"{"token":""}"#, 400, "invalid_token")]
#[case("/auth/verify-email", "{}", 422, "validation_failed")]
#[case("/auth/reset-password", r#"{"token":"'","new_password":"violet-Otter7-harbour"}"#, 400, "invalid_token")]
#[case("/auth/refresh", r#"{"refresh_token":"not a token"}"#, 401, "invalid_refresh_token")]
#[case("/auth/refresh", "{}", 422, "validation_failed")]
#[case("/auth/refresh", "", 422, "validation_failed")]
#[actix_web::test]
async fn what_can_be_no_token_is_as_one_that_is_not_known(
    #[case] path: &str,
    #[case] body: &'static str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let answered = answer(json(post(path), body)).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (status, code));
}

#[actix_web::test]
async fn nobody_learns_what_is_wrong_with_a_body_before_it_is_known_who_sent_it() {
    let body = || json(post("/auth/change-password"), "{");
    assert_eq!(answer(body()).await.problem(), "unauthenticated");
    assert_eq!(answer(with_token(body())).await.problem(), "malformed_json");
}
