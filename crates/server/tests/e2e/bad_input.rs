//! Bad input of every kind gets its problem.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Backend, Voxgate};
use crate::person::PASSWORD;

pub(crate) async fn every_kind_of_bad_input_gets_its_problem(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let me = voxgate.logged_in("ada@example.org").await;

    bodies(&voxgate).await;
    fields(&voxgate).await;
    routes(&voxgate, &me.access_token).await;
    credentials(&voxgate, &me.access_token).await;

    let log = voxgate.log();
    assert!(!log.contains("panicked"), "{log}");
}

/// What cannot be read at all.
async fn bodies(voxgate: &Voxgate) {
    let json = "application/json";
    for broken in ["", "{", "{\"email\": }", "[1,2]x", "nul", "{\"email\":\"a\",\"email\":\"b\"}", "{} {}"] {
        let answer = voxgate.post_raw("/auth/login", json, broken.to_owned()).await;
        answer.expect_problem(400, "malformed_json");
    }
    let invalid_utf8 = b"{\"email\": \"\xff\xfe\"}".to_vec();
    voxgate.post_raw("/auth/login", json, invalid_utf8).await.expect_problem(400, "malformed_json");
    let deep = "[".repeat(10_000);
    voxgate.post_raw("/auth/login", json, deep).await.expect_problem(400, "malformed_json");
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let answer = voxgate.post_raw("/auth/login", content_type, "{}").await;
        answer.expect_problem(415, "unsupported_media_type");
    }
    let large = format!("{{\"email\": \"{}\"}}", "x".repeat(65 * 1_024));
    voxgate.post_raw("/auth/login", json, large).await.expect_problem(413, "payload_too_large");
}

/// What can be read and is wrong: every fault at once.
async fn fields(voxgate: &Voxgate) {
    let bad = json!({"email": "no address", "password": 12, "first_name": "", "locale": "de_CH", "role": "admin"});
    let problem = voxgate.post("/auth/register", bad).await.expect_problem(422, "validation_failed").json();
    let mut faults: Vec<(String, String)> = Vec::new();
    for error in problem["errors"].as_array().unwrap() {
        assert!(error["message"].is_string());
        faults.push((error["field"].as_str().unwrap().to_owned(), error["code"].as_str().unwrap().to_owned()));
    }
    faults.sort();
    let names: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(names, ["email", "first_name", "locale", "password", "role"], "{problem}");
    assert!(faults.contains(&("role".into(), "unknown_field".into())), "{faults:?}");
    assert!(faults.contains(&("password".into(), "wrong_type".into())), "{faults:?}");

    let problem = voxgate.post("/auth/register", json!({})).await.expect_problem(422, "validation_failed").json();
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2, "{problem}");
    for not_an_object in [json!([]), json!("text"), json!(1), Value::Null] {
        let answer = voxgate.post("/auth/register", not_an_object.clone()).await;
        assert!([400, 422].contains(&answer.status), "{not_an_object}: {answer:?}");
        answer.code();
    }
    for weak in ["Password123!", "Qwerty12345!", "P@ssw0rd2024!", "Summer2025!!ab", "xK9#mQ2$vL7", "ada@Example.org1A"]
    {
        let answer = voxgate.post("/auth/register", json!({"email": "ada@example.org", "password": weak})).await;
        answer.expect_problem(422, "validation_failed");
    }
    let huge = json!({"email": "ada@example.org", "password": "x".repeat(10_000)});
    let begun = std::time::Instant::now();
    let problem = voxgate.post("/auth/register", huge).await.expect_problem(422, "validation_failed").json();
    assert!(begun.elapsed().as_millis() < 500, "a long password was worked on");
    assert_eq!(problem["errors"][0]["code"], "too_long");
    for odd in ["nul\u{0}byte@example.org", "a@exa\u{202e}mple.org", "x\r\nBcc: y@example.org"] {
        let answer = voxgate.log_in(odd, PASSWORD).await;
        answer.expect_problem(422, "validation_failed");
    }
    for token in ["", "short", &"x".repeat(10_000), "%00", "' OR 1=1 --"] {
        let answer = voxgate.post("/auth/verify-email", json!({"token": token})).await;
        assert!([400, 422].contains(&answer.status), "{answer:?}");
        answer.code();
    }
}

/// What asks for something that is not there.
async fn routes(voxgate: &Voxgate, token: &str) {
    voxgate.get("/nowhere").await.expect_problem(404, "not_found");
    voxgate.get("/auth/login/").await.expect_problem(404, "not_found");
    let answer = voxgate.get("/auth/login").await.expect_problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST");
    let answer = voxgate.call(Method::PATCH, "/users/profile", token, Value::Null).await;
    let allow = answer.expect_problem(405, "method_not_allowed");
    assert!(allow.header("allow").contains("GET") && allow.header("allow").contains("PUT"), "{allow:?}");
    let answer = voxgate.call(Method::DELETE, "/users/sessions/not-a-uuid", token, Value::Null).await;
    assert!([404, 422].contains(&answer.status), "{answer:?}");
    answer.code();

    // A sane request id is kept, another one is not.
    let kept = voxgate.send(voxgate.request(Method::GET, "/nowhere").header("x-request-id", "mine-12345")).await;
    assert_eq!(kept.header("x-request-id"), "mine-12345");
    let request = voxgate.request(Method::GET, "/health").header("x-request-id", "not sane at all!");
    let made = voxgate.send(request).await;
    assert_ne!(made.header("x-request-id"), "not sane at all!");
    assert!(made.header("x-request-id").len() >= 8);
}

/// What claims to be somebody.
async fn credentials(voxgate: &Voxgate, token: &str) {
    let answer = voxgate.get("/users/profile").await.expect_problem(401, "unauthenticated");
    assert!(answer.header("www-authenticate").starts_with("Bearer"), "{answer:?}");
    let tampered = format!("{}x", token);
    let parts: Vec<&str> = token.split('.').collect();
    let no_signature = format!("{}.{}.", parts[0], parts[1]);
    let huge = "x".repeat(7_000);
    for bad in [tampered.as_str(), no_signature.as_str(), "x", "a.b.c", huge.as_str()] {
        let answer = voxgate.call(Method::GET, "/users/profile", bad, Value::Null).await;
        answer.expect_problem(401, "unauthenticated");
    }
    let basic = voxgate.request(Method::GET, "/users/profile").header("authorization", "Basic YTpi");
    voxgate.send(basic).await.expect_problem(401, "unauthenticated");
    voxgate.refresh("unknown").await.expect_problem(401, "invalid_refresh_token");
    // A token in the query counts for nothing.
    voxgate.get(&format!("/users/profile?access_token={token}")).await.expect_problem(401, "unauthenticated");
}
