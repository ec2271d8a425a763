//! The routes from outside, over mocks of the ports: what the edge itself answers, before and after the use cases.

mod bodies;
mod browsers;
mod callers;
mod limits;
mod pages;
mod permissions;
mod routing;
mod server;
mod users;

use std::sync::Arc;
use std::time::Duration;

use actix_web::body::to_bytes;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::test::{TestRequest, init_service};
use actix_web::web;
use serde_json::Value;
use url::Url;
use voxgate_application::{Application, AuditTrail, Policies, Ports, Throttle, TrailPorts};
use voxgate_domain::policy::RateLimits;
use voxgate_domain::ports::{
    AccessClaims, MockAuthenticator, MockClock, MockDigest, MockEntropy, MockFieldCipher, MockOneTimeCodes,
    MockPasswordHasher, MockPasswordStrength, MockRateLimiter, MockSealAnchor, MockSealSigner, MockSealVerifier,
    MockStore, MockTokenHasher, MockTokenIssuer, MockTokenVerifier, MockTrail, MockWebhookReader, Principal, PublicKey,
    TokenClaims, TokenError,
};
use voxgate_domain::role::seed_roles;
use voxgate_domain::session::{AuthMethods, Device};
use voxgate_domain::{DisplayName, EmailAddress, Profile, Session, SessionId, Timestamp, User, UserId, UserStatus};

use crate::server::app;
use crate::state::State;
use crate::{Capacity, ClientSettings, HttpSettings, Operations, Readiness, Services};

/// The only access token that the mocks believe.
const GOOD_TOKEN: &str = "good.access.token";
const PUBLIC_URL: &str = "https://auth.example.org";
const ALLOWED_ORIGIN: &str = "https://app.example.org";

