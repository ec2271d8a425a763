//! Counters of failures.

use serde_json::{Value, json};

use crate::answers::{counts, done, kinds, of};
use crate::harness::Answer;
use crate::person::{OTHER_PASSWORD, PASSWORD, Person};
use crate::service::{AT_ONCE, Service, log_in};

/// What must hold after fifty wrong passwords: five were answered as such, and there is one lock, told once.
async fn locked_after_five(service: &Service, me: &Person, answers: &[Answer]) -> Vec<Value> {
    let expected = [("401 invalid_credentials", 5), ("423 account_locked", AT_ONCE - 5)];
    assert_eq!(kinds(answers), counts(expected));
    let locked = answers.iter().filter(|answer| answer.status == 423);
    assert!(
        locked.map(|answer| answer.header("retry-after").parse().unwrap()).all(|left: u64| (1..=900).contains(&left))
    );
    // Who is in stays in.
    service.voxgate.profile(me).await.expect(200);
    service.mails_about(&me.email, "login paused", 1).await;
    let root = service.root().await;
    let events = service.events(&root, &service.voxgate.id_of(me).await).await;
    assert_eq!(events.iter().filter(|event| event["event"] == "account.locked").count(), 1);
    events
}

fn failures(events: &[Value], name: &str, why: &str) -> usize {
    of(events, name, "failure").iter().filter(|event| event.to_string().contains(why)).count()
}

pub(crate) async fn fifty_wrong_passwords_lock_once_after_five(service: &Service) {
    let me = service.somebody("ada").await;
    let wrong = log_in(&me.email, OTHER_PASSWORD);

    let answers = service.fifty(|n| service.post(n, "/auth/login", &wrong)).await;

    let events = locked_after_five(service, &me, &answers).await;
    assert_eq!(failures(&events, "login.failed", "wrong_password"), 5);
    service.voxgate.log_in(&me.email, PASSWORD).await.expect_problem(423, "account_locked");
}

pub(crate) async fn fifty_wrong_proofs_of_somebody_logged_in_lock_once_after_five(service: &Service) {
    let me = service.somebody("ada").await;
    let wrong = json!({"password": OTHER_PASSWORD});

    let prove = |n| service.post(n, "/auth/reauthenticate", &wrong).bearer_auth(&me.access_token);
    let answers = service.fifty(prove).await;

    let events = locked_after_five(service, &me, &answers).await;
    assert_eq!(of(&events, "session.reauthenticated", "failure").len(), 5);
    assert_eq!(done(&events, "session.reauthenticated"), 0);
    // It is a lock of proofs, and of no login.
    service.voxgate.log_in(&me.email, PASSWORD).await.expect(200);
}
