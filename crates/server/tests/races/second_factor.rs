//! Codes, recovery codes and challenges.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::answers::{counts, done, kinds, only, successes};
use crate::authenticator::App;
use crate::harness::Answer;
use crate::person::{Person, person};
use crate::service::{AT_ONCE, Service, address};

/// Logins that wait for a code, beside the many that use it elsewhere: each costs a hash.
const WAITING: usize = 4;

async fn waiting(service: &Service, me: &Person, number: usize) -> Vec<String> {
    let mut tokens = Vec::new();
    for _ in 0..number {
        tokens.push(service.voxgate.pending(me).await);
    }
    tokens
}

/// A request of somebody's own.
fn own(service: &Service, n: usize, me: &Person, path: &str, body: &Value) -> RequestBuilder {
    service.post(n, path, body).bearer_auth(&me.access_token)
}

async fn recovery_codes_left(service: &Service, me: &Person) -> Value {
    let status = service.voxgate.call(Method::GET, "/auth/mfa", &me.access_token, Value::Null).await;
    status.expect(200).json()["recovery_codes_remaining"].clone()
}

/// The trail about somebody who still has a session.
async fn events_of(service: &Service, me: &Person) -> Vec<Value> {
    let root = service.root().await;
    let id = service.voxgate.id_of(me).await;
    service.events(&root, &id).await
}

pub(crate) async fn of_fifty_confirmations_one_turns_it_on(service: &Service) {
    let me = service.somebody("ada").await;
    let enrolled = service.voxgate.call(Method::POST, "/auth/mfa/totp/enroll", &me.access_token, Value::Null).await;
    let app = App::of(enrolled.expect(201).json()["secret"].as_str().unwrap()).await;
    let code = json!({"code": app.now()});

    let answers = service.fifty(|n| own(service, n, &me, "/auth/mfa/totp/confirm", &code)).await;

    assert_eq!(kinds(&answers), counts([("200", 1), ("409 conflict", AT_ONCE - 1)]));
    assert_eq!(recovery_codes_left(service, &me).await, 10);
    let codes = answers.iter().find(|answer| answer.status == 200).unwrap().json()["recovery_codes"].clone();
    let token = service.voxgate.pending(&me).await;
    let body = json!({"mfa_token": token, "recovery_code": codes[0]});
    service.voxgate.post("/auth/mfa/verify", body).await.expect(200);
    assert_eq!(done(&events_of(service, &me).await, "mfa.enabled"), 1);
    service.mails_about(&me.email, "two-step login is on", 1).await;
}

pub(crate) async fn of_fifty_uses_of_one_code_at_two_doors_one_counts(service: &Service) {
    let (me, app, _) = service.voxgate.with_mfa(&address("ada")).await;
    let tokens = waiting(service, &me, WAITING).await;
    let code = app.after();
    let renew = json!({"code": code});

    let answers = service
        .fifty(|n| match tokens.get(n / 4).filter(|_| n % 4 == 0) {
            Some(token) => service.post(n, "/auth/mfa/verify", &json!({"mfa_token": token, "code": code})),
            None => own(service, n, &me, "/auth/mfa/recovery-codes", &renew),
        })
        .await;

    only(&answers, &["200", "401 invalid_mfa_code", "423 account_locked"]);
    assert_eq!(successes(&answers), 1);
    let events = events_of(service, &me).await;
    // One login was with the password alone, before there was a second factor.
    let used = done(&events, "login.succeeded") - 1 + done(&events, "mfa.recovery_codes_regenerated");
    assert_eq!(used, 1);
    // The others are replays. Whoever is logged in has a counter of their own, which locks at five.
    let renewals: Vec<Answer> =
        answers.into_iter().enumerate().filter(|(n, _)| n % 4 != 0 || n / 4 >= WAITING).map(|(_, a)| a).collect();
    assert_eq!(kinds(&renewals)["401 invalid_mfa_code"], 5);
}

