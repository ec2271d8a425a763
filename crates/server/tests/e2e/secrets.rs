//! No secret reaches a log line or an error.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Backend, Voxgate, token_in};
use crate::person::{Person, person};

/// A password that stands out in any output.
const MARKED: &str = "Marked-Secret-7xQ!vL";
const MARKED_TOO: &str = "Another-Marked-3kW?zR";

pub(crate) async fn no_secret_reaches_a_log_or_an_error(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("LOG_LEVEL", "trace")]).await;
    let email = "quiet.reader@example.org";
    let mut secrets: Vec<String> = vec![MARKED.into(), MARKED_TOO.into()];
    let mut answers = Vec::new();

    voxgate
        .post("/auth/register", json!({"email": email, "password": MARKED, "first_name": "Markedname"}))
        .await
        .expect(202);
    let token = token_in(&voxgate.mail_to(email, 1).await);
    voxgate.post("/auth/verify-email", json!({"token": token})).await.expect(204);
    answers.push(voxgate.post("/auth/verify-email", json!({"token": token})).await);
    secrets.push(token);
    let me = person(email, &voxgate.log_in(email, MARKED).await.expect(200).json());
    answers.push(voxgate.log_in(email, MARKED_TOO).await);
    let refreshed = person(email, &voxgate.refresh(&me.refresh_token).await.expect(200).json());
    voxgate.post("/auth/forgot-password", json!({"email": email})).await.expect(202);
    let reset = token_in(&voxgate.mail_to(email, 2).await);
    answers.push(voxgate.get(&format!("/reset-password/nowhere?token={reset}")).await);
    answers.push(voxgate.post("/auth/reset-password", json!({"token": reset, "new_password": "short"})).await);
    let phone = json!({"phone_number": "+41791234567", "date_of_birth": "1985-12-10", "first_name": "Markedname"});
    voxgate.call(Method::PUT, "/users/profile", &me.access_token, phone).await.expect(200);
    let change = json!({"current_password": MARKED, "new_password": MARKED_TOO});
    voxgate.call(Method::POST, "/auth/change-password", &me.access_token, change).await.expect(204);
    answers
        .push(voxgate.call(Method::POST, "/auth/reauthenticate", &me.access_token, json!({"password": MARKED})).await);
    answers.push(voxgate.post_raw("/auth/login", "application/json", format!("{{\"password\": \"{MARKED}\"")).await);
    answers.push(voxgate.post("/auth/login", json!({"email": MARKED, "password": MARKED, MARKED: 1})).await);
    voxgate.call(Method::POST, "/auth/logout", &me.access_token, Value::Null).await.expect(204);
    answers.push(voxgate.profile(&me).await);
    answers.push(voxgate.refresh(&refreshed.refresh_token).await);
    for Person { access_token, refresh_token, .. } in [me, refreshed] {
        secrets.extend([access_token, refresh_token]);
    }
    secrets.extend([reset, "quiet.reader@".into(), "Markedname".into(), "+41791234567".into(), "1985-12-10".into()]);

    let log = voxgate.log();
    assert!(log.lines().count() > 20, "the log is too short to mean anything:\n{log}");
    for secret in &secrets {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "a secret is in the log");
        for answer in &answers {
            let told = answer.text.contains(secret.as_str());
            // What the caller calls a field is theirs, and named back to them.
            let own_field = secret == MARKED && answer.text.contains("unknown_field");
            assert!(!told || own_field, "a secret is in an error: {answer:?}");
        }
    }
}
