//! No secret reaches a log line or an error.

use reqwest::Method;
use serde_json::{Value, json};

use crate::authenticator::App;
use crate::harness::{Answer, Backend, Voxgate, token_in};
use crate::person::{PASSWORD, Person, person};

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

    assert_not_told(&voxgate.log(), &secrets, &answers);
}

pub(crate) async fn no_secret_of_a_second_factor_reaches_a_log_or_an_error(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("LOG_LEVEL", "trace")]).await;
    let me = voxgate.logged_in("quiet.reader@example.org").await;
    let call = async |path: &str, body: Value| voxgate.call(Method::POST, path, &me.access_token, body).await;
    let enrolled = call("/auth/mfa/totp/enroll", Value::Null).await.expect(201).json();
    let secret = enrolled["secret"].as_str().unwrap().to_owned();
    let app = App::of(&secret).await;
    let mut answers = vec![call("/auth/mfa/totp/confirm", json!({"code": secret})).await];
    let confirmed = call("/auth/mfa/totp/confirm", json!({"code": app.before()})).await.expect(200).json();
    let codes: Vec<String> = serde_json::from_value(confirmed["recovery_codes"].clone()).unwrap();
    let mfa_token = voxgate.pending(&me).await;
    for proof in [
        json!({"mfa_token": mfa_token, "code": app.before()}),
        json!({"mfa_token": mfa_token, "recovery_code": format!("{}X", codes[0])}),
        json!({"mfa_token": format!("{mfa_token}X"), "recovery_code": codes[0]}),
        json!({"mfa_token": mfa_token, "code": app.now(), "recovery_code": codes[0]}),
    ] {
        answers.push(voxgate.post("/auth/mfa/verify", proof).await);
    }
    let body = json!({"mfa_token": mfa_token, "recovery_code": codes[0]});
    voxgate.post("/auth/mfa/verify", body.clone()).await.expect(200);
    answers.push(voxgate.post("/auth/mfa/verify", body).await);
    answers.push(call("/auth/mfa/totp/enroll", Value::Null).await);
    answers.push(call("/auth/reauthenticate", json!({"password": PASSWORD, "code": app.before()})).await);
    assert!(answers.iter().all(|answer| answer.status >= 400), "{answers:?}");

    for code in [app.before(), app.now()] {
        assert_eq!(voxgate.log().lines().find(|line| stands_alone(line, &code)), None, "a code is in the log");
    }
    let mut secrets = vec![secret, mfa_token];
    secrets.extend(codes.iter().map(|code| code.replace('-', "")));
    secrets.extend(codes);
    assert_not_told(&voxgate.log(), &secrets, &answers);
}

/// Whether six digits stand alone in a line: not as a fraction of a second or a part of an id.
fn stands_alone(line: &str, digits: &str) -> bool {
    let joined = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    line.split(|c| !joined(c)).any(|word| word == digits)
}

/// Insists that none of `secrets` is in the log or in an answer.
fn assert_not_told(log: &str, secrets: &[String], answers: &[Answer]) {
    assert!(log.lines().count() > 20, "the log is too short to mean anything:\n{log}");
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "a secret is in the log");
        for answer in answers {
            let told = answer.text.contains(secret.as_str());
            // What the caller calls a field is theirs, and named back to them.
            let own_field = secret == MARKED && answer.text.contains("unknown_field");
            assert!(!told || own_field, "a secret is in an error: {answer:?}");
        }
    }
}
