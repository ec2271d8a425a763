//! Links from mails.

use reqwest::Method;
use serde_json::{Value, json};

use crate::answers::{counts, done, kinds, of, only, successes};
use crate::harness::token_in;
use crate::person::PASSWORD;
use crate::service::{AT_ONCE, Service, address};

/// A good password of its own for each try.
pub(crate) fn candidate(n: usize) -> String {
    format!("xK9#mQ2$vL7p{n:02}Qw")
}

pub(crate) async fn of_fifty_verifications_one_counts(service: &Service) {
    let email = address("ada");
    service.voxgate.register(&email).await.expect(202);
    let body = json!({"token": token_in(&service.voxgate.mail_to(&email, 1).await)});

    let answers = service.fifty(|n| service.post(n, "/auth/verify-email", &body)).await;

    assert_eq!(kinds(&answers), counts([("204", 1), ("400 invalid_token", AT_ONCE - 1)]));
    let root = service.root().await;
    let user = service.the_one(&root, &email).await;
    assert_eq!((&user["status"], &user["email_verified"]), (&json!("active"), &json!(true)));
    let events = service.events(&root, user["id"].as_str().unwrap()).await;
    assert_eq!(done(&events, "user.verified"), 1);
}

/// Fifty use one link, each with a password of its own; whose it is, and which of them got through.
async fn set_a_password_by_one_link(service: &Service, email: &str, link: &str) -> (usize, Vec<Value>) {
    let token = token_in(link);
    let body = |n| json!({"token": token, "new_password": candidate(n)});

    let answers = service.fifty(|n| service.post(n, "/auth/reset-password", &body(n))).await;

    assert_eq!(kinds(&answers), counts([("204", 1), ("400 invalid_token", AT_ONCE - 1)]));
    let winner = answers.iter().position(|answer| answer.status == 204).unwrap();
    // Nobody else's password is in.
    service.voxgate.log_in(email, &candidate(winner)).await.expect(200);
    let loser = candidate((winner + 1) % AT_ONCE);
    service.voxgate.log_in(email, &loser).await.expect_problem(401, "invalid_credentials");
    let root = service.root().await;
    let user = service.the_one(&root, email).await;
    assert_eq!((&user["status"], &user["email_verified"]), (&json!("active"), &json!(true)));
    service.mails_about(email, "your password was changed", 1).await;
    (winner, service.events(&root, user["id"].as_str().unwrap()).await)
}

pub(crate) async fn of_fifty_resets_one_sets_its_password(service: &Service) {
    let me = service.somebody("ada").await;
    service.voxgate.post("/auth/forgot-password", json!({"email": me.email})).await.expect(202);
    let link = service.mails_about(&me.email, "set a new password", 1).await.remove(0);

    let (_, events) = set_a_password_by_one_link(service, &me.email, &link).await;

    service.is_over(&me).await;
    assert_eq!((done(&events, "password.reset"), done(&events, "session.revoked")), (1, 1));
}

pub(crate) async fn of_fifty_acceptances_of_an_invitation_one_counts(service: &Service) {
    let (root, email) = (service.root().await, address("grace"));
    let body = json!({"email": email, "roles": ["clinician"]});
    service.voxgate.call(Method::POST, "/users", &root.access_token, body).await.expect(201);
    let link = service.voxgate.mail_to(&email, 1).await;

    let (_, events) = set_a_password_by_one_link(service, &email, &link).await;

    assert_eq!((done(&events, "password.reset"), done(&events, "user.verified")), (1, 1));
    assert_eq!((done(&events, "user.invited"), done(&events, "role.changed")), (1, 1));
}

pub(crate) async fn of_fifty_links_that_were_asked_for_the_latest_is_good(service: &Service) {
    let me = service.somebody("ada").await;
    let body = json!({"email": me.email});

    let answers = service.fifty(|n| service.post(n, "/auth/forgot-password", &body)).await;

    assert_eq!(kinds(&answers), counts([("202", AT_ONCE)]));
    let links = service.mails_about(&me.email, "set a new password", AT_ONCE).await;
    // A good link is told by the fault of the password, which leaves it good.
    let used = |link: &String| json!({"token": token_in(link), "new_password": PASSWORD});
    let tries = links.iter().enumerate().map(|(n, link)| service.post(n, "/auth/reset-password", &used(link)));
    let answers = service.at_once(tries).await;
    assert_eq!(kinds(&answers), counts([("422 validation_failed", 1), ("400 invalid_token", AT_ONCE - 1)]));
    let good = &links[answers.iter().position(|answer| answer.status == 422).unwrap()];

    // It is void once the password was changed, also when both come at once: then whichever was first decides.
    let reset = json!({"token": token_in(good), "new_password": candidate(0)});
    let change = json!({"current_password": PASSWORD, "new_password": candidate(1)});
    let both = service
        .at_once([
            service.post(0, "/auth/reset-password", &reset),
            service.post(1, "/auth/change-password", &change).bearer_auth(&me.access_token),
        ])
        .await;
    only(&both[..1], &["204", "400 invalid_token"]);
    only(&both[1..], &["204", "401 invalid_credentials", "401 unauthenticated"]);
    let root = service.root().await;
    let user = service.the_one(&root, &me.email).await;
    let events = service.events(&root, user["id"].as_str().unwrap()).await;
    assert_eq!(done(&events, "password.reset") + done(&events, "password.changed"), successes(&both));
    let last = events.iter().find(|event| event["event"] == "password.reset" || event["event"] == "password.changed");
    let stands = usize::from(last.unwrap()["event"] == "password.changed");
    service.voxgate.log_in(&me.email, &candidate(stands)).await.expect(200);
    assert_eq!(of(&events, "link.issued", "success").len(), AT_ONCE + 1);
}
