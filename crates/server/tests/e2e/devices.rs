//! Devices that are known, and what their owners are told.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::{OTHER_PASSWORD, PASSWORD, person};

const WRONG: &str = "wR0ng!pass-word7";

/// The cookie of the device that an answer set, as a browser sends it back.
fn device_cookie(answer: &Answer) -> Option<String> {
    let set = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let cookie = set.filter(|cookie| cookie.starts_with("__Host-voxgate_device=")).map(str::to_owned).next()?;
    for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=15552000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    cookie.split(';').next().map(str::to_owned)
}

impl Voxgate {
    /// Logs in with a program of this name, and with the cookie of a device if it has one.
    async fn log_in_on(&self, email: &str, password: &str, agent: &str, cookie: Option<&str>) -> Answer {
        let body = json!({"email": email, "password": password});
        let mut request = self.request(Method::POST, "/auth/login").header("user-agent", agent).json(&body);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        self.send(request).await
    }
}

pub(crate) async fn a_login_on_a_new_device_is_told_to_its_owner(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let email = "ada@example.org";
    voxgate.verified(email).await;
    let first = voxgate.log_in_on(email, PASSWORD, "browser/1", None).await.expect(200);
    let kept = device_cookie(&first).expect("a cookie at the first login");

    // The same browser is updated and moves on, and is known all the same: no mail, and no new cookie.
    let again = voxgate.log_in_on(email, PASSWORD, "browser/2", Some(&kept)).await.expect(200);
    assert_eq!(device_cookie(&again), None);
    // A client that keeps no cookie is known by where it comes from.
    voxgate.log_in_on(email, PASSWORD, "browser/1", None).await.expect(200);

    let other = voxgate.log_in_on(email, PASSWORD, "stranger/1", None).await.expect(200);
    assert!(device_cookie(&other).is_some());
    let mail = voxgate.mail_to(email, 2).await;
    assert!(mail.contains("A new device logged in") && mail.contains("127.0.0.1"), "{mail}");

    // The cookie of somebody else vouches for nobody.
    voxgate.verified("eve@example.org").await;
    voxgate.log_in_on("eve@example.org", PASSWORD, "browser/1", None).await.expect(200);
    voxgate.log_in_on("eve@example.org", PASSWORD, "stranger/2", Some(&kept)).await.expect(200);
    assert!(voxgate.mail_to("eve@example.org", 2).await.contains("A new device logged in"));
    assert_eq!(voxgate.mails_to(email).len(), 2);
}

pub(crate) async fn nobody_locks_an_owner_out_of_a_device_they_know(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let email = "ada@example.org";
    voxgate.verified(email).await;
    let kept = device_cookie(&voxgate.log_in_on(email, PASSWORD, "browser/1", None).await.expect(200)).unwrap();

    for _ in 0..5 {
        voxgate.log_in(email, WRONG).await.expect_problem(401, "invalid_credentials");
    }
    voxgate.log_in(email, PASSWORD).await.expect_problem(423, "account_locked");
    // Made up, or of somebody else: it is a device like any other.
    let forged = "__Host-voxgate_device=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    voxgate.log_in_on(email, PASSWORD, "browser/1", Some(forged)).await.expect_problem(423, "account_locked");
    voxgate.log_in_on(email, PASSWORD, "browser/1", Some(&kept)).await.expect(200);

    // The device has a counter of its own, and locks by itself.
    for _ in 0..5 {
        let answer = voxgate.log_in_on(email, WRONG, "browser/1", Some(&kept)).await;
        answer.expect_problem(401, "invalid_credentials");
    }
    voxgate.log_in_on(email, PASSWORD, "browser/1", Some(&kept)).await.expect_problem(423, "account_locked");

    // An administrator lifts both locks.
    let admin = voxgate.admin("root@example.org").await;
    let found = voxgate.call(Method::GET, "/users?q=ada@", &admin.access_token, Value::Null).await.expect(200).json();
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let unlock = format!("/users/{id}/unlock");
    voxgate.call(Method::POST, &unlock, &admin.access_token, json!({"reason": "a test"})).await.expect(204);
    voxgate.log_in_on(email, PASSWORD, "browser/1", Some(&kept)).await.expect(200);
    voxgate.log_in(email, PASSWORD).await.expect(200);

    // A reset forgets every device: whoever knew the former password may have made one known.
    voxgate.post("/auth/forgot-password", json!({"email": email})).await.expect(202);
    let deadline = Instant::now() + Duration::from_secs(60);
    let mail = loop {
        let mails = voxgate.mails_to(email);
        if let Some(mail) = mails.into_iter().find(|mail| mail.contains("/reset-password?token=")) {
            break mail;
        }
        assert!(Instant::now() < deadline, "no link");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let set = json!({"token": crate::harness::token_in(&mail), "new_password": OTHER_PASSWORD});
    voxgate.post("/auth/reset-password", set).await.expect(204);
    let known_no_more = voxgate.log_in_on(email, OTHER_PASSWORD, "browser/1", Some(&kept)).await.expect(200);
    assert!(device_cookie(&known_no_more).is_some());
}

pub(crate) async fn what_one_was_told_by_mail_is_listed(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let ada = voxgate.logged_in("ada@example.org").await;
    let change = json!({"current_password": PASSWORD, "new_password": OTHER_PASSWORD});
    voxgate.call(Method::POST, "/auth/change-password", &ada.access_token, change).await.expect(204);
    voxgate.mail_to("ada@example.org", 2).await;

    let list = async |query: &str| {
        let path = format!("/users/notification-history{query}");
        voxgate.call(Method::GET, &path, &ada.access_token, Value::Null).await
    };
    let deadline = Instant::now() + Duration::from_secs(20);
    let items = loop {
        let items = list("").await.expect(200).json()["items"].as_array().unwrap().clone();
        if items.iter().all(|item| item["status"] == "sent") {
            break items;
        }
        assert!(Instant::now() < deadline, "{items:?}");
    };
    let kinds: Vec<&str> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["password_changed", "verify_address"]);
    assert!(items.iter().all(|item| item["channel"] == "email" && item["sent_at"].is_string()), "{items:?}");

    let first = list("?limit=1").await.expect(200).json();
    let next = list(&format!("?cursor={}", first["next_cursor"].as_str().unwrap())).await.expect(200).json();
    assert_eq!((&next["items"][0]["kind"], &next["next_cursor"]), (&json!("verify_address"), &Value::Null));
    list("?cursor=forged").await.expect_problem(422, "validation_failed");
    let bob = person("bob", &{
        voxgate.verified("bob@example.org").await;
        voxgate.log_in("bob@example.org", PASSWORD).await.expect(200).json()
    });
    let of_bob = voxgate.call(Method::GET, "/users/notification-history", &bob.access_token, Value::Null).await;
    assert_eq!(of_bob.json()["items"].as_array().unwrap().len(), 1);
}
