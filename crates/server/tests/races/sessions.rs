//! Sessions: refreshed, ended, and begun while they should not be.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join;
use reqwest::Method;
use serde_json::{Value, json};

use crate::answers::{counts, done, kinds, of, only, successes};
use crate::harness::Answer;
use crate::person::{OTHER_PASSWORD, PASSWORD, Person, person};
use crate::service::{AT_ONCE, Service, log_in};

/// The people who came out of the answers that are a pair of tokens.
fn let_in(email: &str, answers: &[Answer]) -> Vec<Person> {
    answers.iter().filter(|answer| answer.status == 200).map(|answer| person(email, &answer.json())).collect()
}

pub(crate) async fn fifty_refreshes_are_recorded_one_by_one(service: &Service) {
    let me = service.somebody("ada").await;
    let body = json!({"refresh_token": me.refresh_token});

    let answers = service.fifty(|n| service.post(n, "/auth/refresh", &body)).await;

    assert_eq!(kinds(&answers), counts([("200", AT_ONCE)]));
    let pairs = let_in(&me.email, &answers);
    assert!(pairs.iter().all(|pair| pair.session_id == me.session_id));
    let tokens: BTreeSet<&str> = pairs.iter().map(|pair| pair.refresh_token.as_str()).collect();
    assert_eq!(tokens.len(), AT_ONCE);
    let root = service.root().await;
    let id = service.voxgate.id_of(&me).await;
    assert_eq!(service.open_sessions(&root, &id).await, [me.session_id.as_str()]);
    let events = service.events(&root, &id).await;
    assert_eq!((done(&events, "session.refreshed"), done(&events, "login.succeeded")), (AT_ONCE, 1));
}

/// With a service of its own, where a spent token betrays itself at once.
pub(crate) async fn a_token_that_comes_back_ends_its_session_once(shared: &Service) {
    let service = &Service::start(shared.backend(), "0s").await;
    let me = service.somebody("ada").await;
    let id = service.voxgate.id_of(&me).await;
    let newest = person(&me.email, &service.voxgate.refresh(&me.refresh_token).await.expect(200).json());
    let body = json!({"refresh_token": me.refresh_token});

    let answers = service.fifty(|n| service.post(n, "/auth/refresh", &body)).await;

    let expected = [("401 refresh_token_reused", 1), ("401 invalid_refresh_token", AT_ONCE - 1)];
    assert_eq!(kinds(&answers), counts(expected));
    service.is_over(&newest).await;
    let root = service.root().await;
    let events = service.events(&root, &id).await;
    let reused = events.iter().filter(|event| event["event"] == "session.refresh_reused").count();
    assert_eq!((reused, done(&events, "session.revoked")), (1, 1));
    service.mails_about(&me.email, "a device was logged out for safety", 1).await;
}

/// Half of fifty requests end a session, half refresh it; whoever got a pair meanwhile.
async fn end_and_refresh(service: &Service, me: &Person, method: Method, path: &str) -> (Vec<Answer>, Vec<Person>) {
    let body = json!({"refresh_token": me.refresh_token});
    let mut ends = service
        .fifty(|n| match n % 2 {
            0 => service.request(n / 2, method.clone(), path).bearer_auth(&me.access_token),
            _ => service.post(n / 2, "/auth/refresh", &body),
        })
        .await;
    let mut n = 0;
    let refreshes: Vec<Answer> = ends
        .extract_if(.., |_| {
            n += 1;
            n % 2 == 0
        })
        .collect();
    only(&ends, &["204", "401 unauthenticated"]);
    only(&refreshes, &["200", "401 invalid_refresh_token"]);
    assert!(successes(&ends) >= 1);
    (ends, let_in(&me.email, &refreshes))
}

pub(crate) async fn a_logout_stays_whatever_is_refreshed_meanwhile(service: &Service) {
    let me = service.somebody("ada").await;
    let id = service.voxgate.id_of(&me).await;

    let (_, refreshed) = end_and_refresh(service, &me, Method::POST, "/auth/logout").await;

    for pair in refreshed.iter().chain([&me]) {
        service.is_over(pair).await;
    }
    let root = service.root().await;
    let events = service.events(&root, &id).await;
    assert_eq!(done(&events, "session.logged_out"), 1);
    assert_eq!(done(&events, "session.refreshed"), refreshed.len());
    assert!(service.open_sessions(&root, &id).await.is_empty());
}

