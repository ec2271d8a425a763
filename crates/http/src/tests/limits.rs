//! Limits and networks, over a limiter that lets nothing pass, or as much as it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::test::TestRequest;
use rstest::rstest;
use voxgate_application::Throttle;
use voxgate_domain::AttemptKey;
use voxgate_domain::policy::{Decision, RateLimits};
use voxgate_domain::ports::{MockRateLimiter, MockStore, MockTokenHasher};

use super::{ALLOWED_ORIGIN, Answered, PUBLIC_URL, answer_with, json, services, settings, with_token};
use crate::{ClientSettings, HttpSettings, Readiness, Services};

/// The service where the limits with these names let nothing pass, and how often a limiter was asked.
fn refusing(names: &'static [&'static str]) -> (Services, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let mut limiter = MockRateLimiter::new();
    limiter.expect_check().returning(move |key, _| {
        counter.fetch_add(1, Ordering::SeqCst);
        let allowed = !names.contains(&key.kind().as_str());
        Ok(Decision { allowed, remaining: if allowed { 9 } else { 0 }, reset_in: Duration::from_millis(1_500) })
    });
    let mut hasher = MockTokenHasher::new();
    hasher.expect_attempt_key().returning(|_| AttemptKey::from_bytes([1; 32]));
    let limit = "10/1m".parse().ok();
    let limits = RateLimits {
        per_user: limit,
        per_ip: limit,
        login_per_ip: limit,
        reset_per_account: limit,
        register_per_ip: limit,
        per_service: limit,
        ..RateLimits::none()
    };
    let throttle = Throttle::new(Arc::new(limiter), Arc::new(hasher), limits);
    (Services { throttle, ..services(MockStore::new()) }, asked)
}

async fn refused_by(names: &'static [&'static str], request: TestRequest) -> Answered {
    answer_with(refusing(names).0, settings(PUBLIC_URL), Readiness::default(), request).await
}

fn post(path: &str) -> TestRequest {
    let body = r#"{"email":"ada@example.org","password":"violet-Otter7-harbour"}"#;
    json(TestRequest::post().uri(path), body)
}

fn address(path: &str) -> TestRequest {
    json(TestRequest::post().uri(path), r#"{"email":"ada@example.org"}"#)
}

#[rstest]
#[case::anywhere("per_ip", TestRequest::get().uri("/.well-known/jwks.json"))]
#[case::nowhere("per_ip", TestRequest::get().uri("/nothing"))]
#[case::pages("per_ip", TestRequest::get().uri("/docs"))]
#[case::logged_in("per_user", with_token(TestRequest::get().uri("/users/profile")))]
#[case::permitted("per_user", with_token(TestRequest::get().uri("/users")))]
#[case::logging_in("login_per_ip", post("/auth/login"))]
#[case::logging_in_however_it_is_written("login_per_ip", post("/auth/%6Cogin"))]
#[case::before_the_body_is_read("login_per_ip", json(TestRequest::post().uri("/auth/login"), "{broken"))]
#[case::the_second_step("login_per_ip", post("/auth/mfa/verify"))]
#[case::registering("register_per_ip", post("/auth/register"))]
#[case::resetting("reset_per_account", address("/auth/forgot-password"))]
#[case::verifying("verification_per_account", address("/auth/resend-verification"))]
#[actix_web::test]
async fn one_too_many_is_429_and_says_which_limit_and_how_long(
    #[case] name: &'static str,
    #[case] request: TestRequest,
) {
    let names: &'static [&'static str] = Box::leak(Box::new([name]));
    let answered = refused_by(names, request).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (429, "rate_limited"));
    assert_eq!(answered.header("retry-after"), Some("2"));
    assert_eq!(answered.header("ratelimit").unwrap(), format!(r#""{name}";r=0;t=2"#));
    assert_eq!(answered.header("ratelimit-policy").unwrap(), format!(r#""{name}";q=10;w=60"#));
}

#[actix_web::test]
async fn an_answer_says_where_its_caller_stands() {
    let answered = refused_by(&[], with_token(TestRequest::get().uri("/users/profile"))).await;
    assert_eq!(answered.status, 200);
    assert_eq!(answered.header("ratelimit"), Some(r#""per_ip";r=9;t=2"#));
    // A failure does so too.
    assert!(refused_by(&[], TestRequest::get().uri("/users/profile")).await.header("ratelimit").is_some());
}

#[actix_web::test]
async fn whoever_watches_the_service_is_never_limited() {
    for path in ["/health", "/health/live", "/health/ready", "/metrics"] {
        let (services, asked) = refusing(&["per_ip"]);
        let request = TestRequest::get().uri(path);
        let answered = answer_with(services, settings(PUBLIC_URL), Readiness::default(), request).await;
        assert_ne!(answered.status, 429, "{path}");
        assert_eq!(asked.load(Ordering::SeqCst), 0, "{path}");
    }
}

#[actix_web::test]
async fn pages_of_allowed_origins_may_read_the_limits() {
    let request = TestRequest::get().uri("/users/profile").insert_header(("origin", ALLOWED_ORIGIN));
    let answered = refused_by(&["per_ip"], request).await;
    assert_eq!(answered.status, 429);
    assert_eq!(answered.header("access-control-allow-origin"), Some(ALLOWED_ORIGIN));
    let exposed = answered.header("access-control-expose-headers").unwrap().to_ascii_lowercase();
    for name in ["ratelimit", "ratelimit-policy", "retry-after"] {
        assert!(exposed.split(',').any(|exposed| exposed.trim() == name), "{exposed}");
    }
}

fn only(networks: &str) -> HttpSettings {
    let clients = ClientSettings { allowed: networks.parse().unwrap(), ..Default::default() };
    HttpSettings { clients, ..settings(PUBLIC_URL) }
}

async fn answer_to(peer: &str, path: &str) -> Answered {
    let request = TestRequest::get().uri(path).peer_addr(format!("{peer}:4711").parse().unwrap());
    answer_with(services(MockStore::new()), only("192.0.2.0/24"), Readiness::default(), request).await
}

#[actix_web::test]
async fn networks_that_may_not_call_are_refused_everywhere_but_at_the_probes() {
    for path in ["/health", "/docs", "/nothing", "/users/profile", "/health/live/", "/health/%6Cive"] {
        let answered = answer_to("203.0.113.7", path).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (403, "ip_not_allowed"), "{path}");
    }
    assert_eq!(answer_to("203.0.113.7", "/health/live").await.status, 200);
    assert_eq!(answer_to("203.0.113.7", "/health/ready").await.status, 503);
    assert_eq!(answer_to("192.0.2.1", "/health").await.status, 200);
    assert_eq!(answer_to("[::ffff:192.0.2.1]", "/health").await.status, 200);
}
