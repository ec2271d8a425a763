//! Tokens and cursors that somebody changed, or sends once more.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Backend, Voxgate};

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn decode(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

pub(crate) async fn jwt_algorithm_and_key_confusion(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let parts: Vec<&str> = me.access_token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("not a token") };
    let (header, claims) = (decode(header), decode(claims));
    let signed_by = |header: &Value, signature: &str| format!("{}.{}.{signature}", encode(header), encode(&claims));

    let jwks = voxgate.get("/.well-known/jwks.json").await.json();
    let key = &jwks["keys"][0];
    let hmac = |secret: &[u8]| {
        let message = format!("{}.{}", encode(&with(header.clone(), "alg", json!("HS256"))), encode(&claims));
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
        let tag = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, message.as_bytes()));
        format!("{message}.{tag}")
    };
    let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
    let mut forged = vec![
        ("none", format!("{}.{}.", encode(&with(header.clone(), "alg", json!("none"))), encode(&claims))),
        ("none, signed", signed_by(&with(header.clone(), "alg", json!("none")), signature)),
        ("the public key as an HMAC secret", hmac(&modulus)),
        ("its JWK as an HMAC secret", hmac(key.to_string().as_bytes())),
        ("another type", signed_by(&with(header.clone(), "typ", json!("JWT")), signature)),
        ("an embedded key", signed_by(&with(header.clone(), "jwk", key.clone()), signature)),
        ("a key elsewhere", signed_by(&with(header.clone(), "jku", json!("https://evil.example/jwks")), signature)),
        (
            "a certificate elsewhere",
            signed_by(&with(header.clone(), "x5u", json!("https://evil.example/x")), signature),
        ),
        ("trailing bytes", format!("{}A", me.access_token)),
        ("a part more", format!("{}.AAAA", me.access_token)),
        (
            "other claims",
            format!("{}.{}.{signature}", parts[0], encode(&with(claims.clone(), "roles", json!(["admin"])))),
        ),
        ("a huge one", format!("{}.{}.{signature}", parts[0], "A".repeat(20_000))),
    ];
    for kid in ["../../../../dev/null", "/proc/self/environ", "https://evil.example/key", "' OR 1=1 --", ""] {
        forged.push(("a path or address for a key", signed_by(&with(header.clone(), "kid", json!(kid)), signature)));
    }
    for (what, token) in forged {
        let answer = voxgate.call(Method::GET, "/users/profile", &token, json!(null)).await;
        // A head that is too long is not even read.
        assert!(matches!(answer.status, 401 | 431), "{what}: {answer:?}");
    }
    voxgate.profile(&me).await.expect(200);
}

pub(crate) async fn refresh_replay_within_the_same_second(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("REFRESH_REUSE_LEEWAY", "0s")]).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let renewed = voxgate.refresh(&me.refresh_token).await.expect(200).json();
    voxgate.refresh(&me.refresh_token).await.expect_problem(401, "refresh_token_reused");
    // The session is over, for whoever holds whichever of its tokens.
    let newer = renewed["refresh_token"].as_str().unwrap();
    let gone = voxgate.refresh(newer).await;
    assert!(gone.status == 401, "{gone:?}");
    voxgate.profile(&me).await.expect_problem(401, "unauthenticated");
    let newer = renewed["access_token"].as_str().unwrap();
    voxgate.call(Method::GET, "/users/profile", newer, json!(null)).await.expect_problem(401, "unauthenticated");
}

pub(crate) async fn cursor_tampering(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    for n in 0..3 {
        voxgate.register(&format!("user{n}@example.org")).await.expect(202);
    }
    let list = async |path: &str| voxgate.call(Method::GET, path, &admin.access_token, json!(null)).await;
    let first = list("/users?limit=1").await.expect(200).json();
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    list(&format!("/users?limit=1&cursor={cursor}")).await.expect(200);

    // Of another list.
    list(&format!("/audit?limit=1&cursor={cursor}")).await.expect_problem(422, "validation_failed");
    // With any bit of it changed, shortened, or made longer.
    let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
    let flipped = (0..bytes.len()).step_by(3).map(|at| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    });
    let mut forged: Vec<Vec<u8>> = flipped.collect();
    forged.extend([bytes[..bytes.len() - 1].to_vec(), [&bytes[..], &[0]].concat(), vec![0; bytes.len()]]);
    for bytes in forged {
        let cursor = URL_SAFE_NO_PAD.encode(bytes);
        list(&format!("/users?limit=1&cursor={cursor}")).await.expect_problem(422, "validation_failed");
    }
}

pub(crate) async fn another_users_session_id(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let (ada, eve) = (voxgate.logged_in("ada@example.org").await, voxgate.logged_in("eve@example.org").await);
    let path = format!("/users/sessions/{}", ada.session_id);
    let refused = voxgate.call(Method::DELETE, &path, &eve.access_token, json!(null)).await;
    let made_up = "/users/sessions/0199d1a2-7c00-7000-8000-000000000001";
    let unknown = voxgate.call(Method::DELETE, made_up, &eve.access_token, json!(null)).await;
    refused.expect_problem(404, "not_found");
    unknown.expect_problem(404, "not_found");
    voxgate.profile(&ada).await.expect(200);
    let listed = voxgate.call(Method::GET, "/users/sessions", &eve.access_token, json!(null)).await.expect(200);
    assert!(!listed.text.contains(&ada.session_id), "{listed:?}");
}

pub(crate) async fn deleted_user_keeps_access(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let me = voxgate.logged_in("ada@example.org").await;
    voxgate.call(Method::DELETE, "/users/account", &me.access_token, json!(null)).await.expect(204);
    voxgate.profile(&me).await.expect_problem(401, "unauthenticated");
    voxgate.refresh(&me.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    let gone = voxgate.log_in("ada@example.org", crate::person::PASSWORD).await;
    gone.expect_problem(401, "invalid_credentials");
}
