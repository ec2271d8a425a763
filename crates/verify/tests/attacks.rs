//! What attackers send instead of a token (RFC 8725, section 2): a test for each attack.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test that cannot go on fails; what is shared by tests is not all used by each"
)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::time::Instant;
use support::{AUDIENCE, ISSUER, Key, encode, key_set, now, service, twice, user, verdict, verifier, with, without};
use voxgate_verify::{KeySet, MAX_TOKEN_BYTES, Refusal};

#[rstest]
fn alg_none(#[values("none", "None", "NONE", "nOnE", "")] alg: &str, #[values("", "AAAA")] signature: &str) {
    let key = Key::new("a");
    let header = encode(with(key.header(), "alg", json!(alg)));
    let expected = if signature.is_empty() { Refusal::Malformed } else { Refusal::Algorithm };
    assert_eq!(verdict(&key, &format!("{header}.{}.{signature}", encode(user()))), Err(expected));
}

#[test]
fn hs256_with_the_public_key() {
    let key = Key::new("a");
    let message = format!("{}.{}", encode(with(key.header(), "alg", json!("HS256"))), encode(user()));
    for secret in [key.modulus(), key.jwk().to_string().into_bytes(), key.jwk()["n"].to_string().into_bytes()] {
        let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &secret);
        let signature = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&secret, message.as_bytes()));
        assert_eq!(verdict(&key, &format!("{message}.{signature}")), Err(Refusal::Algorithm));
    }
}

#[rstest]
fn another_algorithm(#[values("RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", "RS256 ")] alg: &str) {
    let key = Key::new("a");
    let token = key.forge(with(key.header(), "alg", json!(alg)), user());
    assert_eq!(verdict(&key, &token), Err(Refusal::Algorithm));
}

#[test]
fn swapped_kid() {
    let (one, other) = (Key::new("one"), Key::new("other"));
    let token = one.forge(other.header(), user());
    assert_eq!(verifier().verify(&token, &key_set(&[&one, &other]), now()), Err(Refusal::Signature));
}

#[rstest]
#[case::path("../../../etc/passwd", Refusal::UnknownKey)]
#[case::device("/dev/null", Refusal::UnknownKey)]
#[case::address("https://evil.example/key", Refusal::UnknownKey)]
#[case::statement("' OR 1=1 --", Refusal::UnknownKey)]
#[case::nul("a\0", Refusal::UnknownKey)]
#[case::empty("", Refusal::UnknownKey)]
fn path_kid(#[case] kid: &str, #[case] expected: Refusal) {
    let key = Key::new("a");
    assert_eq!(verdict(&key, &key.forge(with(key.header(), "kid", json!(kid)), user())), Err(expected));
}

#[rstest]
#[case("at+jwt", true)]
#[case("AT+JWT", true)]
#[case("application/at+jwt", true)]
#[case("Application/at+jwt", true)]
#[case("JWT", false)]
#[case("id+jwt", false)]
#[case("dpop+jwt", false)]
#[case("application/application/at+jwt", false)]
#[case("", false)]
fn wrong_typ(#[case] typ: &str, #[case] accepted: bool) {
    let key = Key::new("a");
    let verdict = verdict(&key, &key.forge(with(key.header(), "typ", json!(typ)), user()));
    assert_eq!(verdict.err(), (!accepted).then_some(Refusal::Type));
}

#[rstest]
#[case(json!("another"), Refusal::Audience)]
#[case(json!(""), Refusal::Audience)]
#[case(json!([AUDIENCE]), Refusal::Claims)]
#[case(json!([AUDIENCE, "another"]), Refusal::Claims)]
#[case(json!(null), Refusal::Claims)]
fn wrong_aud(#[case] aud: Value, #[case] expected: Refusal) {
    let key = Key::new("a");
    assert_eq!(verdict(&key, &key.forge(key.header(), with(user(), "aud", aud))), Err(expected));
}

#[rstest]
#[case(json!("https://evil.example"), Refusal::Issuer)]
#[case(json!(format!("{ISSUER}/")), Refusal::Issuer)]
#[case(json!([ISSUER]), Refusal::Claims)]
fn wrong_iss(#[case] iss: Value, #[case] expected: Refusal) {
    let key = Key::new("a");
    assert_eq!(verdict(&key, &key.forge(key.header(), with(user(), "iss", iss))), Err(expected));
}

#[rstest]
#[case::by_a_minute(json!(now().unix_seconds() - 60), Refusal::Expired)]
#[case::by_more_than_the_skew(json!(now().unix_seconds() - 5), Refusal::Expired)]
#[case::before_it_was_issued(json!(now().unix_seconds()), Refusal::Expired)]
#[case::at_the_beginning_of_time(json!(i64::MIN), Refusal::Claims)]
#[case::past_the_calendar(json!(i64::MAX), Refusal::Claims)]
#[case::as_a_fraction(json!(1e300), Refusal::Claims)]
#[case::as_text(json!("2099-01-01T00:00:00Z"), Refusal::Claims)]
fn expired(#[case] exp: Value, #[case] expected: Refusal) {
    let key = Key::new("a");
    let claims = with(with(user(), "iat", json!(now().unix_seconds() - 900)), "exp", exp.clone());
    let claims = if exp == json!(now().unix_seconds()) { with(user(), "exp", exp) } else { claims };
    assert_eq!(verdict(&key, &key.forge(key.header(), claims)), Err(expected));
}

