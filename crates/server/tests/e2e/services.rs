//! Machines: their accounts, their tokens, and what they ask for.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::Person;

/// What a machine is made with.
struct Machine {
    id: String,
    secret: String,
}

impl Voxgate {
    /// A service account from the command line.
    fn machine(&self, name: &str, permissions: &[&str]) -> Machine {
        let mut args = vec!["service-accounts", "create", "--name", name];
        permissions.iter().for_each(|permission| args.extend(["--permission", permission]));
        let printed = self.command(&args);
        assert!(printed.status.success(), "{printed:?}");
        let printed = String::from_utf8(printed.stdout).unwrap();
        let of = |name: &str| {
            let line = printed.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().to_owned()
        };
        Machine { id: of("client_id"), secret: of("client_secret") }
    }

    async fn token_for(&self, machine: &Machine, form: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, "/auth/token").basic_auth(&machine.id, Some(&machine.secret));
        self.send(request.form(form)).await
    }

    async fn token(&self, machine: &Machine) -> String {
        let answer = self.token_for(machine, &[("grant_type", "client_credentials")]).await.expect(200);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    async fn fetch(&self, token: &str, path: &str) -> Answer {
        self.call(Method::GET, path, token, Value::Null).await
    }

    async fn manage(&self, admin: &Person, method: Method, path: &str, body: Value) -> Answer {
        self.call(method, path, &admin.access_token, body).await
    }
}

fn ended(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    body["items"].as_array().unwrap().iter().map(|item| item["session_id"].as_str().unwrap().to_owned()).collect()
}

