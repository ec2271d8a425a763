//! A Voxgate's keys, and tokens of every kind.

use std::fmt;

use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;
use voxgate_domain::Timestamp;
use voxgate_verify::{KeySet, Refusal, TokenClaims, Verifier};

pub const ISSUER: &str = "https://auth.example.org";
pub const AUDIENCE: &str = "recordings";
/// How long a token lives, in seconds.
pub const LIFE: i64 = 900;

/// An RSA key of 2048 bits with a name.
pub struct Key {
    pub id: String,
    pair: KeyPair,
}

impl Key {
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    pub fn modulus(&self) -> Vec<u8> {
        self.pair.public_key().modulus().big_endian_without_leading_zero().to_vec()
    }

    pub fn exponent(&self) -> Vec<u8> {
        self.pair.public_key().exponent().big_endian_without_leading_zero().to_vec()
    }

    pub fn jwk(&self) -> Value {
        let [n, e] = [self.modulus(), self.exponent()].map(|part| URL_SAFE_NO_PAD.encode(part));
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": n, "e": e})
    }

    /// `signed` with its signature.
    pub fn sign(&self, signed: &str) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = aws_lc_rs::rand::SystemRandom::new();
        self.pair.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token with any header and claims, well signed.
    pub fn forge(&self, header: impl fmt::Display, claims: impl fmt::Display) -> String {
        self.sign(&format!("{}.{}", encode(header), encode(claims)))
    }

    pub fn header(&self) -> Value {
        json!({"alg": "RS256", "kid": self.id, "typ": "at+jwt"})
    }

    /// A token of a user, as Voxgate writes it.
    pub fn token(&self) -> String {
        self.forge(self.header(), user())
    }
}

pub fn encode(part: impl fmt::Display) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

pub fn jwks(keys: &[&Key]) -> Vec<u8> {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()}).to_string().into_bytes()
}

pub fn key_set(keys: &[&Key]) -> KeySet {
    KeySet::from_jwks(&jwks(keys)).unwrap()
}

pub fn now() -> Timestamp {
    Timestamp::from_unix_micros(1_790_000_000_123_456).unwrap()
}

/// The claims of a user.
pub fn user() -> Value {
    let at = now().unix_seconds();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2), "jti": Uuid::from_u128(3),
        "iat": at, "exp": at + LIFE, "auth_time": at - 60, "roles": ["patient", "clinician"], "amr": ["pwd", "otp"],
    })
}

/// The claims of a service.
pub fn service() -> Value {
    let at = now().unix_seconds();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": Uuid::from_u128(7), "client_id": Uuid::from_u128(7),
        "jti": Uuid::from_u128(3), "iat": at, "exp": at + LIFE, "scope": "users:read a:later:one roles:read",
    })
}

pub fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

pub fn without(mut object: Value, name: &str) -> Value {
    object.as_object_mut().unwrap().remove(name).unwrap();
    object
}

/// `object` with a member twice.
pub fn twice(object: &Value, name: &str) -> String {
    let member = format!("\"{name}\":{}", object[name]);
    let text = object.to_string();
    assert!(text.contains(&member));
    text.replace(&member, &format!("{member},{member}"))
}

pub fn verifier() -> Verifier {
    Verifier::new(ISSUER, AUDIENCE)
}

/// What is said of a token by whoever knows `key`.
pub fn verdict(key: &Key, token: &str) -> Result<TokenClaims, Refusal> {
    verifier().verify(token, &key_set(&[key]), now())
}
