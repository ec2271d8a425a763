//! Stopping without losing a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::balancer::Proxy;
use crate::harness::{Backend, Voxgate, empty_database};
use crate::person::{PASSWORD, Person};

pub(crate) async fn it_says_that_it_stops_before_it_does(backend: Backend) {
    let settings = [("SHUTDOWN_DRAIN_DELAY", "2s"), ("SHUTDOWN_GRACE", "8s")];
    let mut voxgate = Voxgate::start_with(backend, &settings).await;
    voxgate.get("/health/ready").await.expect(200);
    let stopped = Instant::now();
    voxgate.terminate();
    let deadline = Instant::now() + Duration::from_secs(2);
    while voxgate.get("/health/ready").await.status == 200 {
        assert!(Instant::now() < deadline, "it does not say that it stops");
    }
    assert!(stopped.elapsed() < Duration::from_secs(1), "{:?}", stopped.elapsed());
    // Whoever comes all the same is served, and told to go elsewhere next time.
    for path in ["/health/live", "/.well-known/jwks.json"] {
        let answer = voxgate.get(path).await.expect(200);
        assert_eq!(answer.header("connection"), "close", "{answer:?}");
    }
    let refused = voxgate.get("/health/ready").await.expect_problem(503, "unavailable");
    assert_eq!(refused.header("connection"), "close");
    assert_eq!(voxgate.exit_code().await, Some(0));
    let took = stopped.elapsed();
    assert!((Duration::from_secs(2)..Duration::from_secs(9)).contains(&took), "{took:?}");
}

/// Asks again and again until it is told that the connection closes, or `stop`; how many answers there were. Every
/// request that was sent must be answered.
async fn ask_until_told(base: String, me: Person, stop: Arc<AtomicBool>) -> usize {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    let mut answers = 0;
    while !stop.load(Ordering::SeqCst) {
        let request = if answers % 5 == 4 {
            let body = json!({"email": me.email, "password": PASSWORD});
            client.post(format!("{base}/auth/login")).json(&body)
        } else {
            client.get(format!("{base}/users/profile")).bearer_auth(&me.access_token)
        };
        let answer = request.send().await.unwrap_or_else(|error| panic!("after {answers} answers: {error:?}"));
        let closes = answer.headers().get("connection").is_some_and(|value| value == "close");
        assert_eq!(answer.status(), 200, "{answer:?}");
        answer.bytes().await.expect("the whole of the answer");
        answers += 1;
        if closes {
            return answers;
        }
    }
    panic!("never told that the service stops");
}

pub(crate) async fn no_request_in_flight_fails_when_it_is_told_to_stop(backend: Backend) {
    let settings = [("SHUTDOWN_DRAIN_DELAY", "2s"), ("SHUTDOWN_GRACE", "15s")];
    let mut voxgate = Voxgate::start_with(backend, &settings).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> =
        (0..16).map(|_| tokio::spawn(ask_until_told(voxgate.base.clone(), me.clone(), Arc::clone(&stop)))).collect();
    tokio::time::sleep(Duration::from_millis(700)).await;
    voxgate.terminate();
    for client in clients {
        assert!(client.await.unwrap() > 0);
    }
    assert_eq!(voxgate.exit_code().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_of_two_replicas_loses_no_request() {
    let dir = tempfile::tempdir().unwrap();
    let (url, _database) = empty_database(Backend::Postgres, dir.path());
    let keys = dir.path().join("keys").display().to_string();
    let mail = dir.path().join("mail").display().to_string();
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("JWT_KEYS_DIR", &keys),
        ("MAIL_DIR", &mail),
        ("SHUTDOWN_DRAIN_DELAY", "1s"),
        ("SHUTDOWN_GRACE", "15s"),
    ];
    let mut first = Voxgate::start_with(Backend::Sqlite, &settings).await;
    let mut second = Voxgate::start_with(Backend::Sqlite, &settings).await;
    let me = first.admin("root@example.org").await;
    let bare = |voxgate: &Voxgate| voxgate.base.strip_prefix("http://").unwrap().to_owned();
    let proxy = Proxy::before(&[&bare(&first), &bare(&second)]).await;

    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..8)
        .map(|n| {
            let (base, me) = (proxy.base.clone(), me.clone());
            let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
            tokio::spawn(async move {
                // A connection for each request, or one for many, as proxies do.
                let idle = if n % 2 == 0 { 0 } else { 1 };
                let client =
                    reqwest::Client::builder().pool_max_idle_per_host(idle).timeout(Duration::from_secs(20)).build();
                let client = client.unwrap();
                while !stop.load(Ordering::SeqCst) {
                    let request = client.request(Method::GET, format!("{base}/users/profile"));
                    let answer = request.bearer_auth(&me.access_token).send().await;
                    let answer = answer.unwrap_or_else(|error| panic!("a request was lost: {error:?}"));
                    assert_eq!(answer.status(), 200);
                    answer.bytes().await.expect("the whole of the answer");
                    answered.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    for (n, replica) in [&mut first, &mut second].into_iter().enumerate() {
        assert_eq!(replica.stop().await, Some(0));
        let before = answered.load(Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(answered.load(Ordering::SeqCst) > before, "the other replica serves meanwhile");
        replica.start_again().await;
        proxy.is_back(n, bare(replica)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    stop.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    assert!(answered.load(Ordering::SeqCst) > 200, "{answered:?}");
}
