//! Webhooks: what sibling services are told of what happens to accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::Person;
use crate::receiver::{Message, Mood, Receiver};

/// How long anything takes that is not held up.
const SOON: Duration = Duration::from_secs(20);
/// A receiver is tried again quickly, so that a test takes seconds.
const QUICK: &[(&str, &str)] =
    &[("WEBHOOK_RETRY_MIN", "200ms"), ("WEBHOOK_RETRY_MAX", "2s"), ("WEBHOOK_TIMEOUT", "1s")];

/// An endpoint and its secret.
struct Endpoint {
    path: String,
    secret: String,
}

impl Voxgate {
    async fn make_webhook(&self, admin: &Person, receiver: &Receiver, events: &[&str]) -> Endpoint {
        let body = json!({"url": receiver.url, "description": "Recording service", "events": events});
        let made = self.call(Method::POST, "/webhooks", &admin.access_token, body).await.expect(201).json();
        let webhook = &made["webhook"];
        assert_eq!((&webhook["enabled"], &webhook["url"]), (&json!(true), &json!(receiver.url)));
        let id = webhook["id"].as_str().unwrap();
        Endpoint { path: format!("/webhooks/{id}"), secret: made["secret"].as_str().unwrap().to_owned() }
    }

    async fn on_webhooks(&self, admin: &Person, method: Method, path: &str, body: Value) -> Answer {
        self.call(method, path, &admin.access_token, body).await
    }

    async fn deliveries(&self, admin: &Person, endpoint: &Endpoint, status: &str) -> Vec<Value> {
        let path = format!("{}/deliveries?status={status}&limit=200", endpoint.path);
        let listed = self.on_webhooks(admin, Method::GET, &path, Value::Null).await.expect(200).json();
        listed["items"].as_array().unwrap().clone()
    }

    async fn set_status(&self, admin: &Person, user: &str, status: &str) {
        let body = json!({"status": status, "reason": "for the test"});
        self.on_webhooks(admin, Method::PUT, &format!("/users/{user}/status"), body).await.expect(200);
    }

    /// Somebody lives through every change that an account can have; their id.
    async fn lives(&self, admin: &Person, email: &str, pause: Duration) -> String {
        let person = self.logged_in(email).await;
        let id = self.id_of(&person).await;
        tokio::time::sleep(pause).await;
        self.give(admin, &id, &["patient", "researcher"]).await.expect(200);
        tokio::time::sleep(pause).await;
        self.set_status(admin, &id, "inactive").await;
        tokio::time::sleep(pause).await;
        self.set_status(admin, &id, "active").await;
        tokio::time::sleep(pause).await;
        let again = self.log_in(email, crate::person::PASSWORD).await.expect(200).json();
        let token = again["access_token"].as_str().unwrap();
        self.call(Method::DELETE, "/users/account", token, Value::Null).await.expect(204);
        id
    }
}

/// What [`Voxgate::lives`] comes to.
const LIFE: &[&str] =
    &["user.registered", "user.verified", "role.changed", "user.deactivated", "user.activated", "user.deleted"];

/// What was taken about each user: the kinds in the order in which they were taken first.
fn lives(taken: &[Message]) -> BTreeMap<String, Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut lives: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in taken.iter().filter(|message| seen.insert(message.id())) {
        lives.entry(message.user()).or_default().push(message.kind());
    }
    lives
}

fn whole(taken: &[Message], user: &str) -> bool {
    lives(taken).get(user).is_some_and(|life| life.len() >= LIFE.len())
}

