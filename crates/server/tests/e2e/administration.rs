//! Administrators and the accounts of others.

use std::collections::BTreeSet;

use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate, token_in};
use crate::person::{OTHER_PASSWORD, PASSWORD, Person};

const NOBODY: &str = "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d";

impl Voxgate {
    async fn ask(&self, who: &Person, path: &str) -> Answer {
        self.call(Method::GET, path, &who.access_token, Value::Null).await
    }

    pub(crate) async fn put(&self, who: &Person, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, &who.access_token, body).await
    }

    async fn switch(&self, who: &Person, id: &str, status: &str) -> Answer {
        self.put(who, &format!("/users/{id}/status"), json!({"status": status, "reason": "a test"})).await
    }

    pub(crate) async fn give(&self, who: &Person, id: &str, roles: &[&str]) -> Answer {
        self.put(who, &format!("/users/{id}/roles"), json!({"roles": roles, "reason": "a test"})).await
    }

    /// The addresses of a list.
    async fn addresses(&self, who: &Person, query: &str) -> Vec<String> {
        let list = self.ask(who, &format!("/users?{query}")).await.expect(200).json();
        let items = list["items"].as_array().unwrap();
        items.iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) async fn an_invitation_ends_in_a_login(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    let email = "grace@example.org";
    let body = json!({"email": email, "roles": ["clinician"], "first_name": "Grace"});

    let invited = voxgate.call(Method::POST, "/users", &admin.access_token, body.clone()).await.expect(201).json();
    assert_eq!((&invited["status"], &invited["email_verified"]), (&json!("pending"), &json!(false)));
    assert_eq!((&invited["roles"], &invited["first_name"]), (&json!(["clinician"]), &json!("Grace")));
    assert_eq!((&invited["locked_until"], &invited["deleted_at"]), (&Value::Null, &Value::Null));
    voxgate.log_in(email, PASSWORD).await.expect_problem(401, "invalid_credentials");

    let mail = voxgate.mail_to(email, 1).await;
    assert!(mail.contains("invited"), "{mail}");
    let set = json!({"token": token_in(&mail), "new_password": OTHER_PASSWORD});
    voxgate.post("/auth/reset-password", set.clone()).await.expect(204);
    voxgate.post("/auth/reset-password", set).await.expect_problem(400, "invalid_token");
    voxgate.log_in(email, OTHER_PASSWORD).await.expect(200);

    let id = invited["id"].as_str().unwrap();
    let user = voxgate.ask(&admin, &format!("/users/{id}")).await.expect(200).json();
    assert_eq!((&user["status"], &user["email_verified"]), (&json!("active"), &json!(true)));

    // The address has an account now.
    let again = voxgate.call(Method::POST, "/users", &admin.access_token, body).await;
    again.expect_problem(409, "conflict");
}

