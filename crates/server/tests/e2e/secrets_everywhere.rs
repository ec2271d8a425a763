//! Every route of the document, with marked secrets wherever a caller can put a text: none is told again.

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::Person;

/// What is looked for. Each place has its own ending, so that a find says where it came from.
const MARK: &str = "Zq7Marked";

/// Texts that a field takes for good, so that the request gets further than the form; each with the mark.
const PLAUSIBLE: &[(&str, &str)] = &[
    ("email", "Zq7Marked.mail@example.org"),
    ("new_email", "Zq7Marked.new@example.org"),
    ("password", "Zq7Marked-pass!W3"),
    ("current_password", "Zq7Marked-curr!W3"),
    ("new_password", "Zq7Marked-next!W3"),
    ("first_name", "Zq7Marked First"),
    ("last_name", "Zq7Marked Last"),
    ("device_name", "Zq7Marked Device"),
    ("reason", "Zq7Marked reason"),
];

/// Texts that must be one of a few, or of a form that the mark does not fit.
const FIXED: &[(&str, &str)] = &[
    ("locale", "de-CH"),
    ("timezone", "Europe/Zurich"),
    ("phone_number", "+41791234567"),
    ("date_of_birth", "1985-12-10"),
    ("token_delivery", "body"),
    ("status", "active"),
];

/// A body with every field that the schema describes.
fn body_of(document: &Value, schema: &Value, plausible: bool) -> Value {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    let mut body = Map::new();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let of = |table: &[(&str, &str)]| table.iter().find(|(known, _)| known == name).map(|(_, text)| json!(text));
        let kind = &field["type"];
        let is = |wanted: &str| kind == wanted || kind.as_array().is_some_and(|kinds| kinds.contains(&json!(wanted)));
        let value = if is("boolean") {
            json!(true)
        } else if is("array") {
            json!([if plausible { "patient".to_owned() } else { format!("{MARK}-{name}") }])
        } else if plausible {
            of(PLAUSIBLE).or_else(|| of(FIXED)).unwrap_or_else(|| json!(format!("{MARK}-{name}")))
        } else {
            json!(format!("{MARK}-{name}"))
        };
        body.insert(name.clone(), value);
    }
    Value::Object(body)
}

/// Calls a route with the mark everywhere.
async fn call(voxgate: &Voxgate, name: &str, body: Option<Value>, caller: Option<&Person>) -> Answer {
    let (method, path) = name.split_once(' ').unwrap();
    let path = path.replace("{id}", "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d");
    let query = format!("?token={MARK}-query&cursor={MARK}-cursor&q={MARK}-q&event={MARK}-event");
    let mut request = voxgate
        .request(method.to_uppercase().parse::<Method>().unwrap(), &(path + &query))
        .header("user-agent", format!("{MARK}-agent"))
        .header("cookie", format!("__Host-voxgate_refresh={MARK}-cookie; __Host-voxgate_csrf={MARK}-csrf"))
        .header("x-csrf-token", format!("{MARK}-csrf"))
        .header("x-api-key", format!("{MARK}-key"))
        .header("if-match", format!("\"{MARK}-etag\""))
        .header("referer", format!("https://example.org/{MARK}-referer"))
        .header("traceparent", format!("{MARK}-trace"))
        .header("x-request-id", format!("{MARK} is no id"));
    request = match caller {
        Some(caller) => request.bearer_auth(&caller.access_token),
        None => request.bearer_auth(format!("{MARK}-bearer")),
    };
    voxgate.send(if let Some(body) = body { request.json(&body) } else { request }).await
}

pub(crate) async fn nothing_that_a_caller_sends_to_any_route_is_logged_or_counted(backend: Backend) {
    let settings =
        [("LOG_LEVEL", "trace"), ("LOG_FORMAT", "json"), ("LOG_BODY_FIELDS", "locale,timezone,status,roles")];
    let voxgate = Voxgate::start_with(backend, &settings).await;
    let admin = voxgate.admin("root@example.org").await;
    let document = voxgate.get("/openapi.json").await.expect(200).json();
    let mut routes: Vec<(String, Option<Value>)> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, one)| one["responses"].is_object()) {
            let schema = operation.pointer("/requestBody/content/application~1json/schema").cloned();
            routes.push((format!("{method} {path}"), schema));
        }
    }
    // What ends the caller's own session comes last.
    routes.sort_by_key(|(name, _)| {
        matches!(name.as_str(), "post /auth/logout" | "delete /users/account" | "post /auth/change-password")
    });
    let mut errors = Vec::new();
    for (name, schema) in &routes {
        for plausible in [false, true] {
            let body = schema.as_ref().map(|schema| body_of(&document, schema, plausible));
            for caller in [None, Some(&admin)] {
                let answer = call(&voxgate, name, body.clone(), caller).await;
                assert!(answer.status < 500, "{name}: {answer:?}");
                if answer.status >= 400 {
                    errors.push((name, answer));
                }
            }
        }
    }
    let broken = format!("{{\"password\": \"{MARK}-broken\"");
    voxgate.post_raw("/auth/login", "application/json", broken).await.expect(400);
    voxgate.post_raw("/auth/login", "text/plain", format!("{MARK}-plain")).await.expect(415);

    assert!(routes.len() > 40 && errors.len() > routes.len(), "{} routes, {} errors", routes.len(), errors.len());
    for (name, answer) in &errors {
        assert!(!answer.text.contains(MARK), "{name} tells again what it was sent: {answer:?}");
        assert!(
            answer.headers.values().all(|value| !String::from_utf8_lossy(value.as_bytes()).contains(MARK)),
            "{name}"
        );
    }
    let metrics = voxgate.get("/metrics").await.expect(200).text;
    assert_eq!(metrics.lines().find(|line| line.contains(MARK)), None, "in the metrics");
    let log = voxgate.log();
    let of_requests = log.lines().filter(|line| line.contains("\"request handled\"")).count();
    assert!(of_requests >= routes.len() * 4, "{of_requests} lines of requests");
    for mark in [MARK, "zq7marked", "+41791234567", "1985-12-10", admin.access_token.as_str(), &admin.refresh_token] {
        assert_eq!(log.lines().find(|line| line.contains(mark)), None, "{mark} is in the log");
    }
}
