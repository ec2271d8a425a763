//! Rotating the keys that encrypt what is stored: afterwards the former ones are not needed.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Backend, Voxgate, token_in};
use crate::person::{OTHER_PASSWORD, PASSWORD};

const OLD: &str = "k1:bWFya2VkLXNlY3JldC1vZi0zMi1ieXRlcy0wMTIzNDU=";
const NEW: &str = "k2:b3RoZXItLXNlY3JldC1vZi0zMi1ieXRlcy0wMTIzNDU=";

/// What `voxgate keys rotate --encryption` says.
fn rotate(voxgate: &Voxgate) -> String {
    let output = voxgate.command(&["keys", "rotate", "--encryption"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for secret in [OLD, NEW].map(|key| key.split_once(':').unwrap().1) {
        assert!(!said.contains(secret), "{said}");
    }
    said
}

pub(crate) async fn after_a_rotation_secrets_and_waiting_mail_need_the_new_key_alone(backend: Backend) {
    let mut voxgate = Voxgate::start_with(backend, &[("ENCRYPTION_KEYS", OLD)]).await;
    let (me, app, _) = voxgate.with_mfa("ada@example.org").await;
    let admin = voxgate.admin("root@example.org").await;
    let webhook = json!({"url": "https://recordings.example.org/in"});
    voxgate.call(Method::POST, "/webhooks", &admin.access_token, webhook).await.expect(201);
    // A mail that cannot leave waits, sealed.
    assert_eq!(voxgate.stop().await, Some(0));
    voxgate.set("SMTP_URL", "smtp://127.0.0.1:1");
    voxgate.start_again().await;
    voxgate.post("/auth/forgot-password", json!({"email": me.email})).await.expect(202);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !voxgate.log().contains("mail put off") {
        assert!(std::time::Instant::now() < deadline, "{}", voxgate.log());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(voxgate.stop().await, Some(0));

    voxgate.set("ENCRYPTION_KEYS", &format!("{NEW},{OLD}"));
    let said = rotate(&voxgate);
    assert!(said.contains("sealed anew with k2: 1 secrets of apps, 1 mails, 1 webhooks"), "{said}");
    assert!(said.contains("sealed with it before: 0"), "{said}");
    let said = rotate(&voxgate);
    assert!(said.contains("sealed anew with k2: 0 secrets of apps, 0 mails, 0 webhooks"), "{said}");
    assert!(said.contains("sealed with it before: 3"), "{said}");

    voxgate.set("ENCRYPTION_KEYS", NEW);
    voxgate.unset("SMTP_URL");
    voxgate.start_again().await;
    let token = voxgate.pending(&me).await;
    voxgate.post("/auth/mfa/verify", json!({"mfa_token": token, "code": app.after()})).await.expect(200);
    let reset = token_in(&voxgate.mail_to(&me.email, 3).await);
    voxgate.post("/auth/reset-password", json!({"token": reset, "new_password": OTHER_PASSWORD})).await.expect(204);
}

pub(crate) async fn a_development_ring_gets_its_new_key_from_the_command(backend: Backend) {
    let mut voxgate = Voxgate::start(backend).await;
    let (me, app, _) = voxgate.with_mfa("ada@example.org").await;
    assert_eq!(voxgate.stop().await, Some(0));
    let said = rotate(&voxgate);
    assert!(said.contains("made development-2 in ") && said.contains("1 secrets of apps"), "{said}");

    // The former key is not needed any more.
    let file = voxgate.dir.path().join("keys/encryption.keys");
    let ring = std::fs::read_to_string(&file).unwrap();
    let (new, former) = ring.split_once(',').unwrap();
    assert!(new.starts_with("development-2:") && former.starts_with("development:"));
    std::fs::write(&file, new).unwrap();
    voxgate.start_again().await;
    let token = voxgate.challenge(&me.email, PASSWORD).await;
    voxgate.post("/auth/mfa/verify", json!({"mfa_token": token, "code": app.after()})).await.expect(200);
}
