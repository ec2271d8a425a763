//! What happens when the same thing comes many times at once. `tests/races` tries it at two replicas, thing by thing.

use std::collections::BTreeMap;
use std::future::Future;

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Answer, Backend, Voxgate, token_in};
use crate::person::{PASSWORD, person};

const AT_ONCE: usize = 50;

/// How many answers there were of each status.
pub(crate) async fn statuses(answers: impl Iterator<Item = impl Future<Output = Answer>>) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for answer in join_all(answers).await {
        *counts.entry(answer.status).or_default() += 1;
    }
    counts
}

pub(crate) async fn fifty_refreshes_yield_pairs_of_one_session(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("REFRESH_REUSE_LEEWAY", "3s")]).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let answers = join_all((0..AT_ONCE).map(|_| voxgate.refresh(&me.refresh_token))).await;
    let pairs: Vec<_> = answers.into_iter().map(|answer| person(&me.email, &answer.expect(200).json())).collect();
    assert!(pairs.iter().all(|pair| pair.session_id == me.session_id));

    // Every pair is of the same session: there is one, and each access token works.
    for pair in &pairs {
        voxgate.profile(pair).await.expect(200);
    }
    let list = voxgate.call(reqwest::Method::GET, "/users/sessions", &me.access_token, serde_json::Value::Null).await;
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 1);

    // Within the leeway any of them still refreshes; after it, one that was superseded ends the session.
    let newest = person(&me.email, &voxgate.refresh(&pairs[0].refresh_token).await.expect(200).json());
    tokio::time::sleep(std::time::Duration::from_millis(3_500)).await;
    let newest = person(&me.email, &voxgate.refresh(&newest.refresh_token).await.expect(200).json());
    voxgate.refresh(&me.refresh_token).await.expect_problem(401, "refresh_token_reused");
    voxgate.profile(&newest).await.expect_problem(401, "unauthenticated");
    voxgate.refresh(&newest.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    voxgate.mail_to(&me.email, 2).await;
}

pub(crate) async fn of_fifty_registrations_of_one_address_one_account_comes(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let email = "ada@example.org";
    let counts = statuses((0..AT_ONCE).map(|_| voxgate.register(email))).await;
    assert_eq!(counts, BTreeMap::from([(202, AT_ONCE)]));
    // Each got a link, and the latest one counts.
    voxgate.mail_to(email, AT_ONCE).await;
    let mut good = 0;
    for mail in voxgate.mails_to(email) {
        let answer = voxgate.post("/auth/verify-email", json!({"token": token_in(&mail)})).await;
        good += usize::from(answer.status == 204);
    }
    assert_eq!(good, 1);
    voxgate.log_in(email, PASSWORD).await.expect(200);
}
