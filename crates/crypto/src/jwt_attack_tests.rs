//! What attackers send instead of a token (RFC 8725, section 2).

use std::time::Instant;

use super::*;

#[test]
fn other_algorithms_are_refused() {
    let world = world();
    let claims = encode(&good_claims().to_string());
    for none in ["none", "None", "NONE", ""] {
        let header = encode(&with(good_header(&world), "alg", json!(none)));
        assert!(refused(&world, &format!("{header}.{claims}.")));
        assert!(refused(&world, &format!("{header}.{claims}.AAAA")));
    }
    for alg in ["HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256"] {
        let header = with(good_header(&world), "alg", json!(alg));
        assert!(refused(&world, &forge(&world, &header, &good_claims().to_string(), None)), "{alg}");
    }
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    let world = world();
    let key = world.tokens.public_keys().remove(0);
    let header = encode(&with(good_header(&world), "alg", json!("HS256")));
    let message = format!("{header}.{}", encode(&good_claims().to_string()));
    for secret in [key.modulus.clone().into_bytes(), URL_SAFE_NO_PAD.decode(&key.modulus).unwrap()] {
        let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &secret);
        let signature = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&hmac, message.as_bytes()));
        assert!(refused(&world, &format!("{message}.{signature}")));
    }
}

#[test]
fn a_key_of_the_attacker_is_refused_however_it_is_brought() {
    let world = world();
    let (evil, _) = SigningKey::generate().unwrap();
    let public = evil.public();
    let jwk = json!({"kty": "RSA", "n": public.modulus, "e": public.exponent, "kid": public.key_id});
    let claims = good_claims().to_string();
    let good = good_header(&world);
    let headers = [
        good.to_string(),
        with(good.clone(), "kid", json!(public.key_id)),
        with(good.clone(), "jwk", jwk),
        with(good.clone(), "jku", json!("https://evil.example/jwks.json")),
        with(good.clone(), "x5u", json!("https://evil.example/cert.pem")),
        with(good.clone(), "x5c", json!(["MIIB"])),
    ];
    for header in headers {
        assert!(refused(&world, &forge(&world, &header, &claims, Some(&evil))), "{header}");
    }
    for (name, value) in
        [("jwk", json!({})), ("jku", json!("")), ("x5u", json!("")), ("x5c", json!([])), ("crit", json!(["exp"]))]
    {
        let header = with(good.clone(), name, value);
        assert!(refused(&world, &forge(&world, &header, &claims, None)), "even well signed: {header}");
    }
}

#[rstest]
#[case(json!("../../../etc/passwd"))]
#[case(json!("/dev/null"))]
#[case(json!("' OR 1=1 --"))]
#[case(json!(""))]
#[case(json!(null))]
#[case(json!(7))]
fn a_key_id_is_only_looked_up(#[case] kid: Value) {
    let world = world();
    let header = with(good_header(&world), "kid", kid);
    assert!(refused(&world, &forge(&world, &header, &good_claims().to_string(), None)));
}

#[test]
fn the_key_id_of_another_key_of_the_ring_is_refused() {
    let world = world();
    let new = KeyRing::rotate(&world.dir, now(), Rotation { lead: Duration::ZERO, overlap: LIFE }).unwrap();
    let old_token =
        forge(&world, &with(good_header(&world), "kid", json!(new.key_id)), &good_claims().to_string(), None);
    world.tokens.reload(now()).unwrap();
    assert!(refused(&world, &old_token));
}

#[rstest]
#[case("at+jwt", true)]
#[case("AT+JWT", true)]
#[case("application/at+jwt", true)]
#[case("JWT", false)]
#[case("", false)]
#[case("application/application/at+jwt", false)]
#[case("dpop+jwt", false)]
fn the_type_must_be_that_of_an_access_token(#[case] typ: &str, #[case] ok: bool) {
    let world = world();
    let header = with(good_header(&world), "typ", json!(typ));
    assert_eq!(!refused(&world, &forge(&world, &header, &good_claims().to_string(), None)), ok);
}