#[rstest]
fn not_yet_valid(#[values("iat", "nbf")] claim: &str) {
    let key = Key::new("a");
    let at = |offset: i64| key.forge(key.header(), with(user(), claim, json!(now().unix_seconds() + offset)));
    assert_eq!(verdict(&key, &at(6)), Err(Refusal::NotYetValid));
    assert_eq!(verdict(&key, &at(600)), Err(Refusal::NotYetValid));
    assert!(verdict(&key, &at(5)).is_ok(), "clocks differ by 5 s");
}

#[test]
fn embedded_jwk() {
    let (key, evil) = (Key::new("a"), Key::new("evil"));
    let header = with(evil.header(), "jwk", evil.jwk());
    assert_eq!(verdict(&key, &evil.forge(header, user())), Err(Refusal::Header));
    let header = with(key.header(), "jwk", key.jwk());
    assert_eq!(verdict(&key, &key.forge(header, user())), Err(Refusal::Header), "even well signed");
}

#[test]
fn jku() {
    refused_header("jku", json!("https://evil.example/jwks.json"));
}

#[test]
fn x5u() {
    refused_header("x5u", json!("https://evil.example/certificate.pem"));
}

#[test]
fn x5c() {
    refused_header("x5c", json!(["MIIB"]));
}

#[test]
fn crit() {
    refused_header("crit", json!(["exp"]));
    refused_header("crit", json!([]));
}

#[test]
fn b64() {
    refused_header("b64", json!(false));
}

/// A header with a further member is refused, whoever signed.
#[track_caller]
fn refused_header(name: &str, value: Value) {
    let (key, evil) = (Key::new("a"), Key::new("evil"));
    for signer in [&key, &evil] {
        let token = signer.forge(with(key.header(), name, value.clone()), user());
        assert_eq!(verdict(&key, &token), Err(Refusal::Header));
    }
}

#[test]
fn a_token_of_1_mb() {
    let key = Key::new("a");
    let huge = "A".repeat(1 << 20);
    let padded = key.forge(key.header(), with(user(), "padding", json!(huge)));
    let began = Instant::now();
    for token in [huge.as_str(), &padded, &format!("{huge}.{huge}.{huge}"), &".".repeat(1 << 20)] {
        assert_eq!(verdict(&key, token), Err(Refusal::TooLong));
    }
    assert!(began.elapsed().as_millis() < 500, "it is not looked at");
    let longest = "A".repeat(MAX_TOKEN_BYTES);
    assert_eq!(verdict(&key, &longest), Err(Refusal::Malformed));
}

#[test]
fn trailing_bytes() {
    let key = Key::new("a");
    let token = key.token();
    assert!(verdict(&key, &token).is_ok());
    for more in [".", ".e30", "=", "==", "A", "AAAA", " ", "\n", "\0", "é"] {
        assert!(verdict(&key, &format!("{token}{more}")).is_err(), "{more:?}");
        assert!(verdict(&key, &format!("{more}{token}")).is_err(), "{more:?}");
    }
    for header in [format!("{} {{}}", key.header()), format!("{}\0", key.header())] {
        assert_eq!(verdict(&key, &key.forge(header, user())), Err(Refusal::Header));
    }
    assert_eq!(verdict(&key, &key.forge(key.header(), format!("{}x", user()))), Err(Refusal::Claims));
}

#[test]
fn another_form_of_the_same_bytes() {
    let key = Key::new("a");
    let token = key.token();
    let last = token.chars().last().unwrap();
    // 256 bytes leave four bits of the last character unused: only one of sixteen forms is right.
    let others: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').filter(|c| *c != last).collect();
    for other in others {
        assert!(verdict(&key, &format!("{}{other}", token.strip_suffix(last).unwrap())).is_err(), "{other}");
    }
    let padded: Vec<String> = token.split('.').map(|part| format!("{part}=")).collect();
    assert!(verdict(&key, &padded.join(".")).is_err());
}

#[rstest]
fn duplicate_claims(
    #[values("iss", "aud", "sub", "sid", "jti", "iat", "exp", "auth_time", "roles", "amr")] name: &str,
) {
    let key = Key::new("a");
    assert_eq!(verdict(&key, &key.forge(key.header(), twice(&user(), name))), Err(Refusal::Claims));
    let missing = without(user(), name);
    assert_eq!(verdict(&key, &key.forge(key.header(), missing)), Err(Refusal::Claims), "missing");
}

