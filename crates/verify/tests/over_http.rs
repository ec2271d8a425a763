//! What goes over the wire to Voxgate, and which answers are not taken.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "a test that cannot go on fails; what is shared by tests is not all used by each"
)]

mod support;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use support::{AUDIENCE, ISSUER, Key, jwks, user, with};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use uuid::Uuid;
use voxgate_verify::{Denial, Gate, GateError, InvalidAddress, Refusal, RevocationPolicy, ServiceCredentials};

/// A request's first line, its headers in small letters, and its body.
type Asked = (String, String, String);

/// An HTTP server that answers as a test says.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    async fn answering(answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut bytes = Vec::new();
                let request = loop {
                    let mut chunk = [0; 4_096];
                    let read = stream.read(&mut chunk).await.unwrap_or(0);
                    bytes.extend_from_slice(&chunk[..read]);
                    if let Some(request) = parsed(&String::from_utf8_lossy(&bytes)) {
                        break request;
                    }
                    if read == 0 {
                        break Asked::default();
                    }
                };
                let answer = answer(&request);
                log.lock().unwrap().push(request);
                // Who asked may have heard enough.
                let _ = stream.write_all(&answer).await;
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn parsed(text: &str) -> Option<Asked> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let (line, headers) = head.split_once("\r\n")?;
    let headers = headers.to_ascii_lowercase();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    (body.len() >= length).then(|| (line.to_owned(), headers.clone(), body.to_owned()))
}

fn status(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn ok(body: &[u8]) -> Vec<u8> {
    status("200 OK", "", body)
}

fn json_of(body: Value) -> Vec<u8> {
    ok(body.to_string().as_bytes())
}

/// A token that holds now, by the machine's clock.
fn token(key: &Key, session: u128) -> String {
    #[expect(clippy::disallowed_methods, reason = "the gate of these tests goes by the machine's clock")]
    let now = SystemTime::now();
    let at = now.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = with(with(user(), "iat", json!(at)), "exp", json!(at + 900));
    key.forge(key.header(), with(claims, "sid", json!(Uuid::from_u128(session))))
}

async fn gate(url: &str) -> Gate {
    Gate::builder(url, AUDIENCE).unwrap().issuer(ISSUER).connect().await.unwrap()
}

#[tokio::test]
async fn keys_come_from_the_well_known_address() {
    let key = Key::new("a");
    let document = jwks(&[&key]);
    let server = Server::answering(move |_| ok(&document)).await;
    let gate = gate(&format!("{}/", server.url)).await;
    assert!(gate.authenticate(&token(&key, 2)).await.is_ok());
    let asked = server.asked();
    assert_eq!(asked[0].0, "GET /.well-known/jwks.json HTTP/1.1");
    assert!(!asked[0].1.contains("authorization"));
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let key = Key::new("evil");
    let document = jwks(&[&key]);
    let evil = Server::answering(move |_| ok(&document)).await;
    let location = format!("location: {}/.well-known/jwks.json\r\n", evil.url);
    let server = Server::answering(move |_| status("302 Found", &location, b"")).await;
    assert!(matches!(gate(&server.url).await.authenticate(&token(&key, 2)).await, Err(Denial::Unavailable(_))));
    assert!(evil.asked().is_empty());
}

#[tokio::test]
async fn an_endless_answer_is_not_read() {
    let server = Server::answering(move |_| {
        let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"keys\":[";
        [head.as_slice(), &vec![b' '; 4 << 20]].concat()
    })
    .await;
    let unavailable = gate(&server.url).await.ready().await.unwrap_err();
    let cause = std::error::Error::source(&unavailable).unwrap().to_string();
    assert_eq!(cause, "the answer is too long");
}

#[tokio::test]
async fn an_error_and_a_page_are_no_keys() {
    for answer in [status("500 Internal Server Error", "", b""), ok(b"<html>"), ok(b"{\"keys\":[]}"), b"x".to_vec()] {
        let server = Server::answering(move |_| answer.clone()).await;
        assert!(gate(&server.url).await.ready().await.is_err());
    }
}

#[tokio::test]
async fn keys_are_not_fetched_in_the_clear_from_another_machine() {
    let refused = Gate::builder("http://auth.example.org", AUDIENCE).map(drop);
    assert!(matches!(refused, Err(GateError::Address(InvalidAddress::Insecure))));
}

#[tokio::test]
async fn ended_sessions_are_asked_for_with_a_token_of_the_service() {
    let key = Key::new("a");
    let document = jwks(&[&key]);
    let grants = Mutex::new(0);
    let server = Server::answering(move |(line, headers, _)| {
        if line.starts_with("GET /.well-known/") {
            return ok(&document);
        }
        if line.starts_with("POST /auth/token ") {
            let mut grants = grants.lock().unwrap();
            *grants += 1;
            return json_of(json!({
                "access_token": format!("granted-{grants}"), "token_type": "Bearer", "expires_in": 900,
                "scope": "revocations:read",
            }));
        }
        // The first token is withdrawn: the account's secret was rotated.
        if headers.contains("authorization: bearer granted-1") {
            return status("401 Unauthorized", "www-authenticate: Bearer\r\n", b"");
        }
        json_of(json!({
            "items": [{"session_id": Uuid::from_u128(2), "ended_at": "2026-11-25T12:00:00.000001Z"}],
            "next_cursor": null, "next_since": "2026-11-25T12:00:00+00:00",
        }))
    })
    .await;
    let policy = RevocationPolicy { every: Duration::from_millis(50), ..RevocationPolicy::default() };
    let builder = Gate::builder(&server.url, AUDIENCE).unwrap().issuer(ISSUER);
    let gate = builder.revocations(ServiceCredentials::new("id:1", "secret"), policy).connect().await.unwrap();

    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while gate.ready().await.is_err() {
        assert!(std::time::Instant::now() < deadline, "{:?}", server.asked());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let ended = gate.authenticate(&token(&key, 2)).await;
    assert!(matches!(ended, Err(Denial::Invalid(Refusal::SessionEnded))), "{ended:?}");
    assert!(gate.authenticate(&token(&key, 3)).await.is_ok());

    let asked = server.asked();
    let grants: Vec<&Asked> = asked.iter().filter(|(line, ..)| line.starts_with("POST /auth/token ")).collect();
    assert_eq!(grants.len(), 2, "a token is used until it no longer works");
    assert_eq!(grants[0].2, "grant_type=client_credentials&scope=revocations%3Aread");
    assert!(grants[0].1.contains("content-type: application/x-www-form-urlencoded"));
    assert!(grants[0].1.contains("authorization: basic "));
    let lists: Vec<&str> =
        asked.iter().map(|(line, ..)| line.as_str()).filter(|line| line.contains("/auth/revocations")).collect();
    assert_eq!(lists[0], "GET /auth/revocations?limit=200 HTTP/1.1");
    let again = "GET /auth/revocations?limit=200&since=2026-11-25T12%3A00%3A00%2B00%3A00 HTTP/1.1";
    assert_eq!(*lists.last().unwrap(), again, "from where the answer said, encoded");
}
