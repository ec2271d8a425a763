//! The limiter on a real Redis, which is restarted, frozen, full, or wants TLS.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::Commands as _;
use voxgate_domain::Source;
use voxgate_domain::policy::Limit;
use voxgate_domain::ports::{LimitKey, RateLimiter as _};
use voxgate_redis::{RedisAddress, RedisLimiter, RedisOptions};
use voxgate_testkit::redis::RedisServer;

fn server() -> RedisServer {
    RedisServer::start().unwrap_or_else(|error| panic!("{error}"))
}

fn limiter(url: &str) -> RedisLimiter {
    RedisLimiter::new(&RedisAddress::parse(url).unwrap(), RedisOptions::default()).unwrap()
}

fn key(n: u8) -> LimitKey {
    LimitKey::Ip(Source::of([203, 0, 113, n].into()))
}

fn limit(text: &str) -> Limit {
    text.parse().unwrap()
}

async fn passes(limiter: &RedisLimiter, key: &LimitKey, limit: Limit) -> bool {
    limiter.check(key, limit).await.unwrap_or_else(|error| panic!("{:?}", error.0)).allowed
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_what_every_limiter_must() {
    let server = server();
    voxgate_testkit::limits::hold(Arc::new(limiter(&server.url()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_requests_at_two_replicas_one_hundred_pass() {
    let server = server();
    let replicas = [limiter(&server.url()), limiter(&server.url())];
    let checks: Vec<_> = (0..200)
        .map(|n| {
            let replica = replicas[n % 2].clone();
            tokio::spawn(async move { passes(&replica, &key(1), limit("100/1m")).await })
        })
        .collect();
    let mut passed = 0;
    for check in checks {
        passed += usize::from(check.await.unwrap());
    }
    assert_eq!(passed, 100);
}

/// What a bucket or a fixed window gets wrong: half of the quota early in a window, half late, and then on.
#[tokio::test]
async fn in_no_window_whatever_its_beginning_more_than_the_quota_passes() {
    let server = server();
    let limiter = limiter(&server.url());
    let mut passed = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(5) {
        if passes(&limiter, &key(1), limit("10/1s")).await {
            passed.push(Instant::now());
        }
        // Slow at first, then as fast as can be.
        let pause = if passed.len() < 15 { 70 } else { 3 };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
    assert!(passed.len() >= 40, "only {} passed", passed.len());
    // The eleventh from each is a window later, but for what a request takes on its way.
    for eleven in passed.windows(11) {
        assert!(eleven[10] - eleven[0] > Duration::from_millis(980), "{:?}", eleven[10] - eleven[0]);
    }
}

#[tokio::test]
async fn a_key_is_bounded_and_expires_and_is_fit_for_a_cluster() {
    let server = server();
    let limiter = limiter(&server.url());
    for _ in 0..50 {
        passes(&limiter, &key(1), limit("5/1m")).await;
    }
    let mut redis = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    let keys: Vec<String> = redis.keys("*").unwrap();
    assert_eq!(keys, ["voxgate:limit:{per_ip:203.0.113.1}"]);
    assert_eq!(redis.llen::<_, usize>(&keys[0]).unwrap(), 5);
    assert!((1..=60_000).contains(&redis.pttl::<_, i64>(&keys[0]).unwrap()));
}

#[tokio::test]
async fn a_lower_limit_takes_effect_on_what_was_counted_by_a_higher_one() {
    let server = server();
    let limiter = limiter(&server.url());
    for _ in 0..4 {
        assert!(passes(&limiter, &key(1), limit("10/1s")).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let refused = limiter.check(&key(1), limit("2/1s")).await.unwrap();
    assert!(!refused.allowed);
    tokio::time::sleep(refused.reset_in + Duration::from_millis(2)).await;
    assert!(passes(&limiter, &key(1), limit("2/1s")).await);
}

#[tokio::test]
async fn a_check_costs_one_round_trip() {
    let server = server();
    let limiter = limiter(&server.url());
    let mut redis = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    // Connecting and loading the script come first.
    passes(&limiter, &key(1), limit("1000/1m")).await;
    let calls = |redis: &mut redis::Connection| -> usize {
        let info: String = redis::cmd("INFO").arg("stats").query(redis).unwrap();
        let line = info.lines().find_map(|line| line.strip_prefix("total_reads_processed:")).unwrap();
        line.trim().parse().unwrap()
    };
    let before = calls(&mut redis);
    for _ in 0..100 {
        passes(&limiter, &key(1), limit("1000/1m")).await;
    }
    let reads = calls(&mut redis) - before;
    assert!((100..=103).contains(&reads), "{reads} reads for 100 checks");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_again_at_once_after_a_restart() {
    let mut server = server();
    let limiter = limiter(&server.url());
    let fill = async || {
        let checks: Vec<_> = (0..64)
            .map(|_| limiter.clone())
            .map(|limiter| tokio::spawn(async move { passes(&limiter, &key(1), limit("1000/1m")).await }))
            .collect();
        for check in checks {
            assert!(check.await.unwrap());
        }
    };
    fill().await;
    server.kill();
    let asked = Instant::now();
    assert!(limiter.check(&key(1), limit("1000/1m")).await.is_err());
    assert!(asked.elapsed() < Duration::from_millis(50), "{:?}", asked.elapsed());
    server.restart().unwrap();
    // No connection of before is in the way, and the script is sent again.
    fill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_frozen_is_given_up_in_time() {
    let server = server();
    let limiter = limiter(&server.url());
    assert!(passes(&limiter, &key(1), limit("10/1m")).await);
    server.freeze().unwrap();
    let asked = Instant::now();
    assert!(limiter.check(&key(1), limit("10/1m")).await.is_err());
    assert!(asked.elapsed() < Duration::from_millis(200), "{:?}", asked.elapsed());
    server.thaw().unwrap();
    assert!(passes(&limiter, &key(1), limit("10/1m")).await);
}

#[tokio::test]
async fn a_redis_that_is_full_or_only_reads_is_no_limiter() {
    let server = server();
    let limiter = limiter(&server.url());
    assert!(limiter.probe().await.is_ok());
    let mut redis = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
    let mut set =
        |name: &str, value: &str| redis::cmd("CONFIG").arg("SET").arg(name).arg(value).exec(&mut redis).unwrap();
    set("maxmemory", "1");
    assert!(limiter.probe().await.is_err());
    assert!(limiter.check(&key(1), limit("10/1m")).await.is_err());
    set("maxmemory", "0");
    assert!(limiter.probe().await.is_ok());
}

#[tokio::test]
async fn a_wrong_password_is_told_without_the_password() {
    let server = RedisServer::start_with(&["--requirepass", "right"]).unwrap_or_else(|error| panic!("{error}"));
    let url = |password: &str| format!("redis://:{password}@127.0.0.1:{}", server.port());
    let error = limiter(&url("marked")).check(&key(1), limit("10/1m")).await.unwrap_err();
    assert!(!format!("{:?}", error.0).contains("marked"), "{:?}", error.0);
    assert!(passes(&limiter(&url("right")), &key(1), limit("10/1m")).await);
}

#[tokio::test]
async fn over_tls_the_server_is_verified() {
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (pem, key_pem) = (certificate.cert.pem(), certificate.signing_key.serialize_pem());
    let server = RedisServer::start_with_tls(&pem, &key_pem).unwrap_or_else(|error| panic!("{error}"));
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("root.pem");
    std::fs::write(&root, &pem).unwrap();

    let url = |host: &str| format!("rediss://{host}:{}", server.port());
    let trusted = |host: &str| format!("{}?sslrootcert={}", url(host), root.display());
    assert!(passes(&limiter(&trusted("localhost")), &key(1), limit("10/1m")).await);
    // Another name, and an authority that nobody trusts.
    assert!(limiter(&trusted("127.0.0.1")).probe().await.is_err());
    assert!(limiter(&url("localhost")).probe().await.is_err());
}