pub(crate) async fn a_machine_learns_of_a_session_that_ended(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let machine = voxgate.machine("recordings", &["revocations:read"]);
    let token = voxgate.token(&machine).await;
    let ada = voxgate.logged_in("ada@example.org").await;

    let before = voxgate.fetch(&token, "/auth/revocations").await.expect(200);
    assert_eq!((ended(&before), &before.json()["next_cursor"]), (Vec::new(), &Value::Null));

    voxgate.call(Method::POST, "/auth/logout", &ada.access_token, Value::Null).await.expect(204);
    let since = before.json()["next_since"].as_str().unwrap().to_owned();
    let told = voxgate.fetch(&token, &format!("/auth/revocations?since={since}")).await.expect(200);
    assert_eq!(ended(&told), [ada.session_id.clone()]);

    // In pages, each once.
    for _ in 0..4 {
        let bob = voxgate.log_in(&ada.email, crate::person::PASSWORD).await.expect(200).json();
        let token = bob["access_token"].as_str().unwrap();
        voxgate.call(Method::POST, "/auth/logout", token, Value::Null).await.expect(204);
    }
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = voxgate.fetch(&token, &format!("/auth/revocations?since={since}&limit=2{cursor}")).await.expect(200);
        all.extend(ended(&page));
        match page.json()["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!((all.len(), &all[0]), (5, &ada.session_id));
    let bad = voxgate.fetch(&token, "/auth/revocations?since=yesterday&cursor=forged").await;
    assert_eq!(bad.expect_problem(422, "validation_failed").json()["errors"][0]["field"], "since");
}

pub(crate) async fn a_machine_may_do_what_it_was_made_for_and_nothing_else(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let machine = voxgate.machine("siem", &["audit:read", "ops:read"]);
    let ada = voxgate.logged_in("ada@example.org").await;

    let narrow = [("grant_type", "client_credentials"), ("scope", "audit:read users:write")];
    let narrow = voxgate.token_for(&machine, &narrow).await.expect(200).json();
    assert_eq!(
        (&narrow["scope"], &narrow["token_type"], &narrow["expires_in"]),
        (&json!("audit:read"), &json!("Bearer"), &json!(900))
    );
    let narrow = narrow["access_token"].as_str().unwrap();
    let trail = voxgate.fetch(narrow, "/audit").await.expect(200).json();
    assert!(trail["items"].as_array().unwrap().iter().any(|event| event["event"] == "user.registered"));
    let lines = voxgate.request(Method::GET, "/audit").bearer_auth(narrow).header("accept", "application/x-ndjson");
    assert!(voxgate.send(lines).await.expect(200).text.contains("service_account.created"));
    voxgate.fetch(narrow, "/auth/revocations").await.expect_problem(403, "forbidden");
    for path in ["/users/profile", "/users", "/users/sessions", "/roles", "/service-accounts"] {
        voxgate.fetch(narrow, path).await.expect_problem(403, "forbidden");
    }
    let far = |token: &str| voxgate.request(Method::GET, "/health/detailed").header("via", "proxy").bearer_auth(token);
    voxgate.send(far(narrow)).await.expect_problem(403, "forbidden");
    voxgate.send(far(&voxgate.token(&machine).await)).await.expect(200);

    // What it did, and what it was refused, stands under its id.
    let own = voxgate.fetch(narrow, &format!("/audit?actor_id={}", machine.id)).await.expect(200).json();
    let did: Vec<_> = own["items"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert!(["token.issued", "audit.read", "access.denied"].iter().all(|event| did.contains(event)), "{did:?}");
    assert!(own["items"].as_array().unwrap().iter().all(|event| event["details"]["service_account"] == machine.id));

    // A person may ask for it too, when they have the permission.
    voxgate.fetch(&ada.access_token, "/auth/revocations").await.expect_problem(403, "forbidden");
}

pub(crate) async fn a_secret_is_rotated_with_an_overlap_and_an_account_switched_off(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    let wanted = json!({"name": "analysis", "permissions": ["revocations:read"], "reason": "the analysis service"});
    let made = voxgate.manage(&admin, Method::POST, "/service-accounts", wanted.clone()).await.expect(201).json();
    voxgate.manage(&admin, Method::POST, "/service-accounts", wanted).await.expect_problem(409, "conflict");
    let machine = |made: &Value| Machine {
        id: made["account"]["id"].as_str().unwrap().to_owned(),
        secret: made["client_secret"].as_str().unwrap().to_owned(),
    };
    let first = machine(&made);
    assert!(first.secret.starts_with("vgs_"));

    let path = format!("/service-accounts/{}/secret", first.id);
    let rotated = voxgate.manage(&admin, Method::POST, &path, json!({"overlap_seconds": 3_600})).await.expect(200);
    let second = machine(&rotated.json());
    let token = voxgate.token(&first).await;
    voxgate.token(&second).await;
    let rotated = voxgate.manage(&admin, Method::POST, &path, json!({"overlap_seconds": 0})).await.expect(200);
    let third = machine(&rotated.json());
    for gone in [&first, &second] {
        let grant = [("grant_type", "client_credentials")];
        voxgate.token_for(gone, &grant).await.expect_problem(401, "invalid_client");
    }
    voxgate.token(&third).await;
    let long = voxgate.manage(&admin, Method::POST, &path, json!({"overlap_seconds": 2_592_001})).await;
    assert_eq!(long.expect_problem(422, "validation_failed").json()["errors"][0]["field"], "overlap_seconds");

    let listed = voxgate.manage(&admin, Method::GET, "/service-accounts", Value::Null).await.expect(200).json();
    assert_eq!((&listed["items"][0]["name"], &listed["items"][0]["disabled_at"]), (&json!("analysis"), &Value::Null));
    assert!(!listed.to_string().contains(&third.secret));

    // The token of before is refused on the next request.
    voxgate.fetch(&token, "/auth/revocations").await.expect(200);
    let path = format!("/service-accounts/{}", first.id);
    voxgate.manage(&admin, Method::DELETE, &path, Value::Null).await.expect(204);
    voxgate.fetch(&token, "/auth/revocations").await.expect_problem(401, "unauthenticated");
    voxgate.token_for(&third, &[("grant_type", "client_credentials")]).await.expect_problem(401, "invalid_client");
    voxgate.manage(&admin, Method::DELETE, &path, Value::Null).await.expect_problem(409, "conflict");
    let log = voxgate.log();
    assert!(![&first, &second, &third].iter().any(|machine| log.contains(&machine.secret)));
}

pub(crate) async fn bad_token_requests_are_answered_as_oauth_says(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("RATE_LIMIT_LOGIN_PER_IP", "off")]).await;
    let machine = voxgate.machine("recordings", &["revocations:read"]);
    let grant = ("grant_type", "client_credentials");
    let form = |fields: &[(&str, &str)]| voxgate.request(Method::POST, "/auth/token").form(fields);
    let (id, secret) = (machine.id.as_str(), machine.secret.as_str());
    voxgate.send(form(&[grant, ("client_id", id), ("client_secret", secret)])).await.expect(200);
    voxgate.send(form(&[grant, ("client_id", id), ("client_secret", secret), ("resource", "x")])).await.expect(200);

    let basic = |fields: &[(&str, &str)]| form(fields).basic_auth(id, Some(secret));
    let other = "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d";
    let refused = [
        (form(&[grant, ("client_id", id), ("client_secret", "vgs_wrong")]), 401, "invalid_client"),
        (form(&[grant, ("client_id", other), ("client_secret", secret)]), 401, "invalid_client"),
        (form(&[grant, ("client_id", "nobody"), ("client_secret", "not a secret!")]), 401, "invalid_client"),
        (form(&[grant, ("client_id", id)]), 401, "invalid_client"),
        (form(&[grant]), 401, "invalid_client"),
        (form(&[grant]).bearer_auth("token"), 401, "invalid_client"),
        (basic(&[]), 400, "invalid_request"),
        (basic(&[grant, grant]), 400, "invalid_request"),
        (basic(&[grant, ("client_id", id), ("client_secret", secret)]), 400, "invalid_request"),
        (basic(&[("grant_type", "password")]), 400, "unsupported_grant_type"),
        (basic(&[grant, ("scope", "audit:read made:up")]), 400, "invalid_scope"),
    ];
    for (request, status, code) in refused {
        let answer = voxgate.send(request).await.expect_problem(status, code);
        assert_eq!(answer.json()["error"], code);
        assert_eq!(answer.header("cache-control"), "no-store");
        if status == 401 {
            assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{answer:?}");
        }
    }
    let json = voxgate.request(Method::POST, "/auth/token").basic_auth(id, Some(secret));
    voxgate.send(json.json(&json!({"grant_type": "client_credentials"}))).await.expect(415);

    // Known and unknown clients are told apart by the trail alone.
    let siem = voxgate.machine("siem", &["audit:read"]);
    let trail = voxgate.fetch(&voxgate.token(&siem).await, "/audit?event=token.issued&limit=200").await.json();
    let whys: Vec<_> = trail["items"].as_array().unwrap().iter().map(|event| event["details"]["why"].clone()).collect();
    assert!(whys.contains(&json!("wrong_secret")) && whys.contains(&json!("unknown_client")), "{whys:?}");
    assert!(whys.contains(&json!("scope")), "{whys:?}");
}

pub(crate) async fn a_session_that_ended_shows_within_a_second(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let token = voxgate.token(&voxgate.machine("recordings", &["revocations:read"])).await;
    let admin = voxgate.admin("root@example.org").await;
    let ada = voxgate.logged_in("ada@example.org").await;
    let id = voxgate.id_of(&ada).await;
    let status = json!({"status": "inactive", "reason": "left the clinic"});
    voxgate.call(Method::PUT, &format!("/users/{id}/status"), &admin.access_token, status).await.expect(200);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let told = voxgate.fetch(&token, "/auth/revocations").await.expect(200);
    assert!(ended(&told).contains(&ada.session_id));
}