pub(crate) fn settings(public_url: &str) -> HttpSettings {
    HttpSettings {
        public_url: Url::parse(public_url).unwrap(),
        allowed_origins: vec![ALLOWED_ORIGIN.to_owned()],
        clients: ClientSettings::default(),
        production: true,
        shutdown_grace: Duration::ZERO,
        capacity: Capacity::default(),
        metrics_peers: Vec::new(),
        logged_fields: Vec::new(),
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix_micros(1_770_000_000_000_000).unwrap()
}

/// The user behind [`GOOD_TOKEN`]: Ada, in version 7.
fn principal() -> Principal {
    let profile = Profile { first_name: DisplayName::parse("Ada").ok(), ..Profile::default() };
    let email = EmailAddress::parse("ada@example.org").unwrap();
    let user = User::register(UserId::from(uuid::Uuid::from_u128(1)), email, profile, now());
    let user = User { status: UserStatus::Active, email_verified_at: Some(now()), version: 7, ..user };
    let device = Device { name: None, user_agent: None, ip_address: [203, 0, 113, 7].into() };
    let id = SessionId::from(uuid::Uuid::from_u128(2));
    let until = now().plus(Duration::from_secs(3_600));
    let session = Session::open(id, user.id, device, AuthMethods::Password, now(), until);
    Principal { user, session, roles: seed_roles().into_iter().take(1).collect() }
}

fn claims() -> AccessClaims {
    let Principal { user, session, .. } = principal();
    AccessClaims {
        subject: user.id,
        session: session.id,
        token_id: uuid::Uuid::nil(),
        issued_at: now(),
        expires_at: session.expires_at,
        auth_time: now(),
        roles: Vec::new(),
        amr: AuthMethods::Password,
    }
}

/// The service over `store`; every other port is as friendly as can be.
fn services(store: MockStore) -> Services {
    let mut clock = MockClock::new();
    clock.expect_now().returning(now);
    let mut entropy = MockEntropy::new();
    entropy.expect_fill().returning(|bytes| bytes.fill(7));
    let mut verifier = MockTokenVerifier::new();
    verifier.expect_verify().returning(|token, _| {
        if token == GOOD_TOKEN { Ok(TokenClaims::User(claims())) } else { Err(TokenError::Invalid) }
    });
    verifier.expect_public_keys().returning(|| {
        vec![PublicKey { key_id: "2026".to_owned(), modulus: "bW9k".to_owned(), exponent: "AQAB".to_owned() }]
    });
    let mut authenticator = MockAuthenticator::new();
    // One round trip a request, and not one more.
    authenticator.expect_authenticate().times(..=1).returning(|_| Ok(Some(principal())));
    let (clock, entropy) = (Arc::new(clock), Arc::new(entropy));
    let ports = Ports {
        store: Arc::new(store),
        webhooks: Arc::new(MockWebhookReader::new()),
        authenticator: Arc::new(authenticator),
        passwords: Arc::new(MockPasswordHasher::new()),
        strength: Arc::new(MockPasswordStrength::new()),
        issuer: Arc::new(MockTokenIssuer::new()),
        verifier: Arc::new(verifier),
        token_hasher: Arc::new(MockTokenHasher::new()),
        cipher: Arc::new(MockFieldCipher::new()),
        codes: Arc::new(MockOneTimeCodes::new()),
        clock: clock.clone(),
        entropy: entropy.clone(),
    };
    let trail = AuditTrail::new(TrailPorts {
        trail: Arc::new(MockTrail::new()),
        digest: Arc::new(MockDigest::new()),
        signer: Arc::new(MockSealSigner::new()),
        verifier: Arc::new(MockSealVerifier::new()),
        anchor: Arc::new(MockSealAnchor::new()),
        clock: clock.clone(),
    });
    let throttle =
        Throttle::new(Arc::new(MockRateLimiter::new()), Arc::new(MockTokenHasher::new()), RateLimits::none());
    Services {
        application: Application::new(ports, Policies::default()),
        trail,
        throttle,
        clock,
        entropy,
        operations: Operations::default(),
    }
}

/// What came back.
struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answered {
    fn header(&self, name: &'static str) -> Option<&str> {
        self.headers.get(HeaderName::from_static(name)).map(|value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The code of the problem, after checking that it is a whole one.
    fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["request_id"].as_str(), self.header("x-request-id"));
        let code = body["code"].as_str().unwrap().to_owned();
        assert_eq!(body["type"], format!("urn:voxgate:problem:{code}"));
        code
    }

    /// Field and code of every invalid field.
    fn faults(&self) -> Vec<(String, String)> {
        let body = self.json();
        let text = |error: &Value, key: &str| error[key].as_str().unwrap().to_owned();
        body["errors"].as_array().unwrap().iter().map(|error| (text(error, "field"), text(error, "code"))).collect()
    }
}

async fn answer(request: TestRequest) -> Answered {
    answer_over(MockStore::new(), request).await
}

async fn answer_over(store: MockStore, request: TestRequest) -> Answered {
    answer_in(Readiness::default(), store, request).await
}

async fn answer_in(readiness: Readiness, store: MockStore, request: TestRequest) -> Answered {
    answer_with(services(store), settings(PUBLIC_URL), readiness, request).await
}

async fn answer_with(
    services: Services,
    settings: HttpSettings,
    readiness: Readiness,
    request: TestRequest,
) -> Answered {
    let state = web::Data::new(State::new(services, settings, readiness).unwrap());
    let service = init_service(app(state)).await;
    let response = service.call(request.to_request()).await;
    read(response.map(ServiceResponse::map_into_boxed_body)).await
}

async fn read(response: Result<ServiceResponse, actix_web::Error>) -> Answered {
    let response = match response {
        Ok(response) => response.into_parts().1,
        Err(error) => error.error_response(),
    };
    let (response, body) = response.into_parts();
    let text = String::from_utf8_lossy(&to_bytes(body).await.unwrap()).into_owned();
    Answered { status: response.status(), headers: response.headers().clone(), text }
}

fn with_token(request: TestRequest) -> TestRequest {
    request.insert_header(("authorization", format!("Bearer {GOOD_TOKEN}")))
}

fn json(request: TestRequest, body: impl Into<web::Bytes>) -> TestRequest {
    request.insert_header(("content-type", "application/json")).set_payload(body)
}