pub(crate) async fn a_closed_account_stays_closed_whatever_is_refreshed_meanwhile(service: &Service) {
    let me = service.somebody("ada").await;
    let id = service.voxgate.id_of(&me).await;

    let (closed, refreshed) = end_and_refresh(service, &me, Method::DELETE, "/users/account").await;

    assert_eq!(successes(&closed), 1);
    for pair in refreshed.iter().chain([&me]) {
        service.is_over(pair).await;
    }
    service.voxgate.log_in(&me.email, PASSWORD).await.expect_problem(401, "invalid_credentials");
    let root = service.root().await;
    let events = service.events(&root, &id).await;
    assert_eq!((done(&events, "user.deleted"), done(&events, "session.revoked")), (1, 1));
    assert_eq!(done(&events, "session.refreshed"), refreshed.len());
    service.mails_about(&me.email, "your account was closed", 1).await;
}

pub(crate) async fn a_login_during_a_change_of_password_outlives_nothing(service: &Service) {
    let me = service.somebody("ada").await;
    let id = service.voxgate.id_of(&me).await;
    let change = json!({"current_password": PASSWORD, "new_password": OTHER_PASSWORD});
    let changes = (0..3).map(|n| service.post(n, "/auth/change-password", &change).bearer_auth(&me.access_token));
    let logins = (0..15).map(|n| service.post(n, "/auth/login", &log_in(&me.email, PASSWORD)));

    let mut answers = service.at_once(changes.chain(logins)).await;

    let logins = answers.split_off(3);
    only(&answers, &["204", "401 invalid_credentials", "422 validation_failed"]);
    assert_eq!(successes(&answers), 1);
    only(&logins, &["200", "401 invalid_credentials", "423 account_locked"]);
    // The former password was right for a while; what it opened was ended by the change.
    for pair in let_in(&me.email, &logins) {
        service.is_over(&pair).await;
    }
    let root = service.root().await;
    assert_eq!(service.open_sessions(&root, &id).await, [me.session_id.as_str()]);
    let events = service.events(&root, &id).await;
    assert_eq!(done(&events, "password.changed"), 1);
    let begun = events.iter().position(|event| event["event"] == "login.succeeded").unwrap();
    let changed = events.iter().position(|event| *event == *of(&events, "password.changed", "success")[0]).unwrap();
    assert!(changed < begun, "a login succeeded after the change");
}

pub(crate) async fn a_login_while_the_account_is_switched_off_leaves_nothing_open(service: &Service) {
    let (me, root) = (service.somebody("ada").await, service.root().await);
    let id = service.voxgate.id_of(&me).await;
    let (path, off) = (format!("/users/{id}/status"), json!({"status": "inactive", "reason": "a test"}));
    let switches = (0..10).map(|n| service.request(n, Method::PUT, &path).bearer_auth(&root.access_token).json(&off));
    let logins = (0..15).map(|n| service.post(n, "/auth/login", &log_in(&me.email, PASSWORD)));
    let body = json!({"refresh_token": me.refresh_token});
    let refreshes = (0..25).map(|n| service.post(n, "/auth/refresh", &body));

    // The logins have their passwords hashed first: the switch comes in the midst of them.
    let late = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        service.at_once(switches).await
    };
    let (mut answers, switches) = join(service.at_once(logins.chain(refreshes)), late).await;

    let refreshes = answers.split_off(15);
    assert_eq!(kinds(&switches), counts([("200", 10)]));
    only(&answers, &["200", "403 account_inactive"]);
    only(&refreshes, &["200", "401 invalid_refresh_token"]);
    for pair in let_in(&me.email, &answers).iter().chain(&let_in(&me.email, &refreshes)).chain([&me]) {
        service.is_over(pair).await;
    }
    assert!(service.open_sessions(&root, &id).await.is_empty());
    let events = service.events(&root, &id).await;
    assert_eq!(done(&events, "user.deactivated"), 1);
    // What was open is told once, with its number; the login that the test began with is among it.
    let ended: Vec<&Value> = of(&events, "session.revoked", "success");
    assert_eq!(ended.len(), 1);
    assert_eq!(done(&events, "login.succeeded"), 1 + successes(&answers));
}