pub(crate) async fn of_fifty_uses_of_one_recovery_code_at_two_doors_one_counts(service: &Service) {
    let (me, _, codes) = service.voxgate.with_mfa(&address("ada")).await;
    let tokens = waiting(service, &me, WAITING).await;
    let off = json!({"recovery_code": codes[0]});

    let answers = service
        .fifty(|n| match tokens.get(n / 4).filter(|_| n % 4 == 0) {
            Some(token) => service.post(n, "/auth/mfa/verify", &json!({"mfa_token": token, "recovery_code": codes[0]})),
            None => own(service, n, &me, "/auth/mfa/totp/disable", &off),
        })
        .await;

    only(&answers, &["200", "204", "401 invalid_mfa_code", "409 conflict", "423 account_locked"]);
    assert_eq!(successes(&answers), 1);
    let turned_off = answers.iter().any(|answer| answer.status == 204);
    assert_eq!(recovery_codes_left(service, &me).await, if turned_off { 0 } else { 9 });
    let profile = service.voxgate.profile(&me).await.expect(200).json();
    assert_eq!(profile["mfa_enabled"], !turned_off);
    let events = events_of(service, &me).await;
    assert_eq!(done(&events, "mfa.recovery_code_used"), 1);
    assert_eq!(done(&events, "mfa.disabled"), usize::from(turned_off));
    assert_eq!(done(&events, "login.succeeded"), 1 + usize::from(!turned_off));
}

pub(crate) async fn a_challenge_takes_one_of_ten_good_codes(service: &Service) {
    let (me, _, codes) = service.voxgate.with_mfa(&address("ada")).await;
    let token = service.voxgate.pending(&me).await;
    let body = |n: usize| json!({"mfa_token": token, "recovery_code": codes[n % codes.len()]});

    let answers = service.fifty(|n| service.post(n, "/auth/mfa/verify", &body(n))).await;

    // What comes for a challenge that is spent counts nowhere and uses nothing up.
    assert_eq!(kinds(&answers), counts([("200", 1), ("401 invalid_mfa_code", AT_ONCE - 1)]));
    assert_eq!(recovery_codes_left(service, &me).await, 9);
    let events = events_of(service, &me).await;
    assert_eq!((done(&events, "login.succeeded"), done(&events, "mfa.recovery_code_used")), (2, 1));
}

pub(crate) async fn turning_it_off_voids_the_logins_that_wait_for_a_code(service: &Service) {
    let (me, app, codes) = service.voxgate.with_mfa(&address("ada")).await;
    let tokens = waiting(service, &me, WAITING).await;
    let off = json!({"code": app.after()});

    // A good recovery code for each login; the switch comes between them.
    let logins = tokens.iter().zip(&codes).enumerate().map(|(n, (token, code))| {
        service.post(n, "/auth/mfa/verify", &json!({"mfa_token": token, "recovery_code": code}))
    });
    let mut requests: Vec<RequestBuilder> = logins.collect();
    requests.insert(WAITING / 2, own(service, 1, &me, "/auth/mfa/totp/disable", &off));
    let mut answers = service.at_once(requests).await;

    assert_eq!(answers.remove(WAITING / 2).status, 204);
    only(&answers, &["200", "401 invalid_mfa_code"]);
    let entered = successes(&answers);
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        service.voxgate.profile(&person(&me.email, &answer.json())).await.expect(200);
    }
    assert_eq!(recovery_codes_left(service, &me).await, 0);
    for (token, code) in tokens.iter().zip(&codes) {
        let body = json!({"mfa_token": token, "recovery_code": code});
        service.voxgate.post("/auth/mfa/verify", body).await.expect_problem(401, "invalid_mfa_code");
    }
    let events = events_of(service, &me).await;
    assert_eq!((done(&events, "mfa.disabled"), done(&events, "mfa.recovery_code_used")), (1, entered));
    assert_eq!(done(&events, "login.succeeded"), 1 + entered);
    // Every login with a code was before the switch.
    let position = |name: &str| events.iter().position(|event| event["event"] == name);
    let after = |login: usize| position("mfa.disabled").unwrap() < login;
    assert!(position("login.succeeded").is_some_and(after));
}
