//! A real browser: the pages of an application and of an attacker, in headless Chromium.
//!
//! What is attacked is the refresh token in the cookie. The attacker sits on another port of the same host, which is the
//! same site and so gets past `SameSite`, and on another site; both try what a page can do without being allowed.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use harness::{Backend, Voxgate};
use person::PASSWORD;

#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/harness.rs"]
mod harness;
#[expect(dead_code, reason = "shared with the other end-to-end tests")]
#[path = "../e2e/person.rs"]
mod person;

const EMAIL: &str = "ada@example.org";

/// The browser, which is stopped when it is dropped.
struct Chromium(Child);

impl Chromium {
    fn open(address: &str, profile: &std::path::Path) -> Self {
        let quiet =
            ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
        let command = Command::new("chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--remote-debugging-port=0",
            ])
            .args(quiet)
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(address)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(command.expect("chromium is missing: apt-get install chromium"))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Serves `page` to every GET; the bodies of POSTs come out of the channel.
async fn site(listener: TcpListener, page: String, said: mpsc::Sender<String>) {
    loop {
        let (mut socket, _) = listener.accept().await.unwrap();
        let (page, said) = (page.clone(), said.clone());
        tokio::spawn(async move {
            let mut request = Vec::new();
            let mut chunk = [0; 4_096];
            let (head, length) = loop {
                let read = socket.read(&mut chunk).await.unwrap_or(0);
                if read == 0 {
                    return;
                }
                request.extend_from_slice(&chunk[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                if let Some((head, _)) = text.split_once("\r\n\r\n") {
                    let length = head
                        .lines()
                        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
                    break (head.to_owned(), length.unwrap_or(0_usize));
                }
            };
            while request.len() < head.len() + 4 + length {
                let read = socket.read(&mut chunk).await.unwrap();
                assert!(read > 0, "the body was cut off");
                request.extend_from_slice(&chunk[..read]);
            }
            let page = if head.starts_with("POST /said") {
                said.send(String::from_utf8_lossy(&request[head.len() + 4..]).into_owned()).await.unwrap();
                String::new()
            } else {
                page
            };
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
            let _ = socket.write_all(answer.as_bytes()).await;
        });
    }
}

fn port_of(address: &str) -> &str {
    address.rsplit(':').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_another_origin_uses_the_refresh_cookie() {
    let app = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let evil = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (app_port, evil_port) = (app.local_addr().unwrap().port(), evil.local_addr().unwrap().port());
    let origin = format!("http://localhost:{app_port}");
    let voxgate = Voxgate::start_with(Backend::Sqlite, &[("CORS_ALLOWED_ORIGINS", &origin)]).await;
    voxgate.verified(EMAIL).await;

    let fill = |page: &str| {
        page.replace("{API}", port_of(&voxgate.base))
            .replace("{EVIL}", &evil_port.to_string())
            .replace("{EMAIL}", EMAIL)
            .replace("{PASSWORD}", PASSWORD)
    };
    let (sender, mut said) = mpsc::channel(4);
    tokio::spawn(site(app, fill(include_str!("app.html")), sender.clone()));
    tokio::spawn(site(evil, fill(include_str!("evil.html")), sender));
    let profile = tempfile::tempdir().unwrap();
    let _browser = Chromium::open(&format!("{origin}/"), profile.path());
    let said = tokio::time::timeout(Duration::from_secs(60), said.recv()).await.expect("the page never spoke").unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();

    // The application is served before and after; the attacker reads nothing, whatever was sent, not even that an answer
    // came (Cross-Origin-Resource-Policy).
    let thwarted = json!({
        "plain": "blocked", "read": "blocked", "with_stolen_header": "blocked", "logout": "blocked"
    });
    let expected = json!({
        "login": 200,
        "refresh_token_is_readable": false,
        "csrf_token_is_readable": true,
        "same_site": thwarted,
        "cross_site": thwarted,
        "refresh": 200,
    });
    assert_eq!(said, expected, "{}", voxgate.log());
    // And did nothing: the session was refreshed once, by the application, and nobody logged out.
    let count = |event: &str| voxgate.sqlite(&format!("SELECT count(*) FROM audit_logs WHERE event = '{event}'"));
    assert_eq!(count("session.refreshed").trim(), "1");
    assert_eq!(count("session.logged_out").trim(), "0");
    // The attack arrived: from the same site with the cookie, and was refused for the want of the token in a header, which
    // only an allowed origin may send; from the other site without the cookie.
    let log = voxgate.log();
    let answered = |method: &str, route: &str, status: u16| {
        let line = format!("request handled method=\"{method}\" route=\"{route}\" status={status} ");
        log.matches(&line).count()
    };
    assert!(answered("POST", "/auth/refresh", 403) >= 2, "{log}");
    assert!(answered("POST", "/auth/logout", 403) >= 2, "{log}");
    assert_eq!(answered("OPTIONS", "/auth/refresh", 403), 2, "{log}");
    assert_eq!(answered("POST", "/auth/refresh", 200), 1, "{log}");
}