#[rstest]
#[case("iss", json!("https://evil.example"))]
#[case("iss", json!([ISSUER]))]
#[case("aud", json!("other"))]
#[case("aud", json!([AUDIENCE, "other"]))]
#[case("sub", json!("admin"))]
#[case("sid", json!(""))]
#[case("jti", json!(1))]
#[case("iat", json!("now"))]
#[case("iat", json!(now().unix_seconds() + 60))]
#[case("iat", json!(i64::MAX))]
#[case("exp", json!(now().unix_seconds() - 60))]
#[case("exp", json!(i64::MIN))]
#[case("exp", json!(i64::MAX))]
#[case("exp", json!(1e300))]
#[case("exp", json!(-1))]
#[case("auth_time", json!(i64::MIN))]
#[case("roles", json!("admin"))]
#[case("roles", json!(["Admin"]))]
#[case("amr", json!(["otp"]))]
fn wrong_claims_are_refused_even_well_signed(#[case] name: &str, #[case] value: Value) {
    let world = world();
    let claims = with(good_claims(), name, value);
    assert!(refused(&world, &forge(&world, &good_header(&world).to_string(), &claims, None)));
}

#[rstest]
fn every_claim_and_header_member_is_required_once(
    #[values("iss", "aud", "sub", "sid", "jti", "iat", "exp", "auth_time", "roles", "amr")] name: &str,
) {
    let world = world();
    let (header, claims) = (good_header(&world).to_string(), good_claims());
    assert!(refused(&world, &forge(&world, &header, &without(claims.clone(), name), None)));
    let member = format!("\"{name}\":{}", claims[name]);
    let twice = claims.to_string().replace(&member, &format!("{member},{member}"));
    assert!(refused(&world, &forge(&world, &header, &twice, None)), "{twice}");

    for name in ["alg", "kid", "typ"] {
        let member = format!("\"{name}\":{}", good_header(&world)[name]);
        let twice = header.replace(&member, &format!("{member},{member}"));
        assert!(refused(&world, &forge(&world, &twice, &claims.to_string(), None)), "{twice}");
        assert!(refused(&world, &forge(&world, &without(good_header(&world), name), &claims.to_string(), None)));
    }
}

#[test]
fn claims_of_a_later_version_are_ignored() {
    let world = world();
    let claims = with(good_claims(), "tenant", json!("a"));
    assert!(!refused(&world, &forge(&world, &good_header(&world).to_string(), &claims, None)));
}

#[tokio::test]
async fn changed_and_misshapen_tokens_are_refused() {
    let world = world();
    let token = world.tokens.issue(&claims(now())).await.unwrap();
    let good = text(&token);
    let parts: Vec<&str> = good.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    let other_claims = encode(&with(good_claims(), "sub", json!(Uuid::from_u128(9))));
    let bad = [
        String::new(),
        ".".into(),
        "..".into(),
        header.into(),
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!("{header}.{other_claims}.{signature}"),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!("{good}="),
        format!("{good}AA"),
        format!("{good}\n"),
        format!("{good}\0"),
        format!(" {good}"),
        format!("Bearer {good}"),
        format!("{header}.{claims}.{}", signature.split_at(signature.len() - 4).0),
        format!("{header}.{claims}.{}", signature.replace('-', "+").replace('_', "/") + "="),
        "é.é.é".into(),
    ];
    for token in bad {
        assert!(refused(&world, &token), "{token:?}");
    }
}

#[test]
fn a_megabyte_is_refused_without_reading_it() {
    let world = world();
    let huge = format!("{}.{}.{}", "e".repeat(1 << 19), "e".repeat(1 << 19), "e".repeat(1 << 10));
    let dots = ".".repeat(1 << 20);
    // The fastest of a few: what the work takes, and not what the machine does besides.
    let fastest = (0..5).map(|_| {
        let begun = Instant::now();
        assert!(refused(&world, &huge) && refused(&world, &dots));
        begun.elapsed()
    });
    assert!(fastest.min() < Some(Duration::from_millis(5)));
}
