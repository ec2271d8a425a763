//! How many requests pass: at one replica, at two that share a Redis, and while that is gone.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use voxgate_testkit::postgres::TestDatabase;
use voxgate_testkit::redis::RedisServer;

use crate::exposition::sum;
use crate::harness::{Answer, Backend, Voxgate};
use crate::person::{OTHER_PASSWORD, PASSWORD, Person};

impl Answer {
    /// Insists on a refusal by the limit `name`, of this quota and window.
    #[track_caller]
    fn expect_limited(self, name: &str, quota: u32, window: u64) -> Self {
        let answer = self.expect_problem(429, "rate_limited");
        assert_eq!(answer.header("ratelimit-policy"), format!(r#""{name}";q={quota};w={window}"#));
        let seconds: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=window).contains(&seconds), "{answer:?}");
        assert_eq!(answer.header("ratelimit"), format!(r#""{name}";r=0;t={seconds}"#));
        answer
    }
}

pub(crate) async fn each_limit_is_kept_and_told(backend: Backend) {
    let settings = [
        ("RATE_LIMIT_PER_USER", "5/1h"),
        ("RATE_LIMIT_PER_IP", "500/1h"),
        ("RATE_LIMIT_LOGIN_PER_IP", "3/1h"),
        ("RATE_LIMIT_RESET_PER_ACCOUNT", "2/1h"),
        ("RATE_LIMIT_REGISTER_PER_IP", "2/1h"),
    ];
    let voxgate = Voxgate::start_with(backend, &settings).await;
    let ada = voxgate.logged_in("ada@example.org").await;
    voxgate.register("bob@example.org").await.expect(202);
    voxgate.register("eve@example.org").await.expect_limited("register_per_ip", 2, 3_600);

    for remaining in (0..5).rev() {
        let answer = voxgate.profile(&ada).await.expect(200);
        assert!(answer.header("ratelimit").starts_with(&format!(r#""per_user";r={remaining};t="#)), "{answer:?}");
        assert_eq!(answer.header("ratelimit-policy"), r#""per_user";q=5;w=3600"#);
    }
    voxgate.profile(&ada).await.expect_limited("per_user", 5, 3_600);
    // Whatever she asks for; and it is hers alone.
    voxgate.call(Method::GET, "/auth/mfa", &ada.access_token, Value::Null).await.expect_limited("per_user", 5, 3_600);

    // One login was hers; the second step counts as one.
    voxgate.log_in("ada@example.org", OTHER_PASSWORD).await.expect(401);
    voxgate.post("/auth/mfa/verify", json!({"mfa_token": "none", "code": "123456"})).await.expect(401);
    voxgate.log_in("ada@example.org", PASSWORD).await.expect_limited("login_per_ip", 3, 3_600);

    let scrape = voxgate.scrape().await;
    let hits = |limit| sum(&scrape, "voxgate_rate_limit_hits_total", &[("limit", limit)]);
    assert_eq!((hits("register_per_ip"), hits("per_user"), hits("login_per_ip")), (1.0, 2.0, 1.0));
}

pub(crate) async fn requests_from_one_address_are_limited_whatever_they_ask_for(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("RATE_LIMIT_PER_IP", "4/1h")]).await;
    for path in ["/.well-known/jwks.json", "/openapi.json", "/nothing", "/users/profile"] {
        assert_ne!(voxgate.get(path).await.status, 429, "{path}");
    }
    for path in ["/.well-known/jwks.json", "/openapi.json", "/nothing", "/users/profile", "/verify-email"] {
        voxgate.get(path).await.expect_limited("per_ip", 4, 3_600);
    }
    voxgate.get("/health").await.expect(200);
    voxgate.get("/health/ready").await.expect(200);
}

pub(crate) async fn an_address_without_an_account_is_limited_alike(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("RATE_LIMIT_RESET_PER_ACCOUNT", "2/1h")]).await;
    voxgate.verified("known@example.org").await;
    for (path, name) in
        [("/auth/forgot-password", "reset_per_account"), ("/auth/resend-verification", "verification_per_account")]
    {
        let ask = async |email: &str| voxgate.post(path, json!({"email": email})).await;
        for (n, status) in [202, 202, 429].into_iter().enumerate() {
            let (known, unknown) = (ask("known@example.org").await, ask("unknown@example.org").await);
            assert_eq!((known.status, unknown.status), (status, status), "{path} {n}");
            assert_eq!(known.header("ratelimit-policy"), unknown.header("ratelimit-policy"));
            let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
            assert_eq!(names(&known), names(&unknown));
        }
        // The same address, written otherwise.
        ask("Known@Example.ORG").await.expect_limited(name, 2, 3_600);
        ask("other@example.org").await.expect(202);
    }
}

pub(crate) async fn behind_one_router_nobody_is_kept_out_by_others(backend: Backend) {
    let settings = [("RATE_LIMIT_LOGIN_PER_IP", "6/1h"), ("RATE_LIMIT_SHARED_NETWORKS", "192.0.2.0/24, 127.0.0.0/8")];
    let voxgate = Voxgate::start_with(backend, &settings).await;
    voxgate.verified("ada@example.org").await;
    voxgate.verified("bob@example.org").await;
    for _ in 0..5 {
        voxgate.log_in("ada@example.org", OTHER_PASSWORD).await.expect(401);
    }
    // Her account is locked, and she is told so, not that somebody called too often.
    voxgate.log_in("ada@example.org", PASSWORD).await.expect_problem(423, "account_locked");
    voxgate.log_in("ada@example.org", PASSWORD).await.expect_limited("login_per_account", 6, 3_600);
    voxgate.log_in("bob@example.org", PASSWORD).await.expect(200);
    for n in 0..8 {
        voxgate.log_in(&format!("nobody{n}@example.org"), PASSWORD).await.expect(401);
    }
    // An account that is not there is limited as well.
    for _ in 0..5 {
        assert_ne!(voxgate.log_in("nobody0@example.org", PASSWORD).await.status, 429);
    }
    voxgate.log_in("nobody0@example.org", PASSWORD).await.expect_limited("login_per_account", 6, 3_600);
}

fn redis() -> RedisServer {
    RedisServer::start().unwrap_or_else(|error| panic!("{error}"))
}

/// Two replicas on one PostgreSQL and one Redis, with these limits of a user and of an address.
async fn replicas(redis: &RedisServer, per_user: &str, per_ip: &str) -> ([Voxgate; 2], TestDatabase) {
    let database = TestDatabase::create().unwrap_or_else(|error| panic!("{error}"));
    let (url, redis) = (database.url(), redis.url());
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("REDIS_URL", redis.as_str()),
        ("RATE_LIMIT_PER_USER", per_user),
        ("RATE_LIMIT_PER_IP", per_ip),
    ];
    let first = Voxgate::start_with(Backend::Sqlite, &settings).await;
    let dirs = ["keys", "mail"].map(|name| first.dir.path().join(name).display().to_string());
    let [keys, mail] = dirs.each_ref().map(String::as_str);
    let second = [settings.as_slice(), &[("JWT_KEYS_DIR", keys), ("MAIL_DIR", mail)]].concat();
    let second = Voxgate::start_with(Backend::Sqlite, &second).await;
    ([first, second], database)
}

/// The statuses of requests of `who`, sent eight at a time, at both replicas in turn.
async fn storm(replicas: &[Voxgate; 2], who: &Person, requests: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for begin in (0..requests).step_by(8) {
        let ask = |n: usize| replicas[n % 2].profile(who);
        let some = futures_util::future::join_all((begin..requests.min(begin + 8)).map(ask)).await;
        statuses.extend(some.into_iter().map(|answer| answer.status));
    }
    statuses
}

fn count(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|one| **one == status).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_requests_at_two_replicas_one_hundred_pass() {
    let redis = redis();
    let (replicas, _database) = replicas(&redis, "100/1m", "off").await;
    let ada = replicas[0].logged_in("ada@example.org").await;
    let statuses = storm(&replicas, &ada, 200).await;
    assert_eq!((count(&statuses, 200), count(&statuses, 429)), (100, 100));
    // No address of anybody is kept there in clear, and all of it goes by itself.
    let keys = redis.ask("KEYS *").unwrap();
    assert!(keys.contains("voxgate:limit:{per_user:") && !keys.contains('@'), "{keys}");
}

/// What a replica says of its limiter: in `/health/detailed`, and in the metrics.
async fn limiter_of(replica: &Voxgate) -> (String, f64) {
    let health = replica.get("/health/detailed").await.expect(200).json();
    let status = health["components"]["rate_limiter"]["status"].as_str().unwrap().to_owned();
    (status, sum(&replica.scrape().await, "voxgate_rate_limiter_degraded", &[]))
}

#[tokio::test(flavor = "multi_thread")]
async fn with_redis_killed_in_the_middle_no_request_fails_and_limits_hold() {
    let mut redis = redis();
    let (replicas, _database) = replicas(&redis, "100/1h", "10000/1h").await;
    let ada = replicas[0].logged_in("ada@example.org").await;
    let before = storm(&replicas, &ada, 60).await;
    assert_eq!(count(&before, 200), 60);

    redis.kill();
    // Each replica counts for itself from nothing: a hundred more at each, and nothing but 200 and 429.
    let gone = storm(&replicas, &ada, 300).await;
    assert_eq!((count(&gone, 200), count(&gone, 429)), (200, 100));
    for replica in &replicas {
        assert_eq!(limiter_of(replica).await, ("degraded".to_owned(), 1.0));
    }

    redis.restart().unwrap();
    for replica in &replicas {
        until_it_says(replica, "the shared rate limiter answers again").await;
    }
    assert_eq!(limiter_of(&replicas[0]).await, ("ok".to_owned(), 0.0));
    // What Redis knew is gone: a hundred pass again, together.
    let again = storm(&replicas, &ada, 200).await;
    assert_eq!((count(&again, 200), count(&again, 429)), (100, 100));
    for replica in &replicas {
        let log = replica.log();
        assert_eq!(log.matches("the shared rate limiter does not answer").count(), 1, "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_costs_one_request_a_tenth_of_a_second() {
    let redis = redis();
    let (replicas, _database) = replicas(&redis, "1000/1h", "10000/1h").await;
    let ada = replicas[0].logged_in("ada@example.org").await;
    let timed = async || {
        let asked = Instant::now();
        replicas[0].profile(&ada).await.expect(200);
        asked.elapsed()
    };
    let usual = timed().await.max(timed().await);
    redis.freeze().unwrap();
    let first = timed().await;
    let allowed = Duration::from_millis(100) + usual + Duration::from_millis(100);
    assert!(first >= Duration::from_millis(100) && first < allowed, "{first:?}, usually {usual:?}");
    let mut others = Vec::new();
    for _ in 0..50 {
        others.push(timed().await);
    }
    others.sort();
    assert!(others[25] < Duration::from_millis(50), "{others:?}");
    // Not one waits for Redis again, though it is tried all the time.
    assert!(others.iter().filter(|time| **time > Duration::from_millis(95)).count() <= 1, "{others:?}");
    println!("the first request {first:?}, then {:?} in the middle, usually {usual:?}", others[25]);

    redis.thaw().unwrap();
    until_it_says(&replicas[0], "the shared rate limiter answers again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_without_redis_and_finds_it_later() {
    let mut redis = redis();
    redis.kill();
    let url = redis.url();
    let settings = [("REDIS_URL", url.as_str()), ("RATE_LIMIT_PER_IP", "5/1h")];
    let voxgate = Voxgate::start_with(Backend::Sqlite, &settings).await;
    voxgate.get("/openapi.json").await.expect(200);
    redis.restart().unwrap();
    until_it_says(&voxgate, "the shared rate limiter answers again").await;
    voxgate.get("/openapi.json").await.expect(200);
    let key = redis.ask("LLEN voxgate:limit:{per_ip:127.0.0.1}").unwrap();
    assert!(key.starts_with(":1"), "{key}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_of_redis_is_shown_nowhere() {
    let redis = RedisServer::start_with(&["--requirepass", "right"]).unwrap_or_else(|error| panic!("{error}"));
    let url = format!("redis://:marked-secret@127.0.0.1:{}", redis.port());
    let voxgate = Voxgate::start_with(Backend::Sqlite, &[("REDIS_URL", &url), ("RATE_LIMIT_PER_IP", "5/1h")]).await;
    voxgate.get("/openapi.json").await.expect(200);
    let shown = voxgate.command(&["config", "check"]);
    let said = String::from_utf8_lossy(&shown.stdout) + String::from_utf8_lossy(&shown.stderr);
    assert!(shown.status.success() && said.contains("REDIS_URL"), "{said}");
    let log = voxgate.log();
    assert!(
        log.contains("the shared rate limiter does not answer") && log.contains("Password authentication failed"),
        "{log}"
    );
    assert!(!said.contains("marked") && !log.contains("marked"));
}

async fn until_it_says(voxgate: &Voxgate, words: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !voxgate.log().contains(words) {
        assert!(Instant::now() < deadline, "{}", voxgate.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