#[test]
fn duplicate_claims_that_nobody_knows() {
    let key = Key::new("a");
    let later = with(user(), "tenant", json!("a"));
    assert!(verdict(&key, &key.forge(key.header(), &later)).is_ok(), "a later version may have it");
    assert_eq!(verdict(&key, &key.forge(key.header(), twice(&later, "tenant"))), Err(Refusal::Claims));
    // The same name, once with an escape.
    let escaped = user().to_string().replacen('{', r#"{"su\u0062":"00000000-0000-0000-0000-000000000009","#, 1);
    assert_eq!(verdict(&key, &key.forge(key.header(), escaped)), Err(Refusal::Claims));
}

#[rstest]
fn duplicate_header_members(#[values("alg", "kid", "typ")] name: &str) {
    let key = Key::new("a");
    assert_eq!(verdict(&key, &key.forge(twice(&key.header(), name), user())), Err(Refusal::Header));
    assert_eq!(verdict(&key, &key.forge(without(key.header(), name), user())), Err(Refusal::Header), "missing");
}

#[test]
fn a_token_signed_by_another_key() {
    let (key, evil) = (Key::new("a"), Key::new("a"));
    assert_eq!(verdict(&key, &evil.token()), Err(Refusal::Signature), "of the same name");
    let stranger = Key::new("stranger");
    assert_eq!(verdict(&key, &stranger.token()), Err(Refusal::UnknownKey));
}

#[test]
fn changed_claims_and_a_changed_header() {
    let key = Key::new("a");
    let (token, other) = (key.token(), key.forge(key.header(), with(user(), "roles", json!(["admin"]))));
    let (parts, others): (Vec<&str>, Vec<&str>) = (token.split('.').collect(), other.split('.').collect());
    assert_eq!(verdict(&key, &[parts[0], others[1], parts[2]].join(".")), Err(Refusal::Signature));
    let header = encode(json!({"typ": "AT+JWT", "alg": "RS256", "kid": "a"}));
    assert_eq!(verdict(&key, &[&header, parts[1], parts[2]].join(".")), Err(Refusal::Signature));
}

#[test]
fn an_id_token_without_sub() {
    let key = Key::new("a");
    let at = now().unix_seconds();
    let id_token = json!({
        "iss": ISSUER, "aud": AUDIENCE, "iat": at, "exp": at + 900, "auth_time": at, "nonce": "n", "email": "a@b.example",
    });
    assert_eq!(verdict(&key, &key.forge(key.header(), &id_token)), Err(Refusal::Claims));
    let header = with(key.header(), "typ", json!("JWT"));
    assert_eq!(verdict(&key, &key.forge(header, id_token)), Err(Refusal::Type));
}

#[rstest]
#[case::a_users_session(with(service(), "sid", json!("00000000-0000-0000-0000-000000000002")))]
#[case::a_users_roles(with(service(), "roles", json!(["admin"])))]
#[case::no_client(without(service(), "client_id"))]
#[case::no_scope(without(service(), "scope"))]
#[case::another_subject(with(service(), "sub", json!("00000000-0000-0000-0000-000000000001")))]
#[case::a_user_with_a_scope(with(user(), "scope", json!("users:read")))]
fn neither_a_user_nor_a_service(#[case] claims: Value) {
    let key = Key::new("a");
    assert_eq!(verdict(&key, &key.forge(key.header(), claims)), Err(Refusal::Claims));
}

static KEY: LazyLock<(Key, KeySet)> = LazyLock::new(|| {
    let key = Key::new("a");
    let set = key_set(&[&key]);
    (key, set)
});

proptest! {
    #[test]
    fn random_text_is_refused_without_a_panic(text in "\\PC{0,400}") {
        prop_assert!(verifier().verify(&text, &KEY.1, now()).is_err());
    }

    #[test]
    fn random_bytes_in_each_part_are_refused_without_a_panic(parts in prop::array::uniform3(prop::collection::vec(any::<u8>(), 0..300))) {
        let token = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        prop_assert!(verifier().verify(&token, &KEY.1, now()).is_err());
    }

    #[test]
    fn random_claims_even_well_signed_are_refused_without_a_panic(claims in "\\PC{0,200}|\\{(\"(iss|exp|sub)\":(1|\"a\"|null|\\[\\]),?){0,4}\\}") {
        let token = KEY.0.forge(KEY.0.header(), claims);
        prop_assert!(verifier().verify(&token, &KEY.1, now()).is_err());
    }

    #[test]
    fn a_token_with_one_byte_changed_is_refused(at in any::<prop::sample::Index>(), byte in 0_u8..128) {
        let token = KEY.0.token();
        let mut changed = token.clone().into_bytes();
        let at = at.index(changed.len());
        prop_assume!(changed[at] != byte);
        changed[at] = byte;
        prop_assert!(verifier().verify(&String::from_utf8(changed).unwrap(), &KEY.1, now()).is_err());
    }

    #[test]
    fn a_random_document_is_no_key_set_and_no_panic(text in "\\PC{0,300}|\\{\"keys\":\\[(\\{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"[A-Za-z0-9_-]{0,80}\",\"e\":\"AQAB\"\\},?){0,3}\\]\\}") {
        prop_assert!(KeySet::from_jwks(text.as_bytes()).is_err());
    }
}