pub(crate) async fn every_change_of_an_account_reaches_a_receiver_signed_and_in_order(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, QUICK).await;
    let admin = voxgate.admin("root@example.org").await;
    let (all, some) = (Receiver::start(Mood::Takes).await, Receiver::start(Mood::Takes).await);
    let endpoint = voxgate.make_webhook(&admin, &all, &[]).await;
    voxgate.make_webhook(&admin, &some, &["user.deleted", "user.erased"]).await;
    let user = voxgate.lives(&admin, "ada@example.org", Duration::ZERO).await;
    let invited = voxgate.invited(&admin, "bob@example.org", &["clinician"]).await;
    let invited = voxgate.id_of(&invited).await;

    let done =
        |taken: &[Message]| whole(taken, &user) && lives(taken).get(&invited).is_some_and(|life| life.len() == 3);
    let taken = all.taken_until(SOON, done).await;
    assert_eq!(lives(&taken)[&user], LIFE);
    assert_eq!(lives(&taken)[&invited], ["user.invited", "role.changed", "user.verified"]);
    assert_eq!(lives(&some.taken_until(SOON, |taken| !taken.is_empty()).await)[&user], ["user.deleted"]);
    let mut sequence = 0;
    for message in taken.iter().filter(|message| message.user() == user) {
        assert!(message.is_signed_by(&endpoint.secret), "{message:?}");
        let body = message.json();
        assert!(body["data"]["sequence"].as_u64().unwrap() > sequence);
        sequence = body["data"]["sequence"].as_u64().unwrap();
        let names: Vec<&String> = body["data"].as_object().unwrap().keys().collect();
        match message.kind().as_str() {
            "role.changed" => {
                assert_eq!(names, ["roles", "sequence", "user_id"]);
                assert_eq!(body["data"]["roles"], json!(["patient", "researcher"]));
            }
            _ => assert_eq!(names, ["sequence", "user_id"]),
        }
        assert!(!message.body.contains("ada") && !message.body.contains("for the test"), "{}", message.body);
    }
    // The id leads to the audit event.
    let path = format!("/users/{user}/audit?event=user.deleted");
    let audit = voxgate.on_webhooks(&admin, Method::GET, &path, Value::Null).await.expect(200).json();
    let deleted = taken.iter().find(|message| message.kind() == "user.deleted").unwrap();
    assert_eq!(audit["items"][0]["id"], deleted.id());
    assert!(!voxgate.log().contains(&endpoint.secret));

    if backend == Backend::Sqlite {
        voxgate.sqlite("UPDATE users SET deleted_at = 1 WHERE status = 'deleted'");
        assert!(voxgate.command(&["retention", "run"]).status.success());
        let taken = some.taken_until(SOON, |taken| taken.len() == 2).await;
        assert_eq!(lives(&taken)[&user], ["user.deleted", "user.erased"]);
    }
}

/// Required: a receiver that fails for five minutes misses nothing and gets each event at least once, in order per user.
/// `WEBHOOK_OUTAGE_SECONDS` says how long it fails; from a minute on, the waits are those of an installation.
#[expect(clippy::print_stdout, reason = "docs/webhooks.md names it as the place of its figures")]
pub(crate) async fn a_receiver_that_fails_for_a_while_misses_nothing(backend: Backend) {
    let outage = std::env::var("WEBHOOK_OUTAGE_SECONDS").map_or(10, |seconds| seconds.parse().unwrap());
    let outage = Duration::from_secs(outage);
    let settings = if outage >= Duration::from_secs(60) { &[][..] } else { QUICK };
    let voxgate = Voxgate::start_with(backend, settings).await;
    let admin = voxgate.admin("root@example.org").await;
    let (failing, healthy) = (Receiver::start(Mood::Fails).await, Receiver::start(Mood::Takes).await);
    let endpoint = voxgate.make_webhook(&admin, &failing, &[]).await;
    voxgate.make_webhook(&admin, &healthy, &[]).await;

    let began = Instant::now();
    let mut users = Vec::new();
    for n in 0..8_u32 {
        // The lives are spread over the outage, as far as they fit in.
        let email = format!("n{n}@example.org");
        users.push(voxgate.lives(&admin, &email, outage / 100).await);
        tokio::time::sleep(outage / 40).await;
    }
    tokio::time::sleep(outage.saturating_sub(began.elapsed())).await;
    let all = |taken: &[Message]| users.iter().all(|user| whole(taken, user));
    healthy.taken_until(SOON, all).await;
    assert_eq!(failing.taken().len(), 0);
    let (tries, failed_for) = (failing.messages().len(), began.elapsed());
    assert!(tries > users.len(), "it was tried {tries} times");

    failing.becomes(Mood::Takes);
    let back = Instant::now();
    let taken = failing.taken_until(outage * 3 + SOON * 3, all).await;
    let lives = lives(&taken);
    for user in &users {
        assert_eq!(lives[user], LIFE, "{user}");
    }
    assert!(taken.iter().all(|message| message.is_signed_by(&endpoint.secret)));
    // Nothing was even tried before what comes before it was taken.
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    for message in failing.messages() {
        let next = next.entry(message.user()).or_default();
        assert!(LIFE.iter().take(*next + 1).any(|kind| *kind == message.kind()), "{} came too early", message.kind());
        *next += usize::from(message.taken && LIFE.get(*next).is_some_and(|kind| *kind == message.kind()));
    }
    let ids: BTreeSet<String> = taken.iter().map(Message::id).collect();
    println!(
        "{backend:?}: failed for {:.0} s and {tries} tries; {} events of {} users all came within {:.1} s after, {} twice",
        failed_for.as_secs_f64(),
        ids.len(),
        users.len(),
        back.elapsed().as_secs_f64(),
        taken.len() - ids.len()
    );
}

