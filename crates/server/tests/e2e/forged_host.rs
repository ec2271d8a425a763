//! Where links in mails lead.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Backend, Voxgate};

/// What an attacker adds to a request about the victim's address, so that the link in the victim's mail leads to them.
const FORGED: &[(&str, &str)] = &[
    ("host", "evil.example.net"),
    ("x-forwarded-host", "evil.example.net"),
    ("x-forwarded-server", "evil.example.net"),
    ("x-forwarded-proto", "gopher"),
    ("x-host", "evil.example.net"),
    ("forwarded", "host=evil.example.net;proto=http"),
    ("origin", "https://evil.example.net"),
    ("referer", "https://evil.example.net/"),
];

pub(crate) async fn a_forged_host_gets_into_no_mail(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("PUBLIC_URL", "https://accounts.example.org")]).await;
    let email = "ada@example.org";
    voxgate.verified(email).await;

    let mut request = voxgate.request(Method::POST, "/auth/forgot-password").json(&json!({"email": email}));
    for (name, value) in FORGED {
        request = request.header(*name, *value);
    }
    voxgate.send(request).await.expect(202);

    let mail = voxgate.mail_to(email, 2).await;
    assert!(mail.contains("https://accounts.example.org/reset-password?token="), "{mail}");
    assert!(!mail.contains("evil") && !mail.contains("gopher"), "{mail}");
}
