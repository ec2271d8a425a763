//! What a browser does: the refresh token in a cookie, and a proof that the page is ours.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::PASSWORD;

/// The two cookies that an answer sets, by their values.
fn cookies(answer: &Answer) -> (String, String) {
    let set: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let find = |name: &str| {
        let cookie =
            set.iter().find(|cookie| cookie.starts_with(name)).unwrap_or_else(|| panic!("no {name} in {set:?}"));
        for attribute in ["Secure", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert_eq!(cookie.contains("HttpOnly"), name.contains("refresh"), "{cookie}");
        cookie.split(['=', ';']).nth(1).unwrap().to_owned()
    };
    (find("__Host-voxgate_refresh="), find("__Host-voxgate_csrf="))
}

pub(crate) async fn a_browser_refreshes_by_cookie_and_csrf_token(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("CORS_ALLOWED_ORIGINS", "https://app.example.org")]).await;
    let email = "ada@example.org";
    voxgate.verified(email).await;
    let body = json!({"email": email, "password": PASSWORD, "token_delivery": "cookie"});
    let answer = voxgate.post("/auth/login", body).await.expect(200);
    assert_eq!(answer.json()["refresh_token"], Value::Null);
    let (refresh, csrf) = cookies(&answer);

    let send = |path: &'static str, refresh: &str, cookie: &str, header: Option<&str>, origin: Option<&str>| {
        let jar = format!("__Host-voxgate_refresh={refresh}; __Host-voxgate_csrf={cookie}");
        let mut request = voxgate.request(Method::POST, path).header("cookie", jar);
        if let Some(header) = header {
            request = request.header("x-csrf-token", header);
        }
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        voxgate.send(request)
    };
    let path = "/auth/refresh";
    send(path, &refresh, &csrf, None, None).await.expect_problem(403, "csrf_failed");
    send(path, &refresh, &csrf, Some("guessed"), None).await.expect_problem(403, "csrf_failed");
    for origin in ["https://evil.example.org", "null", "https://app.example.org.evil.org", "http://app.example.org"] {
        send(path, &refresh, &csrf, Some(&csrf), Some(origin)).await.expect_problem(403, "csrf_failed");
    }
    let answer = send(path, &refresh, &csrf, Some(&csrf), Some("https://app.example.org")).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "https://app.example.org");
    let (refresh, csrf) = cookies(&answer);

    // Another origin is never told that it may read.
    let preflight = voxgate
        .request(Method::OPTIONS, path)
        .header("origin", "https://evil.example.org")
        .header("access-control-request-method", "POST");
    assert_eq!(voxgate.send(preflight).await.header("access-control-allow-origin"), "");

    let answer = send("/auth/logout", &refresh, &csrf, Some(&csrf), None).await.expect(204);
    assert!(answer.headers.get_all("set-cookie").iter().all(|cookie| cookie.to_str().unwrap().contains("Max-Age=0")));
    send(path, &refresh, &csrf, Some(&csrf), None).await.expect_problem(401, "invalid_refresh_token");
}

pub(crate) async fn a_browser_gets_its_cookies_after_the_code(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let (me, app, _) = voxgate.with_mfa("ada@example.org").await;
    let body = json!({"email": me.email, "password": PASSWORD, "token_delivery": "cookie"});
    let answer = voxgate.post("/auth/login", body).await.expect(200);
    assert!(!answer.headers.contains_key("set-cookie"), "{answer:?}");
    let body = json!({"mfa_token": answer.json()["mfa_token"], "code": app.after()});
    let answer = voxgate.post("/auth/mfa/verify", body).await.expect(200);
    assert_eq!(answer.json()["refresh_token"], Value::Null);
    let (refresh, csrf) = cookies(&answer);
    let jar = format!("__Host-voxgate_refresh={refresh}; __Host-voxgate_csrf={csrf}");
    let request = voxgate.request(Method::POST, "/auth/refresh").header("cookie", jar).header("x-csrf-token", csrf);
    voxgate.send(request).await.expect(200);
}
