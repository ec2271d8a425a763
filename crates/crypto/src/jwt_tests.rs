//! What holds for access tokens.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rstest::rstest;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use uuid::Uuid;
use voxgate_domain::ports::{AccessClaims, ServiceClaims, SignedToken, TokenIssuer as _};
use voxgate_domain::{AuthMethods, Permission, RoleName};
use voxgate_verify::SKEW;

use super::*;
use crate::key_ring::{KeyOrigin, KeyRing, Rotation};
use crate::signing_key::SigningKey;

const ISSUER: &str = "https://auth.example.org";
const AUDIENCE: &str = "voxgate";
const LIFE: Duration = Duration::from_secs(900);

struct World {
    tokens: JwtTokens,
    dir: PathBuf,
    _temp: tempfile::TempDir,
}

fn now() -> Timestamp {
    Timestamp::from_unix_micros(1_790_000_000_123_456).unwrap()
}

fn world() -> World {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("keys");
    KeyRing::generate(&dir, now(), KeyOrigin::Operator).unwrap();
    let tokens = JwtTokens::load(dir.clone(), ISSUER.into(), AUDIENCE.into(), now()).unwrap();
    World { tokens, dir, _temp: temp }
}

fn claims(issued_at: Timestamp) -> AccessClaims {
    let second = Duration::from_secs(1);
    let whole = |at: Timestamp| Timestamp::from_unix_micros(at.unix_seconds() * 1_000_000).unwrap();
    AccessClaims {
        subject: Uuid::from_u128(1).into(),
        session: Uuid::from_u128(2).into(),
        token_id: Uuid::from_u128(3),
        issued_at: whole(issued_at),
        expires_at: whole(issued_at.plus(LIFE)),
        auth_time: whole(issued_at.minus(second * 60)),
        roles: vec![RoleName::patient(), RoleName::admin()],
        amr: AuthMethods::ALL.iter().copied().last().unwrap(),
    }
}

fn text(token: &SignedToken) -> &str {
    token.0.expose_secret()
}

fn header(token: &SignedToken) -> Value {
    let header = text(token).split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

fn encode(part: &str) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

/// A token with any header and claims, signed by the current key or another.
fn forge(world: &World, header: &str, claims: &str, key: Option<&SigningKey>) -> String {
    let ring = world.tokens.ring();
    let key = key.unwrap_or_else(|| ring.signing_at(now()).unwrap());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).unwrap());
    format!("{message}.{signature}")
}

fn good_header(world: &World) -> Value {
    json!({"alg": "RS256", "kid": world.tokens.public_keys()[0].key_id, "typ": "at+jwt"})
}

fn good_claims() -> Value {
    let at = now().unix_seconds();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2), "jti": Uuid::from_u128(3),
        "iat": at, "exp": at + 900, "auth_time": at, "roles": ["patient"], "amr": ["pwd"],
    })
}

fn with(mut object: Value, name: &str, value: Value) -> String {
    object[name] = value;
    object.to_string()
}

fn without(mut object: Value, name: &str) -> String {
    object.as_object_mut().unwrap().remove(name).unwrap();
    object.to_string()
}

fn refused(world: &World, token: &str) -> bool {
    matches!(world.tokens.verify(token, now()), Err(TokenError::Invalid))
}

#[tokio::test]
async fn the_library_that_most_clients_use_accepts_what_is_issued() {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    let world = world();
    let token = world.tokens.issue(&claims(now())).await.unwrap();
    let keys = world.tokens.public_keys();
    let key = DecodingKey::from_rsa_components(&keys[0].modulus, &keys[0].exponent).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.validate_exp = false;
    let read = jsonwebtoken::decode::<Value>(text(&token), &key, &validation).unwrap();
    assert_eq!(
        (read.header.typ.as_deref(), read.header.kid.as_deref()),
        (Some("at+jwt"), Some(keys[0].key_id.as_str()))
    );
    assert_eq!(read.claims["sub"], Uuid::from_u128(1).to_string());
}

fn service_claims(permissions: &[Permission]) -> ServiceClaims {
    let AccessClaims { token_id, issued_at, expires_at, .. } = claims(now());
    let scope = permissions.iter().copied().collect();
    ServiceClaims { account: Uuid::from_u128(4).into(), token_id, issued_at, expires_at, scope }
}

