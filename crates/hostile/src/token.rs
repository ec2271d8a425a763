//! Access tokens, as services beside Voxgate read them, and what is behind a signature.

use std::sync::LazyLock;

use voxgate_domain::Timestamp;
use voxgate_verify::{KeySet, MAX_TOKEN_BYTES, Refusal, SKEW, TokenClaims, Verifier};

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| Verifier::new("https://auth.example.org", "recordings"));

static KEYS: LazyLock<Option<KeySet>> =
    LazyLock::new(|| KeySet::from_jwks(include_bytes!("../../verify/tests/data/jwks.json")).ok());

/// When the corpus was made.
fn now() -> Timestamp {
    Timestamp::from_unix_micros(1_790_000_000_000_000).unwrap_or(Timestamp::EPOCH)
}

/// Nobody has the private key: whatever is accepted was forged.
pub(super) fn token(bytes: &[u8]) {
    let keys = KEYS.as_ref();
    assert!(keys.is_some(), "the keys of the tests cannot be read");
    let (Ok(token), Some(keys)) = (std::str::from_utf8(bytes), keys) else { return };
    let verdict = VERIFIER.verify(token, keys, now());
    assert!(verdict.is_err(), "forged: {token}");
    assert_eq!(token.len() > MAX_TOKEN_BYTES, verdict == Err(Refusal::TooLong));
}

/// Claims that are accepted are those of this issuer, hold now, and are none twice.
pub(super) fn claims(json: &[u8]) {
    let Ok(claims) = voxgate_verify::fuzzing::claims(json, &VERIFIER, now()) else { return };
    let (issued_at, expires_at) = match &claims {
        TokenClaims::User(user) => (user.issued_at, user.expires_at),
        TokenClaims::Service(service) => (service.issued_at, service.expires_at),
    };
    assert!(issued_at <= now().plus(SKEW) && now() < expires_at.plus(SKEW) && issued_at < expires_at);
    // What is JSON by its grammar and has no value, such as 1e999 or half a surrogate pair, may stand in a claim that is
    // passed over.
    let Ok(members) = serde_json::from_slice::<serde_json::Value>(json) else { return };
    let says = |claim: &str| members.get(claim).and_then(serde_json::Value::as_str);
    assert_eq!((says("iss"), says("aud")), (Some(VERIFIER.issuer()), Some(VERIFIER.audience())));
    // What is for a user and what is for a machine is never both.
    let machine = matches!(claims, TokenClaims::Service(_));
    assert_eq!(machine, members.get("client_id").is_some());
    assert_eq!(machine, members.get("sid").is_none());
}
