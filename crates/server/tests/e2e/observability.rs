//! What operators see: metrics, health, the line of each request, and traces.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use voxgate_http::metrics::ALL;
use voxgate_testkit::postgres::{Cluster, Fsync};

use crate::exposition::{Scrape, sum};
use crate::harness::{Answer, Backend, Voxgate};
use crate::person::{OTHER_PASSWORD, PASSWORD, Person};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

impl Voxgate {
    /// The metrics, parsed.
    pub(crate) async fn scrape(&self) -> Scrape {
        let answer = self.get("/metrics").await.expect(200);
        assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"), "{answer:?}");
        Scrape::parse(&answer.text)
    }

    /// The first line of the log that has this request id and says that the request was handled.
    async fn line_of(&self, request_id: &str) -> Value {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let log = self.log();
            let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let of_request = |line: &Value| line["request_id"] == request_id && line["message"] == "request handled";
            if let Some(line) = lines.into_iter().find(of_request) {
                return line;
            }
            assert!(Instant::now() < deadline, "no line of {request_id} in\n{log}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

pub(crate) async fn the_metrics_are_those_of_the_list_with_bounded_labels(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("LOCKOUT_THRESHOLD", "3")]).await;
    let me = voxgate.logged_in("ada@example.org").await;
    for n in 0..4 {
        voxgate.log_in("ada@example.org", OTHER_PASSWORD).await;
        voxgate.get(&format!("/made-up-{n}?token=marked")).await.expect(404);
        voxgate.send(voxgate.request(Method::from_bytes(format!("BREW{n}").as_bytes()).unwrap(), "/health")).await;
        voxgate.call(Method::DELETE, &format!("/users/sessions/{n}"), &me.access_token, Value::Null).await;
    }
    let listed: BTreeSet<&str> = ALL.iter().map(|metric| metric.name).collect();
    let deadline = Instant::now() + Duration::from_secs(20);
    let scrape = loop {
        // What waits in the database is read every few seconds.
        let scrape = voxgate.scrape().await;
        if sum(&scrape, "voxgate_backlog_read_timestamp_seconds", &[]) > 0.0 {
            break scrape;
        }
        assert!(Instant::now() < deadline, "the backlog is not read");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };

    let mut seen = BTreeSet::new();
    for sample in &scrape.samples {
        let name = sample.family.as_str();
        let metric = ALL.iter().find(|metric| metric.name == name).unwrap_or_else(|| panic!("{name} is not listed"));
        assert_eq!(scrape.kinds[name], metric.kind.as_str(), "{name}");
        let labels: BTreeSet<&str> = sample.labels.keys().map(String::as_str).filter(|label| *label != "le").collect();
        assert_eq!(labels, metric.labels.iter().copied().collect(), "{name}");
        seen.insert(metric.name);
    }
    // No limit has refused anything.
    let silent = ["voxgate_rate_limit_hits_total", "voxgate_rate_limiter_degraded"];
    let missing: Vec<_> = listed.iter().filter(|name| !seen.contains(*name) && !silent.contains(name)).collect();
    assert_eq!(missing, [&""; 0], "listed, and not measured");

    let requests = |labels: &[(&str, &str)]| sum(&scrape, "voxgate_http_requests_total", labels);
    assert_eq!(requests(&[("route", "unmatched"), ("status", "4xx")]), 4.0);
    assert_eq!(requests(&[("method", "other"), ("route", "/health")]), 4.0);
    assert_eq!(requests(&[("method", "DELETE"), ("route", "/users/sessions/{id}")]), 4.0);
    let logins = |outcome| sum(&scrape, "voxgate_logins_total", &[("outcome", outcome)]);
    assert_eq!((logins("success"), logins("invalid_credentials"), logins("account_locked")), (1.0, 3.0, 1.0));
    assert_eq!(sum(&scrape, "voxgate_lockouts_total", &[]), 1.0);
    assert_eq!(sum(&scrape, "voxgate_audit_events_total", &[("event", "login.succeeded")]), 1.0);
    assert_eq!(sum(&scrape, "voxgate_login_failures_of_worst_source", &[]), 4.0);
    assert_eq!(sum(&scrape, "voxgate_ready", &[]), 1.0);
    assert!(sum(&scrape, "voxgate_hashing_jobs_total", &[("outcome", "done")]) >= 5.0);
    assert!(sum(&scrape, "process_resident_memory_bytes", &[]) > 1e6);

    let text = voxgate.get("/metrics").await.text;
    for personal in ["ada", "example.org", "127.0.0.1", "made-up", "BREW", "marked", &me.session_id] {
        assert!(!text.contains(personal), "{personal} is in the metrics");
    }
}

pub(crate) async fn metrics_and_details_are_for_operators(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    let patient = voxgate.logged_in("ada@example.org").await;
    for path in ["/metrics", "/health/detailed"] {
        voxgate.get(path).await.expect(200);
        // Through a proxy on this machine, everybody seems to come from it.
        for (name, value) in [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=127.0.0.1"), ("via", "1.1 nginx")]
        {
            let proxied = |who: Option<&Person>| {
                let request = voxgate.request(Method::GET, path).header(name, value);
                voxgate.send(match who {
                    Some(who) => request.bearer_auth(&who.access_token),
                    None => request,
                })
            };
            proxied(None).await.expect_problem(401, "unauthenticated");
            proxied(Some(&patient)).await.expect_problem(403, "forbidden");
            proxied(Some(&admin)).await.expect(200);
        }
    }
}

pub(crate) async fn the_details_tell_how_each_part_does(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let health = voxgate.get("/health/detailed").await.expect(200).json();
        let parts = health["components"].as_object().unwrap();
        assert_eq!(
            parts.keys().collect::<Vec<_>>(),
            ["audit", "database", "hashing", "keys", "mail", "rate_limiter"],
            "{health}"
        );
        assert!(parts.values().all(|part| part["latency_ms"].is_number()), "{health}");
        // Mail and audit are not known before they were read for the first time.
        if health["status"] == "ok" {
            assert!(parts.values().all(|part| part["status"] == "ok"), "{health}");
            return;
        }
        assert!(Instant::now() < deadline, "{health}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_the_service_is_down_and_lives() {
    let cluster = Cluster::private(Fsync::Off).unwrap_or_else(|error| panic!("{error}"));
    let voxgate = Voxgate::start_with(Backend::Sqlite, &[("DATABASE_URL", &cluster.admin_url())]).await;
    cluster.crash().unwrap();
    let asked = Instant::now();
    let health = voxgate.get("/health/detailed").await.expect(503).json();
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_eq!((&health["status"], &health["components"]["database"]["status"]), (&json!("down"), &json!("down")));
    voxgate.get("/health/live").await.expect(200);
    voxgate.get("/health/ready").await.expect_problem(503, "unavailable");
    voxgate.get("/metrics").await.expect(200);

    cluster.restart().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while voxgate.get("/health/ready").await.status != 200 {
        assert!(Instant::now() < deadline, "it does not come back by itself");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_ne!(voxgate.get("/health/detailed").await.expect(200).json()["status"], "down");
}

pub(crate) async fn each_request_has_one_line_that_says_who_and_where_from(backend: Backend) {
    let settings = [("LOG_FORMAT", "json"), ("LOG_BODY_FIELDS", "locale,timezone")];
    let voxgate = Voxgate::start_with(backend, &settings).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let id = voxgate.id_of(&me).await;
    let send = async |method: Method, path: &str, request_id: &str, body: Value| -> Answer {
        let request = voxgate.request(method, path).bearer_auth(&me.access_token).json(&body);
        let request = request.header("x-request-id", request_id);
        voxgate.send(request.header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"))).await
    };
    let body = json!({"first_name": "Markedname", "locale": "de-CH", "timezone": "Europe/Zurich"});
    let answer = send(Method::PUT, "/users/profile?token=marked", "request-0001", body.clone()).await.expect(200);
    let parent = answer.header("traceparent").to_owned();
    assert!(parent.starts_with(&format!("00-{TRACE}-")) && !parent.contains("b7ad6b7169203331"), "{parent}");

    let line = voxgate.line_of("request-0001").await;
    for (field, value) in [
        ("method", json!("PUT")),
        ("route", json!("/users/profile")),
        ("status", json!(200)),
        ("client", json!("127.0.0.1")),
        ("user_id", json!(id)),
        ("session_id", json!(me.session_id)),
        ("trace_id", json!(TRACE)),
        ("level", json!("INFO")),
        ("body", json!(r#"{"locale":"de-CH","timezone":"Europe/Zurich"}"#)),
    ] {
        assert_eq!(line[field], value, "{field} of {line}");
    }
    assert!(line["latency_ms"].as_f64().is_some_and(|latency| latency > 0.0), "{line}");

    // A body that was refused could have anything in the fields.
    let refused = json!({"first_name": "Ada", "locale": "marked-secret-that-is-no-locale"});
    send(Method::PUT, "/users/profile", "request-0002", refused).await.expect(422);
    let line = voxgate.line_of("request-0002").await;
    assert_eq!((&line["status"], &line["body"]), (&json!(422), &Value::Null));
    let unmatched = voxgate.request(Method::GET, "/marked/path").header("x-request-id", "request-0003");
    voxgate.send(unmatched).await.expect(404);
    let line = voxgate.line_of("request-0003").await;
    assert_eq!((&line["route"], &line["user_id"]), (&json!("unmatched"), &Value::Null));
    assert_eq!(line["trace_id"].as_str().map(str::len), Some(32));
    assert!(!voxgate.log().to_lowercase().contains("marked"));
    assert_eq!(voxgate.log().matches("request-0001").count(), 1, "one line a request");
}

/// A collector of traces that takes everything: the bodies that it was sent.
fn collector() -> (String, mpsc::Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (sender, receiver) = mpsc::channel();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let sender = sender.clone();
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.unwrap());
                loop {
                    let (mut head, mut line) = (String::new(), String::new());
                    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                        head.push_str(&line.to_lowercase());
                        line.clear();
                    }
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                    let Some(length) = length.and_then(|length| length.parse().ok()) else { return };
                    let mut body = vec![0; length];
                    reader.read_exact(&mut body).unwrap();
                    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
                    reader.get_mut().write_all(answer.as_bytes()).unwrap();
                    if sender.send((head, body)).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (base, receiver)
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_reach_the_collector_in_the_trace_of_the_caller() {
    let (endpoint, received) = collector();
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("LOG_LEVEL", "warn")];
    let mut voxgate = Voxgate::start_with(Backend::Sqlite, &settings).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let request = voxgate.request(Method::GET, "/users/profile").bearer_auth(&me.access_token);
    let request = request.header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"));
    let answer = voxgate.send(request).await.expect(200);
    let own = answer.header("traceparent").split('-').nth(2).unwrap().to_owned();
    assert_eq!(voxgate.stop().await, Some(0));

    let trace = u128::from_str_radix(TRACE, 16).unwrap().to_be_bytes();
    let (own, parent) = (u64::from_str_radix(&own, 16).unwrap(), 0xb7ad_6b71_6920_3331_u64);
    let batches: Vec<_> = received.try_iter().collect();
    let batch = batches.iter().find(|(_, body)| contains(body, &trace)).expect("a batch with the trace");
    assert!(batch.0.starts_with("post /v1/traces"), "{}", batch.0);
    for part in [&own.to_be_bytes()[..], &parent.to_be_bytes(), b"GET /users/profile", b"service.name", b"voxgate"] {
        assert!(contains(&batch.1, part), "{} is missing", String::from_utf8_lossy(part));
    }
    assert!(batches.iter().any(|(_, body)| contains(body, b"POST /auth/login")));
    for (_, body) in &batches {
        for personal in [b"127.0.0.1".as_slice(), b"ada@example.org", PASSWORD.as_bytes(), me.session_id.as_bytes()] {
            assert!(!contains(body, personal), "{} is in a span", String::from_utf8_lossy(personal));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_or_hangs_harms_no_request() {
    let gone = "http://127.0.0.1:1".to_owned();
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    for endpoint in [gone, format!("http://{}", hanging.local_addr().unwrap())] {
        let mut voxgate = Voxgate::start_with(Backend::Sqlite, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
        let me = voxgate.logged_in("ada@example.org").await;
        let begun = Instant::now();
        for _ in 0..50 {
            voxgate.profile(&me).await.expect(200);
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        let stopping = Instant::now();
        assert_eq!(voxgate.stop().await, Some(0));
        assert!(stopping.elapsed() < Duration::from_secs(10), "{:?}", stopping.elapsed());
    }
}