pub(crate) async fn switching_an_account_off_cuts_it_off_at_once(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    let ada = voxgate.logged_in("ada@example.org").await;
    let id = voxgate.id_of(&ada).await;

    let off = voxgate.switch(&admin, &id, "inactive").await.expect(200).json();
    assert_eq!(off["status"], "inactive");
    voxgate.profile(&ada).await.expect_problem(401, "unauthenticated");
    voxgate.refresh(&ada.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    voxgate.log_in(&ada.email, PASSWORD).await.expect_problem(403, "account_inactive");
    voxgate.log_in(&ada.email, OTHER_PASSWORD).await.expect_problem(401, "invalid_credentials");
    // Twice is as good as once.
    voxgate.switch(&admin, &id, "inactive").await.expect(200);

    let on = voxgate.switch(&admin, &id, "active").await.expect(200).json();
    assert_eq!(on["status"], "active");
    // The sessions of before stay over.
    voxgate.profile(&ada).await.expect_problem(401, "unauthenticated");
    voxgate.log_in(&ada.email, PASSWORD).await.expect(200);
}

pub(crate) async fn an_administrator_sees_and_ends_sessions_and_lifts_locks(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    let ada = voxgate.logged_in("ada@example.org").await;
    let id = voxgate.id_of(&ada).await;
    let sessions = format!("/users/{id}/sessions");

    let list = voxgate.ask(&admin, &sessions).await.expect(200).json();
    assert_eq!((&list["items"][0]["id"], &list["items"][0]["current"]), (&json!(ada.session_id), &json!(false)));
    voxgate.call(Method::DELETE, &sessions, &admin.access_token, Value::Null).await.expect(204);
    voxgate.profile(&ada).await.expect_problem(401, "unauthenticated");
    assert_eq!(voxgate.ask(&admin, &sessions).await.expect(200).json()["items"], json!([]));

    for _ in 0..5 {
        voxgate.log_in(&ada.email, OTHER_PASSWORD).await;
    }
    voxgate.log_in(&ada.email, PASSWORD).await.expect_problem(423, "account_locked");
    let user = format!("/users/{id}");
    assert!(voxgate.ask(&admin, &user).await.json()["locked_until"].is_string());
    let unlock = format!("{user}/unlock");
    let body = json!({"reason": "identity checked by telephone"});
    voxgate.call(Method::POST, &unlock, &admin.access_token, body).await.expect(204);
    assert_eq!(voxgate.ask(&admin, &user).await.json()["locked_until"], Value::Null);
    voxgate.log_in(&ada.email, PASSWORD).await.expect(200);
}

pub(crate) async fn lists_are_filtered_and_paged(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    for (email, role, name) in [
        ("a1@example.org", "patient", "Ödön"),
        ("a2@example.org", "clinician", "Ada"),
        ("b1@example.org", "patient", "100%_sure"),
        ("b2@example.org", "auditor", "ADAM"),
    ] {
        let body = json!({"email": email, "roles": [role], "last_name": name});
        voxgate.call(Method::POST, "/users", &admin.access_token, body).await.expect(201);
    }
    let gone = voxgate.logged_in("gone@example.org").await;
    voxgate.call(Method::DELETE, "/users/account", &gone.access_token, Value::Null).await.expect(204);

    // Newest first, closed accounts only when asked for.
    let all = ["b2@example.org", "b1@example.org", "a2@example.org", "a1@example.org", "root@example.org"];
    assert_eq!(voxgate.addresses(&admin, "").await, all);
    let with_deleted = voxgate.ask(&admin, "/users?include_deleted=true").await.expect(200).json();
    assert_eq!(with_deleted["items"][0]["email"], "gone@example.org");
    assert!(with_deleted["items"][0]["deleted_at"].is_string());
    assert_eq!(voxgate.addresses(&admin, "status=active").await, ["root@example.org"]);
    assert_eq!(voxgate.addresses(&admin, "role=patient").await, ["b1@example.org", "a1@example.org"]);
    assert_eq!(voxgate.addresses(&admin, "role=patient&status=active").await, [""; 0]);
    for (q, found) in [
        ("ada", vec!["b2@example.org", "a2@example.org"]),
        ("A1%40EXAMPLE", vec!["a1@example.org"]),
        ("%C3%B6d", vec!["a1@example.org"]),
        ("100%25_", vec!["b1@example.org"]),
        ("%25", vec![]),
        ("_", vec![]),
        ("dam", vec![]),
        ("' OR 1=1 --", vec![]),
    ] {
        assert_eq!(voxgate.addresses(&admin, &format!("q={q}")).await, found, "{q}");
    }

    // Pages join without gap or overlap.
    let mut seen = Vec::new();
    let mut path = "/users?limit=2".to_owned();
    loop {
        let page = voxgate.ask(&admin, &path).await.expect(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/users?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, all);

    // Somebody who only reads sees no fields of administrators.
    let clinician = voxgate.invited(&admin, "c@example.org", &["clinician"]).await;
    let list = voxgate.ask(&clinician, "/users?include_deleted=true").await.expect(200).json();
    let fields: BTreeSet<&String> = list["items"][0].as_object().unwrap().keys().collect();
    assert!(!fields.contains(&"locked_until".to_owned()) && !fields.contains(&"deleted_at".to_owned()), "{fields:?}");
}

pub(crate) async fn nobody_decides_about_themselves_and_the_last_administrator_stays(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let root = voxgate.admin("root@example.org").await;
    let root_id = voxgate.id_of(&root).await;
    voxgate.switch(&root, &root_id, "inactive").await.expect_problem(409, "conflict");
    voxgate.give(&root, &root_id, &["patient"]).await.expect_problem(409, "conflict");
    let close = voxgate.call(Method::DELETE, "/users/account", &root.access_token, Value::Null).await;
    close.expect_problem(409, "conflict");

    let second = voxgate.admin("second@example.org").await;
    voxgate.give(&second, &root_id, &["clinician"]).await.expect(200);
    let second_id = voxgate.id_of(&second).await;
    // Root is an administrator no more, so the second one is the last.
    voxgate.switch(&root, &second_id, "inactive").await.expect_problem(403, "forbidden");
    let close = voxgate.call(Method::DELETE, "/users/account", &second.access_token, Value::Null).await;
    close.expect_problem(409, "conflict");
    voxgate.profile(&second).await.expect(200);
}

pub(crate) async fn of_two_administrators_who_put_each_other_out_one_stays(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let one = voxgate.admin("one@example.org").await;
    let two = voxgate.admin("two@example.org").await;
    let (one_id, two_id) = (voxgate.id_of(&one).await, voxgate.id_of(&two).await);
    let (a, b) = join(voxgate.switch(&one, &two_id, "inactive"), voxgate.give(&two, &one_id, &[])).await;
    let done = usize::from(a.status == 200) + usize::from(b.status == 200);
    assert_eq!(done, 1, "{a:?} {b:?}");
    let mut acting = 0;
    for admin in [&one, &two] {
        acting += usize::from(voxgate.ask(admin, "/users").await.status == 200);
    }
    assert_eq!(acting, 1);
}

pub(crate) async fn bad_administration_gets_its_problem(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    for path in ["", "/sessions"] {
        voxgate.ask(&admin, &format!("/users/{NOBODY}{path}")).await.expect_problem(404, "not_found");
    }
    voxgate.ask(&admin, "/users/4711").await.expect_problem(404, "not_found");
    voxgate.ask(&admin, "/users/account").await.expect_problem(405, "method_not_allowed");
    voxgate.switch(&admin, NOBODY, "active").await.expect_problem(404, "not_found");
    voxgate.give(&admin, NOBODY, &["patient"]).await.expect_problem(404, "not_found");

    let page = voxgate.ask(&admin, "/users?include_deleted=false&limit=1").await.expect(200).json();
    assert_eq!(page["next_cursor"], Value::Null);
    for query in [
        "limit=0",
        "limit=201",
        "limit=ten",
        "status=asleep",
        "role=Admin",
        "include_deleted=perhaps",
        "q=",
        "cursor=",
        "cursor=AAAA",
        "cursor=MDE5NTAzYTEtN2MyZS03ZDRm",
        "sort=name",
        "limit=5&limit=6",
    ] {
        voxgate.ask(&admin, &format!("/users?{query}")).await.expect_problem(422, "validation_failed");
    }
    // One that was changed is as bad as one that was made up.
    voxgate.verified("ada@example.org").await;
    let page = voxgate.ask(&admin, "/users?limit=1").await.expect(200).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    voxgate.ask(&admin, &format!("/users?cursor={cursor}")).await.expect(200);
    let other = |c: char| if c == 'A' { 'B' } else { 'A' };
    let changed: String = cursor.chars().enumerate().map(|(n, c)| if n == 30 { other(c) } else { c }).collect();
    voxgate.ask(&admin, &format!("/users?cursor={changed}")).await.expect_problem(422, "validation_failed");

    let ada = voxgate.ask(&admin, "/users?q=ada").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    for (path, body) in [
        ("status", json!({"status": "inactive"})),
        ("status", json!({"status": "deleted", "reason": "no"})),
        ("status", json!({"status": "inactive", "reason": " "})),
        ("status", json!({"status": "inactive", "reason": "x".repeat(501)})),
        ("roles", json!({"roles": ["patient"]})),
        ("roles", json!({"roles": "patient", "reason": "no"})),
        ("roles", json!({"roles": ["emperor"], "reason": "no"})),
        ("roles", json!({"roles": [7], "reason": "no"})),
        ("roles", json!({"roles": vec!["patient"; 33], "reason": "no"})),
    ] {
        let answer = voxgate.put(&admin, &format!("/users/{ada}/{path}"), body).await;
        answer.expect_problem(422, "validation_failed");
    }
}