pub(crate) async fn a_crash_loses_no_webhook_and_keeps_the_order(backend: Backend) {
    let mut voxgate = Voxgate::start_with(backend, QUICK).await;
    let admin = voxgate.admin("root@example.org").await;
    let receiver = Receiver::start(Mood::Fails).await;
    voxgate.make_webhook(&admin, &receiver, &[]).await;
    let mut users = Vec::new();
    for n in 0..4_u32 {
        users.push(voxgate.lives(&admin, &format!("n{n}@example.org"), Duration::ZERO).await);
    }
    // It is killed while messages are under way, twice.
    receiver.becomes(Mood::TakesSlowly(Duration::from_millis(300)));
    for more in [2, 4] {
        receiver.taken_until(SOON * 2, |taken| taken.len() >= more).await;
        voxgate.kill();
        voxgate.start_again().await;
    }
    let all = |taken: &[Message]| users.iter().all(|user| whole(taken, user));
    let taken = receiver.taken_until(SOON * 3, all).await;
    for user in &users {
        assert_eq!(lives(&taken)[user], LIFE, "{user}");
    }
}

pub(crate) async fn what_was_given_up_is_listed_and_replayed(backend: Backend) {
    let settings = [("WEBHOOK_RETRY_MIN", "100ms"), ("WEBHOOK_RETRY_MAX", "1s"), ("WEBHOOK_GIVE_UP_AFTER", "1s")];
    let voxgate = Voxgate::start_with(backend, &settings).await;
    let admin = voxgate.admin("root@example.org").await;
    let began = voxgate.profile(&admin).await.expect(200).json()["created_at"].as_str().unwrap().to_owned();
    let receiver = Receiver::start(Mood::Answers(503)).await;
    let endpoint = voxgate.make_webhook(&admin, &receiver, &[]).await;
    let user = voxgate.lives(&admin, "ada@example.org", Duration::ZERO).await;
    let deadline = Instant::now() + SOON * 2;
    let dead = loop {
        let dead = voxgate.deliveries(&admin, &endpoint, "dead").await;
        if dead.len() == LIFE.len() {
            break dead;
        }
        assert!(Instant::now() < deadline, "{dead:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(dead[0]["last_error"], "the receiver answered 503");
    assert_eq!((&dead[0]["type"], &dead[0]["user_id"]), (&json!("user.deleted"), &json!(user)));
    assert!(dead.iter().all(|one| one["attempts"].as_u64() >= Some(1)), "{dead:?}");

    // With another secret: for a day both sign.
    receiver.becomes(Mood::Takes);
    let path = format!("{}/secret", endpoint.path);
    let rotated = voxgate.on_webhooks(&admin, Method::POST, &path, Value::Null).await.expect(200).json();
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(new, endpoint.secret);
    let replay = format!("{}/replay", endpoint.path);
    let again = voxgate.on_webhooks(&admin, Method::POST, &replay, json!({})).await.expect(202).json();
    assert_eq!(again, json!({"queued": LIFE.len()}));
    let taken = receiver.taken_until(SOON, |taken| whole(taken, &user)).await;
    assert_eq!(lives(&taken)[&user], LIFE);
    assert!(taken.iter().all(|message| message.is_signed_by(&endpoint.secret) && message.is_signed_by(new)));
    assert_eq!(voxgate.deliveries(&admin, &endpoint, "dead").await, Vec::<Value>::new());

    // Some by name, and all from a time on, with the ids that they had.
    let one = json!({"delivery_ids": [dead[0]["id"]]});
    let again = voxgate.on_webhooks(&admin, Method::POST, &replay, one).await.expect(202).json();
    assert_eq!(again, json!({"queued": 1}));
    let taken = receiver.taken_until(SOON, |taken| taken.len() == LIFE.len() + 1).await;
    assert_eq!(json!(taken.last().unwrap().id()), dead[0]["id"]);
    let since = json!({"from": began});
    let again = voxgate.on_webhooks(&admin, Method::POST, &replay, since).await.expect(202).json();
    assert!(again["queued"].as_u64() >= Some(LIFE.len() as u64), "{again}");
    let out = voxgate.command(&["webhooks", "list"]);
    assert!(String::from_utf8_lossy(&out.stdout).contains(&receiver.url), "{out:?}");
    let id = endpoint.path.trim_start_matches("/webhooks/");
    let out = voxgate.command(&["webhooks", "replay", "--webhook", id, "--from", &began]);
    assert!(out.status.success() && String::from_utf8_lossy(&out.stdout).contains("queued"), "{out:?}");
}

pub(crate) async fn a_receiver_that_is_gone_is_switched_off_until_somebody_switches_it_on(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, QUICK).await;
    let admin = voxgate.admin("root@example.org").await;
    let receiver = Receiver::start(Mood::Answers(410)).await;
    let endpoint = voxgate.make_webhook(&admin, &receiver, &[]).await;
    let test = format!("{}/test", endpoint.path);
    let queued = voxgate.on_webhooks(&admin, Method::POST, &test, Value::Null).await.expect(202).json();
    let deadline = Instant::now() + SOON;
    loop {
        let read = voxgate.on_webhooks(&admin, Method::GET, &endpoint.path, Value::Null).await.expect(200).json();
        if read["enabled"] == false {
            assert_eq!(read["disabled_reason"], "gone");
            break;
        }
        assert!(Instant::now() < deadline, "{read}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(voxgate.deliveries(&admin, &endpoint, "pending").await.len(), 1);
    receiver.becomes(Mood::Takes);
    let on = json!({"url": receiver.url, "enabled": true});
    voxgate.on_webhooks(&admin, Method::PUT, &endpoint.path, on).await.expect(200);
    let taken = receiver.taken_until(SOON, |taken| !taken.is_empty()).await;
    assert_eq!((json!(taken[0].id()), taken[0].kind().as_str()), (queued["id"].clone(), "webhook.test"));
    assert!(taken[0].is_signed_by(&endpoint.secret));

    voxgate.on_webhooks(&admin, Method::DELETE, &endpoint.path, Value::Null).await.expect(204);
    voxgate.on_webhooks(&admin, Method::GET, &endpoint.path, Value::Null).await.expect_problem(404, "not_found");
    let path = "/audit?event=webhook.gone";
    let audit = voxgate.on_webhooks(&admin, Method::GET, path, Value::Null).await.expect(200).json();
    assert_eq!(audit["items"].as_array().unwrap().len(), 1, "{audit}");
}

pub(crate) async fn bad_endpoints_get_their_problem(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    for (body, field, code) in [
        (json!({}), "url", "required"),
        (json!({"url": "http://recordings.example.org/"}), "url", "not_encrypted"),
        (json!({"url": "https://user:word@recordings.example.org/"}), "url", "malformed"),
        (json!({"url": "file:///etc/passwd"}), "url", "malformed"),
        (json!({"url": "https://recordings.example.org/", "events": ["user.everything"]}), "events", "unknown"),
        (json!({"url": "https://recordings.example.org/", "events": ["webhook.test"]}), "events", "unknown"),
        (json!({"url": "https://recordings.example.org/", "secret": "whsec_mine"}), "secret", "unknown_field"),
    ] {
        let answer = voxgate.on_webhooks(&admin, Method::POST, "/webhooks", body).await.expect(422);
        let error = &answer.json()["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{answer:?}");
    }
    let receiver = Receiver::start(Mood::Takes).await;
    let endpoint = voxgate.make_webhook(&admin, &receiver, &[]).await;
    let replay = format!("{}/replay", endpoint.path);
    let both = json!({"from": "2026-11-25T12:00:00Z", "delivery_ids": []});
    voxgate.on_webhooks(&admin, Method::POST, &replay, both).await.expect_problem(422, "validation_failed");
    let forged = format!("{}/deliveries?cursor=AAAA", endpoint.path);
    voxgate.on_webhooks(&admin, Method::GET, &forged, Value::Null).await.expect_problem(422, "validation_failed");
    let listed = voxgate.on_webhooks(&admin, Method::GET, "/webhooks", Value::Null).await.expect(200);
    assert!(!listed.text.contains(&endpoint.secret), "a secret is shown once");
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 1);
}
