//! More than it can do: what is too much is refused at once, what is slow is cut off, and the rest keeps its time.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::exposition::sum;
use crate::harness::{Answer, Backend, Voxgate};
use crate::person::PASSWORD;

/// A connection, without anything sent.
pub(crate) fn connect(voxgate: &Voxgate) -> TcpStream {
    let stream = TcpStream::connect(voxgate.base.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    stream
}

/// Sends `drip` again and again until the server closes the connection: what it said, and after how long it closed.
fn drip(mut stream: TcpStream, drip: &[u8], patience: Duration) -> (String, Duration) {
    let begun = Instant::now();
    let mut said = Vec::new();
    let mut buffer = [0; 4_096];
    while begun.elapsed() < patience {
        let sent = stream.write_all(drip);
        match stream.read(&mut buffer) {
            Ok(0) => return (String::from_utf8_lossy(&said).into_owned(), begun.elapsed()),
            Ok(read) => said.extend_from_slice(&buffer[..read]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) && sent.is_ok() => {}
            Err(_) => return (String::from_utf8_lossy(&said).into_owned(), begun.elapsed()),
        }
    }
    panic!("the connection was still open after {patience:?}; it said {}", String::from_utf8_lossy(&said));
}

/// Runs a thing that blocks beside the test.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

pub(crate) async fn slow_clients_are_cut_off(backend: Backend) {
    let settings = [("REQUEST_HEADERS_TIMEOUT", "1s"), ("REQUEST_BODY_TIMEOUT", "1s"), ("KEEP_ALIVE_TIMEOUT", "2s")];
    let voxgate = Voxgate::start_with(backend, &settings).await;
    let patience = Duration::from_secs(20);
    let bound = Duration::from_secs(8);

    // The head of the first request never ends.
    let mut slow_head = connect(&voxgate);
    slow_head.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n").unwrap();
    // Nothing is said at all.
    let silent = connect(&voxgate);
    // The body never ends.
    let mut slow_body = connect(&voxgate);
    let head =
        "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{";
    slow_body.write_all(head.as_bytes()).unwrap();
    // A body that nobody reads.
    let mut unread = connect(&voxgate);
    unread.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{").unwrap();
    // The head of the second request never ends.
    let mut second_head = connect(&voxgate);
    second_head.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    second_head.write_all(b"GET /health HTTP/1.1\r\nX: ").unwrap();

    let cut_off = |stream, bytes: &'static [u8]| aside(move || drip(stream, bytes, patience));
    let (slow_head, silent, slow_body, unread, second_head) = tokio::join!(
        cut_off(slow_head, b"X: y\r\n"),
        cut_off(silent, b""),
        cut_off(slow_body, b" "),
        cut_off(unread, b" "),
        // A header that grows letter by letter: their number is no bound.
        cut_off(second_head, b"y"),
    );
    assert!(slow_head.0.starts_with("HTTP/1.1 408"), "{slow_head:?}");
    assert!(slow_body.0.starts_with("HTTP/1.1 400") && slow_body.0.contains("did not arrive in time"), "{slow_body:?}");
    for (name, (_, after)) in [
        ("a slow head", &slow_head),
        ("silence", &silent),
        ("a slow body", &slow_body),
        ("a body that nobody reads", &unread),
        ("the slow head of a second request", &second_head),
    ] {
        assert!(*after < bound, "{name} was cut off after {after:?}");
    }
    voxgate.get("/health").await.expect(200);
}

pub(crate) async fn a_huge_head_is_refused(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let long = "x".repeat(9_000);
    voxgate.get(&format!("/users?q={long}")).await.expect_problem(413, "payload_too_large");
    let mut request = voxgate.request(reqwest::Method::GET, "/health");
    for n in 0..4 {
        request = request.header(format!("x-long-{n}"), &long);
    }
    voxgate.send(request).await.expect_problem(413, "payload_too_large");
    voxgate.get(&format!("/health?q={}", "x".repeat(7_000))).await.expect(200);
}

/// Keeps `count` requests in flight by bodies that do not end.
fn hold_places(voxgate: &Voxgate, count: usize) -> Vec<TcpStream> {
    let head =
        "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{";
    let hold = |_| {
        let mut stream = connect(voxgate);
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    (0..count).map(hold).collect()
}

pub(crate) async fn above_the_cap_requests_are_refused_but_health_and_metrics_are_answered(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("MAX_REQUESTS_IN_FLIGHT", "3")]).await;
    let mut held = hold_places(&voxgate, 3);
    let deadline = Instant::now() + Duration::from_secs(5);
    let refused = loop {
        let answer = voxgate.get("/.well-known/jwks.json").await;
        if answer.status != 200 {
            break answer.expect_problem(503, "unavailable");
        }
        assert!(Instant::now() < deadline, "nothing is refused");
        // This very request may have had the place of one of them, which was refused then.
        held.extend(hold_places(&voxgate, 1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(refused.header("retry-after"), "1");
    for path in ["/health", "/health/live", "/health/ready", "/health/detailed", "/metrics"] {
        voxgate.get(path).await.expect(200);
    }
    assert!(sum(&voxgate.scrape().await, "voxgate_http_requests_shed_total", &[]) >= 1.0);

    drop(held);
    let deadline = Instant::now() + Duration::from_secs(5);
    while voxgate.get("/.well-known/jwks.json").await.status != 200 {
        assert!(Instant::now() < deadline, "places of those who left are not given away");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(crate) async fn a_request_that_takes_too_long_is_answered_503(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("REQUEST_TIMEOUT", "1s")]).await;
    let stream = hold_places(&voxgate, 1).pop().unwrap();
    let (said, after) = aside(move || drip(stream, b" ", Duration::from_secs(9))).await;
    assert!(said.starts_with("HTTP/1.1 503") && said.to_lowercase().contains("retry-after: "), "{said}");
    assert!(after >= Duration::from_millis(900), "{after:?}");
}

async fn timed(voxgate: &Voxgate, email: &str, password: &str) -> (Answer, Duration) {
    let begun = Instant::now();
    let answer = voxgate.log_in(email, password).await;
    (answer, begun.elapsed())
}

pub(crate) async fn past_the_queue_a_login_is_refused_at_once(backend: Backend) {
    let settings = [("HASHING_QUEUE", "4"), ("LOCKOUT_THRESHOLD", "100")];
    let voxgate = Voxgate::start_with(backend, &settings).await;
    voxgate.verified("ada@example.org").await;
    let logins = (0..80).map(|_| timed(&voxgate, "ada@example.org", PASSWORD));
    let (refused, served): (Vec<_>, Vec<_>) = join_all(logins).await.into_iter().partition(|(a, _)| a.status == 503);
    assert!(refused.len() > 20 && !served.is_empty(), "{} refused, {} served", refused.len(), served.len());
    for (answer, _) in refused {
        let answer = answer.expect_problem(503, "unavailable");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    }
    assert!(served.iter().all(|(answer, _)| answer.status == 200));

    // While the queue is full: how long does the refusal itself take?
    let full = AtomicBool::new(true);
    let storm = join_all((0..12).map(|_| async {
        while full.load(Ordering::SeqCst) {
            voxgate.log_in("ada@example.org", PASSWORD).await;
        }
    }));
    let probing = async {
        let mut times = Vec::new();
        while times.len() < 30 {
            let (answer, time) = timed(&voxgate, "ada@example.org", PASSWORD).await;
            if answer.status == 503 {
                times.push(time);
            }
        }
        full.store(false, Ordering::SeqCst);
        times.sort();
        times[times.len() / 2]
    };
    let (_, median) = tokio::join!(storm, probing);
    assert!(median < Duration::from_millis(100), "a refusal takes {median:?}");
}
