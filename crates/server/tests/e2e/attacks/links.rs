//! Links in mails, and where pages lead.

use reqwest::{Method, Url};
use serde_json::json;

use crate::harness::{Backend, Voxgate, token_in};
use crate::person::OTHER_PASSWORD;

pub(crate) async fn mail_scanner_burns_the_link(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let email = "ada@example.org";
    voxgate.register(email).await.expect(202);
    let token = token_in(&voxgate.mail_to(email, 1).await);
    scan(&voxgate, &format!("/verify-email?token={token}")).await;
    voxgate.post("/auth/verify-email", json!({"token": token})).await.expect(204);

    voxgate.post("/auth/forgot-password", json!({"email": email})).await.expect(202);
    let token = token_in(&voxgate.mail_to(email, 2).await);
    scan(&voxgate, &format!("/reset-password?token={token}")).await;
    let reset = json!({"token": token, "new_password": OTHER_PASSWORD});
    voxgate.post("/auth/reset-password", reset).await.expect(204);
}

/// What opens links before people do, some of it more than once.
async fn scan(voxgate: &Voxgate, link: &str) {
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::GET] {
        let answer = voxgate.send(voxgate.request(method.clone(), link)).await;
        assert!(answer.status < 500, "{method}: {answer:?}");
    }
}

pub(crate) async fn open_redirect(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let elsewhere = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"];
    let names = ["token", "next", "redirect", "redirect_uri", "return_to", "url", "continue"];
    for page in ["/verify-email", "/reset-password", "/docs", "/redoc", "/"] {
        for target in elsewhere {
            let query = names.iter().map(|name| (*name, target));
            let url = Url::parse_with_params(&format!("{}{page}", voxgate.base), query).unwrap();
            let answer = voxgate.get(url.as_str().strip_prefix(&voxgate.base).unwrap()).await;
            assert!(!answer.text.contains("evil.example"), "{page} repeats {target}");
            let location = answer.header("location");
            assert!(
                location.is_empty() || location.starts_with('/') && !location.starts_with("//"),
                "{page}: {location}"
            );
            assert!(!location.contains("evil"), "{page}: {location}");
        }
    }
    for path in ["//evil.example/..", "/%2f%2fevil.example", "/\\evil.example", "/docs//evil.example"] {
        let answer = voxgate.get(path).await;
        assert!(!answer.header("location").contains("evil"), "{path}: {answer:?}");
    }
}
