//! The server itself, over a real socket.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use voxgate_domain::ports::MockStore;

use super::{PUBLIC_URL, services, settings};
use crate::{Readiness, serve};

/// Everything that the server says to `request` until it closes the connection.
fn speak(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[actix_web::test]
async fn it_serves_http_1_and_stops_when_it_is_told_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = serve(listener, services(MockStore::new()), settings(PUBLIC_URL), Readiness::default()).unwrap();
    let handle = server.handle();
    let serving = actix_web::rt::spawn(server);

    let answers = actix_web::rt::task::spawn_blocking(move || {
        let ask = |line: &str| speak(address, &format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        [ask("HEAD /health"), ask("GET /health"), ask("GET /auth/login")]
    });
    let [head, get, wrong] = answers.await.unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(get.ends_with(&format!(r#"{{"status":"ok","version":"{}"}}"#, env!("CARGO_PKG_VERSION"))), "{get}");
    assert!(wrong.starts_with("HTTP/1.1 405") && wrong.to_ascii_lowercase().contains("\r\nallow: post\r\n"), "{wrong}");
    assert!(!get.to_ascii_lowercase().contains("\r\nserver:"));

    handle.stop(true).await;
    serving.await.unwrap().unwrap();
}
