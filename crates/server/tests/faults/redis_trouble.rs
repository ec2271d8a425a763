//! Redis is killed, hangs and is full: limits go on in the process, and nobody notices.

use std::time::{Duration, Instant};

use voxgate_testkit::redis::RedisServer;

use crate::harness::Backend;
use crate::line::Weather;
use crate::service::{Data, Load, Service};
use crate::turns::turn;
use crate::{dice, number, say};

/// What can be wrong with a Redis.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    /// It is gone, and comes back with nothing.
    Killed,
    /// It takes what it is sent and answers nothing.
    Hangs,
    /// It refuses to keep anything more.
    Full,
}

impl Trouble {
    fn begin(self, redis: &mut RedisServer) {
        match self {
            Self::Killed => redis.kill(),
            Self::Hangs => redis.freeze().unwrap(),
            Self::Full => obeys(redis, "CONFIG SET maxmemory 1"),
        }
    }

    fn end(self, redis: &mut RedisServer) {
        match self {
            Self::Killed => redis.restart().unwrap(),
            Self::Hangs => redis.thaw().unwrap(),
            Self::Full => obeys(redis, "CONFIG SET maxmemory 0"),
        }
    }
}

fn obeys(redis: &RedisServer, command: &str) {
    let answer = redis.ask(command).unwrap();
    assert!(answer.starts_with("+OK"), "{command}: {answer}");
}

/// Waits until the service says that its limiter is like this.
async fn limiter_is(service: &Service, status: &str) {
    let begun = Instant::now();
    loop {
        let health = service.voxgate.get("/health/detailed").await.expect(200).json();
        if health["components"]["rate_limiter"]["status"] == status {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "never {status}: {health}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_whatever_redis_does() {
    let _turn = turn().await;
    let rounds = number("FAULT_REDIS_ROUNDS", 1);
    let (mut dice, begun) = (dice(), Instant::now());
    let mut redis = RedisServer::start_with(&["--maxmemory-policy", "noeviction"]).unwrap();
    let (data, url) = Data::without_a_disk(Backend::Postgres);
    let at = redis.url();
    // All of the limits are kept, and none is reached.
    let enough = "10000/1s";
    let settings = [
        ("REDIS_URL", at.as_str()),
        ("RATE_LIMIT_PER_USER", enough),
        ("RATE_LIMIT_PER_IP", enough),
        ("RATE_LIMIT_LOGIN_PER_IP", enough),
        ("RATE_LIMIT_RESET_PER_ACCOUNT", enough),
        ("RATE_LIMIT_REGISTER_PER_IP", enough),
    ];
    let service = Service::start_on(data, Some(url), Weather::Fair, &settings).await;
    limiter_is(&service, "ok").await;
    let mut load = Load::begin(&service, &mut dice);
    for _ in 0..rounds {
        for trouble in [Trouble::Killed, Trouble::Hangs, Trouble::Full] {
            load.goes_on_for(Duration::from_millis(dice.between(100, 1_000))).await;
            trouble.begin(&mut redis);
            limiter_is(&service, "degraded").await;
            load.goes_on_for(Duration::from_millis(dice.between(100, 1_500))).await;
            trouble.end(&mut redis);
            limiter_is(&service, "ok").await;
        }
    }
    load.goes_on_for(Duration::from_millis(500)).await;
    let kept = redis.ask("DBSIZE").unwrap();
    assert!(kept.starts_with(':') && !kept.starts_with(":0"), "Redis counts again: {kept}");
    let mut visitors = load.ends().await;
    service.everything_is_as_told(&mut visitors).await;
    say!("Redis killed, hung and full {rounds} times each in {:.1?}", begun.elapsed());
}
