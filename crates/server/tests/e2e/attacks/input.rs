//! Input that is made to hurt whoever works on it, or reads about it.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Backend, Voxgate};
use crate::person::{PASSWORD, person};

/// More than an answer takes on the busiest machine, and much less than the work that is refused.
const AT_ONCE: Duration = Duration::from_secs(5);

pub(crate) async fn long_password_and_hash_flood_denial_of_service(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let begun = Instant::now();
    for length in [129, 10_000, 60_000] {
        let long = "aA1!".repeat(length).chars().take(length).collect::<String>();
        let body = json!({"email": "ada@example.org", "password": long});
        for path in ["/auth/login", "/auth/register"] {
            voxgate.post(path, body.clone()).await.expect_problem(422, "validation_failed");
        }
    }
    // As many members as fit, which a weak hash would put into one bucket; arrays as deep as fit.
    let mut many = String::from("{\"email\":\"ada@example.org\",\"password\":\"x\"");
    for n in 0..8_000 {
        let _ = write!(many, ",\"{n:x}\":0");
    }
    many.push('}');
    assert!(many.len() < 65_536 + 60_000);
    many.truncate(65_000);
    let cut = many.rfind(',').unwrap();
    many.truncate(cut);
    many.push('}');
    voxgate.post_raw("/auth/login", "application/json", many).await.expect_problem(422, "validation_failed");
    let deep = "[".repeat(65_000);
    voxgate.post_raw("/auth/login", "application/json", deep).await.expect_problem(400, "malformed_json");
    let took = begun.elapsed();
    assert!(took < AT_ONCE, "refusing took {took:?}");
}

pub(crate) async fn log_and_csv_injection(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("LOG_FORMAT", "json"), ("LOG_LEVEL", "debug")]).await;
    let admin = voxgate.admin("root@example.org").await;
    voxgate.verified("ada@example.org").await;
    let (formula, colours) = ("=HYPERLINK(\"https://evil.example\")", "x\u{1b}[31m red \t{\"level\":\"ERROR\"}");

    // Control characters do not get into a name at all; what runs in a spreadsheet is a text like any other.
    for evil in ["two\nlines", "x\r\ny", "\u{1b}[31m", "\u{202e}gnp"] {
        let body = json!({"email": "ada@example.org", "password": PASSWORD, "device_name": evil});
        voxgate.post("/auth/login", body).await.expect_problem(422, "validation_failed");
    }
    let body = json!({"email": "ada@example.org", "password": PASSWORD, "device_name": formula});
    let agent = reqwest::header::HeaderValue::from_bytes(b"curl\t=cmd|' /C calc'!A0 {\"level\":\"ERROR\"}").unwrap();
    let request = voxgate.request(Method::POST, "/auth/login").header("user-agent", agent).json(&body);
    let me = person("ada@example.org", &voxgate.send(request).await.expect(200).json());
    let forged = [("x-request-id", "a\u{9}b\"c"), ("referer", "{\"level\":\"ERROR\"}")];
    let mut request = voxgate.request(Method::GET, "/users/profile").bearer_auth(&me.access_token);
    for (name, value) in forged {
        request = request.header(name, value);
    }
    voxgate.send(request).await.expect(200);
    voxgate.get(&format!("/nowhere?{}", url_encoded(colours))).await.expect(404);

    // The log: each line is one object, with one level that the service gave it.
    let log = voxgate.log();
    let lines: Vec<Value> =
        log.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(lines.len() > 3, "{log}");
    assert!(!log.contains('\u{1b}'), "{log}");
    assert!(lines.iter().all(|line| line["level"] != "ERROR"), "{log}");

    // The export: each event is one line, and nothing in it begins a cell of its own.
    let auditor = voxgate.invited(&admin, "audit@example.org", &["auditor"]).await;
    let request = voxgate.request(Method::GET, "/audit?event=login.succeeded").bearer_auth(&auditor.access_token);
    let export = voxgate.send(request.header("accept", "application/x-ndjson")).await.expect(200);
    let events: Vec<Value> = export.text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let agents: Vec<&str> = events.iter().filter_map(|event| event["user_agent"].as_str()).collect();
    assert!(agents.iter().any(|agent| agent.contains("calc")), "{agents:?}");
    assert!(agents.iter().all(|agent| !agent.contains(char::is_control)), "{agents:?}");
}

fn url_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02x}");
        encoded
    })
}
