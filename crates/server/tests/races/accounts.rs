//! Addresses and profiles.

use reqwest::Method;
use serde_json::{Value, json};

use crate::answers::{counts, done, kinds, successes};
use crate::harness::{Answer, token_in};
use crate::links::candidate;
use crate::person::{OTHER_PASSWORD, PASSWORD, Person};
use crate::service::{AT_ONCE, Service, address};

pub(crate) async fn two_passwords_for_one_unproven_address_are_none(service: &Service) {
    let email = address("ada");
    let body = |n: usize| json!({"email": email, "password": candidate(n % 2)});

    let answers = service.fifty(|n| service.post(n, "/auth/register", &body(n))).await;

    assert_eq!(kinds(&answers), counts([("202", AT_ONCE)]));
    // Whoever registered: neither password is one, and of all the links the latest lets the owner choose.
    for n in 0..2 {
        service.voxgate.log_in(&email, &candidate(n)).await.expect_problem(401, "invalid_credentials");
    }
    service.voxgate.mail_to(&email, AT_ONCE).await;
    let mut chosen = 0;
    for mail in service.voxgate.mails_to(&email) {
        let token = token_in(&mail);
        let verified = service.voxgate.post("/auth/verify-email", json!({"token": token})).await;
        verified.expect_problem(400, "invalid_token");
        let reset = json!({"token": token, "new_password": PASSWORD});
        chosen += usize::from(service.voxgate.post("/auth/reset-password", reset).await.status == 204);
    }
    assert_eq!(chosen, 1);
    service.voxgate.log_in(&email, PASSWORD).await.expect(200);
    let root = service.root().await;
    let user = service.the_one(&root, &email).await;
    let events = service.events(&root, user["id"].as_str().unwrap()).await;
    assert_eq!((done(&events, "user.registered"), done(&events, "user.verified")), (1, 1));
}

/// The link that proves `new` for `who`.
async fn link_to_move(service: &Service, who: &Person, new: &str, n: usize) -> Value {
    let ask = json!({"new_email": new});
    service.voxgate.call(Method::POST, "/users/email", &who.access_token, ask).await.expect(202);
    json!({"token": token_in(&service.voxgate.mail_to(new, n).await)})
}

pub(crate) async fn an_address_that_is_moved_to_and_registered_at_once_has_one_account(service: &Service) {
    let (me, new) = (service.somebody("ada").await, address("countess"));
    let link = link_to_move(service, &me, &new, 1).await;
    let register = json!({"email": new, "password": OTHER_PASSWORD});

    // A password is hashed before it is registered: so a few moves come at the same moment, and others before.
    let answers = service
        .fifty(|n| match n % 2 {
            0 => service.post(n / 2, "/auth/verify-email", &link),
            _ => service.post(n / 2, "/auth/register", &register),
        })
        .await;

    let (moves, registrations): (Vec<_>, Vec<_>) = answers.into_iter().enumerate().partition(|(n, _)| n % 2 == 0);
    let answers_of = |part: Vec<(usize, Answer)>| part.into_iter().map(|(_, answer)| answer).collect::<Vec<_>>();
    let (moves, registrations) = (answers_of(moves), answers_of(registrations));
    assert_eq!(kinds(&registrations), counts([("202", AT_ONCE / 2)]));
    let moved = successes(&moves);
    assert!(moved <= 1);
    assert_eq!(kinds(&moves), counts([("204", moved), ("400 invalid_token", AT_ONCE / 2 - moved)]));
    let root = service.root().await;
    let user = service.the_one(&root, &new).await;
    let mine = service.voxgate.profile(&me).await.expect(200).json();
    let events = service.events(&root, user["id"].as_str().unwrap()).await;
    assert_eq!((done(&events, "email.changed"), done(&events, "user.registered")), (moved, 1));
    if moved == 1 {
        assert_eq!((&mine["email"], &user["id"]), (&json!(new), &mine["id"]));
        service.voxgate.log_in(&new, PASSWORD).await.expect(200);
    } else {
        assert_eq!((&mine["email"], &user["status"]), (&json!(me.email), &json!("pending")));
        service.voxgate.log_in(&new, OTHER_PASSWORD).await.expect_problem(403, "email_not_verified");
    }
}

pub(crate) async fn an_address_that_many_move_to_at_once_goes_to_one(service: &Service) {
    let new = address("countess");
    let mut movers = Vec::new();
    for n in 1..=5 {
        let me = service.somebody("ada").await;
        let link = link_to_move(service, &me, &new, n).await;
        movers.push((me, link));
    }

    let answers = service.fifty(|n| service.post(n, "/auth/verify-email", &movers[n % movers.len()].1)).await;

    assert_eq!(kinds(&answers), counts([("204", 1), ("400 invalid_token", AT_ONCE - 1)]));
    let mover = answers.iter().position(|answer| answer.status == 204).unwrap() % movers.len();
    let root = service.root().await;
    for (n, (me, _)) in movers.iter().enumerate() {
        let mine = service.voxgate.profile(me).await.expect(200).json();
        assert_eq!(mine["email"], if n == mover { new.as_str() } else { me.email.as_str() });
        let events = service.events(&root, mine["id"].as_str().unwrap()).await;
        assert_eq!(done(&events, "email.changed"), usize::from(n == mover));
    }
    service.the_one(&root, &new).await;
}

pub(crate) async fn of_fifty_profiles_saved_over_one_version_one_is_kept(service: &Service) {
    let me = service.somebody("ada").await;
    let read = service.voxgate.profile(&me).await.expect(200);
    let put = |n: usize| {
        let request = service.request(n, Method::PUT, "/users/profile").bearer_auth(&me.access_token);
        request.header("if-match", read.header("etag")).json(&json!({"first_name": format!("Ada{n}")}))
    };

    let answers = service.fifty(put).await;

    assert_eq!(kinds(&answers), counts([("200", 1), ("412 precondition_failed", AT_ONCE - 1)]));
    let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
    let mine = service.voxgate.profile(&me).await.expect(200).json();
    assert_eq!(mine["first_name"], format!("Ada{winner}"));
    let root = service.root().await;
    let events = service.events(&root, mine["id"].as_str().unwrap()).await;
    assert_eq!(done(&events, "profile.updated"), 1);
}