#[tokio::test]
async fn what_a_service_was_given_comes_back() {
    let world = world();
    for scope in [&[][..], &[Permission::RevocationsRead], &[Permission::AuditRead, Permission::OpsRead]] {
        let token = world.tokens.issue_to_service(&service_claims(scope)).await.unwrap();
        let read = world.tokens.verify(text(&token), now()).unwrap();
        assert_eq!(read, TokenClaims::Service(service_claims(scope)));
    }
}

#[test]
fn a_token_is_a_persons_or_a_services_and_not_both_or_neither() {
    let world = world();
    let header = good_header(&world).to_string();
    let service = || {
        let mut claims = good_claims();
        let fields = claims.as_object_mut().unwrap();
        ["sid", "auth_time", "roles", "amr"].iter().for_each(|name| drop(fields.remove(*name)));
        fields.insert("client_id".into(), json!(Uuid::from_u128(1)));
        fields.insert("scope".into(), json!("audit:read made:up"));
        claims
    };
    let verify = |claims: Value| world.tokens.verify(&forge(&world, &header, &claims.to_string(), None), now());
    let TokenClaims::Service(read) = verify(service()).unwrap() else { panic!("it is a service's") };
    assert_eq!(read.scope, [Permission::AuditRead].into_iter().collect());
    let with = |name: &str, value: Value| {
        let mut claims = service();
        claims[name] = value;
        verify(claims)
    };
    assert!(with("sid", json!(Uuid::from_u128(2))).is_err());
    assert!(with("client_id", json!(Uuid::from_u128(9))).is_err());
    assert!(with("scope", Value::Null).is_err());
    let mut neither = service();
    neither.as_object_mut().unwrap().remove("client_id");
    assert!(verify(neither).is_err());
}

#[tokio::test]
async fn a_token_says_what_was_signed() {
    let world = world();
    let token = world.tokens.issue(&claims(now())).await.unwrap();
    assert_eq!(world.tokens.verify(text(&token), now()).unwrap(), TokenClaims::User(claims(now())));
    assert!(text(&token).len() < 2_048);

    assert_eq!(header(&token), good_header(&world));
    assert!(!refused(&world, &forge(&world, &good_header(&world).to_string(), &good_claims().to_string(), None)));
}

#[tokio::test]
async fn a_rotation_keeps_old_tokens_valid_until_they_expire() {
    let world = world();
    let old = world.tokens.issue(&claims(now())).await.unwrap();
    let minute = Duration::from_secs(60);
    KeyRing::rotate(&world.dir, now(), Rotation { lead: minute, overlap: LIFE + SKEW }).unwrap();
    let stale = JwtTokens::load(world.dir.clone(), ISSUER.into(), AUDIENCE.into(), now()).unwrap();
    world.tokens.reload(now()).unwrap();

    let later = now().plus(minute + Duration::from_secs(1));
    let new = world.tokens.issue(&claims(later)).await.unwrap();
    let kid = |token: &SignedToken| header(token)["kid"].clone();
    assert_ne!(kid(&old), kid(&new));
    assert!(world.tokens.verify(text(&old), later).is_ok());
    assert!(stale.verify(text(&new), later).is_ok(), "a replica that read the ring during the lead knows the key");
    assert_eq!(world.tokens.public_keys().len(), 2);
    assert!(world.tokens.verify(text(&old), now().plus(LIFE + SKEW)).is_err(), "expired by now");
}

#[tokio::test]
async fn a_reload_that_fails_keeps_the_keys_in_use() {
    let world = world();
    let token = world.tokens.issue(&claims(now())).await.unwrap();
    std::fs::write(world.dir.join("ring.json"), "torn").unwrap();
    assert!(world.tokens.reload(now()).is_err());
    assert!(world.tokens.verify(text(&token), now()).is_ok());
}

#[rstest]
#[case::just_issued(0, true)]
#[case::last_second_and_skew(904, true)]
#[case::expired(905, false)]
#[case::issued_in_the_future_within_skew(-5, true)]
#[case::issued_in_the_future(-6, false)]
#[tokio::test]
async fn a_token_holds_from_iat_to_exp_with_five_seconds_of_skew(#[case] offset: i64, #[case] ok: bool) {
    let world = world();
    let issued = Timestamp::from_unix_micros(1_790_000_000_000_000).unwrap();
    let token = world.tokens.issue(&claims(issued)).await.unwrap();
    let at = Timestamp::from_unix_micros(issued.unix_micros() + offset * 1_000_000).unwrap();
    assert_eq!(world.tokens.verify(text(&token), at).is_ok(), ok);
}

#[path = "jwt_attack_tests.rs"]
mod attacks;
