//! What receivers see, and what none of them can bring about.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what a test needs and does not get shall stop it")]
#![expect(clippy::disallowed_methods, reason = "the reference implementation compares with the time of the machine")]

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use secrecy::ExposeSecret as _;
use standardwebhooks::Webhook;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use voxgate_domain::policy::WebhookPolicy;
use voxgate_domain::ports::{WebhookError, WebhookMessage, WebhookSender as _};
use voxgate_domain::webhook::{WebhookSecret, WebhookUrl};
use voxgate_domain::{AuditEventId, Timestamp};
use voxgate_webhooks::HttpsSender;

const BODY: &str = r#"{"type":"webhook.test","timestamp":"2026-11-25T12:00:00Z","data":{"sequence":1}}"#;

fn near() -> WebhookPolicy {
    WebhookPolicy { to_this_machine: true, timeout: Duration::from_secs(2), ..WebhookPolicy::default() }
}

fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::from_bytes(vec![byte; WebhookSecret::BYTES].into())
}

fn message(url: &str) -> WebhookMessage {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    WebhookMessage {
        url: WebhookUrl::parse(url).unwrap(),
        id: AuditEventId::from(uuid::Uuid::from_u128(7)),
        sent_at: Timestamp::EPOCH.plus(now),
        body: BODY.to_owned(),
        secrets: vec![secret(1), secret(2)],
    }
}

/// Reads a request and answers it with `answer`, or never when that is empty; the head and the body.
async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &str) -> (String, String) {
    let mut read = Vec::new();
    loop {
        let mut buffer = [0; 4_096];
        let count = stream.read(&mut buffer).await.unwrap();
        read.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= BODY.len()
        {
            if answer.is_empty() {
                std::future::pending::<()>().await;
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            return (head.to_owned(), body.to_owned());
        }
    }
}

/// A receiver of one request, at this port.
async fn receiver(answer: &'static str) -> (u16, JoinHandle<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (port, tokio::spawn(async move { exchange(listener.accept().await.unwrap().0, answer).await }))
}

const TAKEN: &str = "HTTP/1.1 204 No Content\r\n\r\n";

#[tokio::test]
async fn the_reference_implementation_verifies_each_of_two_signatures() {
    let (port, received) = receiver(TAKEN).await;
    let sender = HttpsSender::new(near(), None).unwrap();
    let sent = message(&format!("http://localhost:{port}/in"));
    sender.send(&sent).await.unwrap();
    let (head, body) = received.await.unwrap();
    let (request_line, fields) = head.split_once("\r\n").unwrap();
    assert_eq!(request_line, "POST /in HTTP/1.1");
    let headers: http::HeaderMap = fields
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap()))
        .collect();
    assert_eq!(headers["webhook-id"], "00000000-0000-0000-0000-000000000007");
    assert_eq!(headers["content-type"], "application/json");
    for one in [secret(1), secret(2)] {
        let reference = Webhook::new(one.encode().expose_secret()).unwrap();
        reference.verify(body.as_bytes(), &headers).unwrap();
        assert!(reference.verify(body.replace("test", "tset").as_bytes(), &headers).is_err());
    }
    let stranger = Webhook::new(secret(3).encode().expose_secret()).unwrap();
    assert!(stranger.verify(body.as_bytes(), &headers).is_err());
}

#[tokio::test]
async fn only_success_is_taken_for_it_and_no_redirect_is_followed() {
    let sender = HttpsSender::new(near(), None).unwrap();
    for (answer, expected) in [
        ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", 302),
        ("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n", 500),
        ("HTTP/1.1 404 Oh\r\ncontent-length: 0\r\n\r\n", 404),
    ] {
        let (port, _received) = receiver(answer).await;
        let refused = sender.send(&message(&format!("http://127.0.0.1:{port}/"))).await;
        assert!(matches!(refused, Err(WebhookError::Refused { status }) if status == expected), "{refused:?}");
    }
    let (port, _received) = receiver("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n").await;
    let gone = sender.send(&message(&format!("http://127.0.0.1:{port}/"))).await;
    assert!(matches!(gone, Err(WebhookError::Gone)), "{gone:?}");
    let (port, _received) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\nendless").await;
    sender.send(&message(&format!("http://127.0.0.1:{port}/"))).await.unwrap();
}

#[tokio::test]
async fn a_receiver_that_hangs_is_left_after_the_time_that_it_has() {
    let (port, _received) = receiver("").await;
    let begun = Instant::now();
    let sender = HttpsSender::new(near(), None).unwrap();
    let left = sender.send(&message(&format!("http://127.0.0.1:{port}/"))).await;
    assert!(matches!(left, Err(WebhookError::TimedOut)), "{left:?}");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_error_does_not_repeat_the_url() {
    let sender = HttpsSender::new(near(), None).unwrap();
    let error = sender.send(&message("http://127.0.0.1:1/?key=marked-secret")).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("marked"), "{error:?}");
}

#[tokio::test]
async fn neither_this_machine_nor_link_local_addresses_are_called_in_production() {
    let sender = HttpsSender::new(WebhookPolicy::default(), None).unwrap();
    for url in [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/",
        "http://127.0.0.1/",
    ] {
        let refused = sender.send(&message(url)).await;
        assert!(matches!(refused, Err(WebhookError::ForbiddenAddress)), "{url}: {refused:?}");
    }
    let near = HttpsSender::new(near(), None).unwrap();
    let refused = near.send(&message("https://169.254.169.254/latest/meta-data")).await;
    assert!(matches!(refused, Err(WebhookError::ForbiddenAddress)), "{refused:?}");
}

#[tokio::test]
async fn a_certificate_is_verified_against_public_authorities_or_one_of_ones_own() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(stream) = acceptor.accept(stream).await {
                exchange(stream, TAKEN).await;
            }
        }
    });
    let stranger = HttpsSender::new(near(), None).unwrap().send(&message(&url)).await;
    assert!(matches!(stranger, Err(WebhookError::NotReached(_))), "{stranger:?}");
    HttpsSender::new(near(), Some(&pem)).unwrap().send(&message(&url)).await.unwrap();
}
