//! The second factor, from enrolling to turning it off, and every way around it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::authenticator::App;
use crate::concurrency::statuses;
use crate::harness::{Answer, Backend, Voxgate, token_in};
use crate::person::{OTHER_PASSWORD, PASSWORD, Person, person};

const AT_ONCE: usize = 50;
/// So that wrong codes meet the limits of challenge and factor before that of the account.
const PATIENT: (&str, &str) = ("LOCKOUT_THRESHOLD", "100");

async fn verify(voxgate: &Voxgate, mfa_token: &str, code: &str) -> Answer {
    voxgate.post("/auth/mfa/verify", json!({"mfa_token": mfa_token, "code": code})).await
}

async fn recover(voxgate: &Voxgate, mfa_token: &str, code: &str) -> Answer {
    voxgate.post("/auth/mfa/verify", json!({"mfa_token": mfa_token, "recovery_code": code})).await
}

async fn reauthenticate(voxgate: &Voxgate, who: &Person, body: Value) -> Answer {
    voxgate.call(Method::POST, "/auth/reauthenticate", &who.access_token, body).await
}

pub(crate) async fn a_second_factor_lives_through_its_whole_life(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let call = async |method: Method, path: &str, body: Value| voxgate.call(method, path, &me.access_token, body).await;
    let off = json!({"totp": {"enabled": false, "confirmed_at": null}, "recovery_codes_remaining": 0});
    assert_eq!(call(Method::GET, "/auth/mfa", Value::Null).await.expect(200).json(), off);

    // Enrolled, but nothing is asked of the app before its first code.
    let enrolled = call(Method::POST, "/auth/mfa/totp/enroll", Value::Null).await.expect(201).json();
    let text = |name: &str| enrolled[name].as_str().unwrap().to_owned();
    assert_eq!(enrolled.as_object().unwrap().len(), 3);
    assert_eq!(
        text("otpauth_uri"),
        format!("otpauth://totp/Voxgate:ada%40example.org?secret={}&issuer=Voxgate", text("secret"))
    );
    assert!(text("qr_svg").starts_with("<svg"));
    voxgate.log_in(&me.email, PASSWORD).await.expect(200).json()["access_token"].as_str().unwrap();
    call(Method::POST, "/auth/mfa/totp/confirm", json!({"code": "00000"}))
        .await
        .expect_problem(422, "validation_failed");

    // Confirmed: ten recovery codes, a mail, and the profile says so.
    let app = App::of(&text("secret")).await;
    let before = app.before();
    let confirm = json!({"code": before});
    let confirmed = call(Method::POST, "/auth/mfa/totp/confirm", confirm.clone()).await.expect(200).json();
    let codes: Vec<String> = serde_json::from_value(confirmed["recovery_codes"].clone()).unwrap();
    assert_eq!((codes.len(), codes[0].len()), (10, 19));
    voxgate.mail_to(&me.email, 2).await;
    call(Method::POST, "/auth/mfa/totp/confirm", confirm).await.expect_problem(409, "conflict");
    call(Method::POST, "/auth/mfa/totp/enroll", Value::Null).await.expect_problem(409, "conflict");
    assert_eq!(voxgate.profile(&me).await.expect(200).json()["mfa_enabled"], true);
    let status = call(Method::GET, "/auth/mfa", Value::Null).await.expect(200).json();
    assert_eq!((&status["totp"]["enabled"], &status["recovery_codes_remaining"]), (&json!(true), &json!(10)));
    assert!(status["totp"]["confirmed_at"].as_str().unwrap().ends_with('Z'));

    // A login takes a code now; the one that confirmed is spent.
    let body = json!({"email": me.email, "password": PASSWORD, "device_name": "Ada's phone"});
    let challenge = voxgate.post("/auth/login", body).await.expect(200).json();
    assert_eq!((&challenge["mfa_required"], &challenge["expires_in"]), (&json!(true), &json!(300)));
    assert_eq!(challenge["methods"], json!(["totp", "recovery_code"]));
    assert_eq!(challenge.as_object().unwrap().len(), 4);
    let mfa_token = challenge["mfa_token"].as_str().unwrap();
    verify(&voxgate, mfa_token, &before).await.expect_problem(401, "invalid_mfa_code");
    let now = app.now();
    let pair = verify(&voxgate, mfa_token, &now).await.expect(200).json();
    assert_eq!((&pair["token_type"], &pair["expires_in"]), (&json!("Bearer"), &json!(900)));
    let phone = person(&me.email, &pair);
    let sessions = voxgate.call(Method::GET, "/users/sessions", &phone.access_token, Value::Null).await.json();
    let newest = &sessions["items"][0];
    assert_eq!((&newest["device_name"], &newest["amr"]), (&json!("Ada's phone"), &json!(["pwd", "otp"])));

    // Neither challenge nor code works again, nor is the code good for another challenge.
    verify(&voxgate, mfa_token, &app.after()).await.expect_problem(401, "invalid_mfa_code");
    let mfa_token = voxgate.pending(&me).await;
    verify(&voxgate, &mfa_token, &now).await.expect_problem(401, "invalid_mfa_code");

    // A recovery code in whatever case, once; its owner is told.
    let typed = codes[0].to_lowercase().replace('-', " ");
    person(&me.email, &recover(&voxgate, &mfa_token, &typed).await.expect(200).json());
    voxgate.mail_to(&me.email, 3).await;
    let mfa_token = voxgate.pending(&me).await;
    recover(&voxgate, &mfa_token, &codes[0]).await.expect_problem(401, "invalid_mfa_code");

    // New codes for a code of the app: the old ones die.
    let renewed = call(Method::POST, "/auth/mfa/recovery-codes", json!({"code": app.after()})).await.expect(200).json();
    let renewed: Vec<String> = serde_json::from_value(renewed["recovery_codes"].clone()).unwrap();
    voxgate.mail_to(&me.email, 4).await;
    recover(&voxgate, &mfa_token, &codes[1]).await.expect_problem(401, "invalid_mfa_code");
    let status = call(Method::GET, "/auth/mfa", Value::Null).await.expect(200).json();
    assert_eq!(status["recovery_codes_remaining"], 10);

    // Turned off by a recovery code: the password is enough again, and pending logins are void.
    let path = "/auth/mfa/totp/disable";
    call(Method::POST, path, json!({})).await.expect_problem(422, "validation_failed");
    let both = json!({"code": "000000", "recovery_code": renewed[0]});
    call(Method::POST, path, both).await.expect_problem(422, "validation_failed");
    call(Method::POST, path, json!({"recovery_code": renewed[0]})).await.expect(204);
    voxgate.mail_to(&me.email, 6).await;
    call(Method::POST, path, json!({"recovery_code": renewed[1]})).await.expect_problem(409, "conflict");
    recover(&voxgate, &mfa_token, &renewed[1]).await.expect_problem(401, "invalid_mfa_code");
    assert_eq!(call(Method::GET, "/auth/mfa", Value::Null).await.expect(200).json(), off);
    person(&me.email, &voxgate.log_in(&me.email, PASSWORD).await.expect(200).json());

    // All of it is in the trail.
    let export = call(Method::GET, "/users/export", Value::Null).await.expect(200).json();
    let events: Vec<&str> =
        export["audit_events"].as_array().unwrap().iter().map(|e| e["event"].as_str().unwrap()).collect();
    for event in [
        "mfa.enrollment_begun",
        "mfa.enabled",
        "mfa.challenged",
        "mfa.failed",
        "mfa.recovery_code_used",
        "mfa.recovery_codes_regenerated",
        "mfa.disabled",
    ] {
        assert!(events.contains(&event), "{event} is not in {events:?}");
    }
}

pub(crate) async fn of_fifty_uses_of_one_code_one_succeeds(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[PATIENT]).await;
    let (me, app, codes) = voxgate.with_mfa("ada@example.org").await;
    let mut tokens = Vec::new();
    for _ in 0..AT_ONCE {
        tokens.push(voxgate.pending(&me).await);
    }
    let code = app.after();
    let counts = statuses(tokens.iter().map(|token| verify(&voxgate, token, &code))).await;
    assert_eq!(counts[&200], 1, "{counts:?}");
    // The others were replays: ten of them lock the factor, and the rest finds the lock.
    assert_eq!(counts, BTreeMap::from([(200, 1), (401, 10), (423, AT_ONCE - 11)]));
    // A lock of the factor is one against recovery codes too.
    let fresh = voxgate.pending(&me).await;
    recover(&voxgate, &fresh, &codes[0]).await.expect_problem(423, "account_locked");
}

pub(crate) async fn of_fifty_uses_of_one_challenge_one_succeeds(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[PATIENT]).await;
    let (me, app, _) = voxgate.with_mfa("ada@example.org").await;
    let token = voxgate.pending(&me).await;
    let code = app.after();
    let counts = statuses((0..AT_ONCE).map(|_| verify(&voxgate, &token, &code))).await;
    // The challenge is spent, so the others count nowhere.
    assert_eq!(counts, BTreeMap::from([(200, 1), (401, AT_ONCE - 1)]));
}

pub(crate) async fn five_wrong_codes_burn_the_challenge_and_count_as_failed_logins(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[PATIENT]).await;
    let (me, app, codes) = voxgate.with_mfa("ada@example.org").await;
    let token = voxgate.pending(&me).await;
    for _ in 0..5 {
        verify(&voxgate, &token, &app.wrong()).await.expect_problem(401, "invalid_mfa_code");
    }
    recover(&voxgate, &token, &codes[0]).await.expect_problem(401, "invalid_mfa_code");
    let fresh = voxgate.pending(&me).await;
    recover(&voxgate, &fresh, &codes[0]).await.expect(200);

    // By default five lock the account, for the right password and the right code too, until the password is reset.
    let voxgate = Voxgate::start(backend).await;
    let (me, app, codes) = voxgate.with_mfa("grace@example.org").await;
    let (token, other) = (voxgate.pending(&me).await, voxgate.pending(&me).await);
    for n in 0..5 {
        // The right password in between does not make it a new run.
        if n == 3 {
            voxgate.pending(&me).await;
        }
        verify(&voxgate, &token, &app.wrong()).await.expect_problem(401, "invalid_mfa_code");
    }
    let locked = recover(&voxgate, &other, &codes[0]).await.expect_problem(423, "account_locked");
    assert!(locked.header("retry-after").parse::<u64>().unwrap() <= 900);
    voxgate.log_in(&me.email, PASSWORD).await.expect_problem(423, "account_locked");
    voxgate.profile(&me).await.expect(200);
}

pub(crate) async fn a_challenge_is_of_no_use_to_anybody_else(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let (ada, _, _) = voxgate.with_mfa("ada@example.org").await;
    let (grace, graces_app, graces_codes) = voxgate.with_mfa("grace@example.org").await;
    let adas = voxgate.pending(&ada).await;
    verify(&voxgate, &adas, &graces_app.after()).await.expect_problem(401, "invalid_mfa_code");
    recover(&voxgate, &adas, &graces_codes[0]).await.expect_problem(401, "invalid_mfa_code");
    // What was shown to the wrong challenge is not used up.
    let graces = voxgate.pending(&grace).await;
    recover(&voxgate, &graces, &graces_codes[0]).await.expect(200);
    for unknown in ["unknown", "not a token", ""] {
        verify(&voxgate, unknown, "000000").await.expect_problem(401, "invalid_mfa_code");
    }
    // No other token is a challenge.
    verify(&voxgate, &grace.refresh_token, "000000").await.expect_problem(401, "invalid_mfa_code");
    voxgate.refresh(&adas).await.expect_problem(401, "invalid_refresh_token");
}

pub(crate) async fn there_is_no_way_around_the_second_factor(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let (me, _, codes) = voxgate.with_mfa("ada@example.org").await;
    let pending = voxgate.pending(&me).await;

    // Reset: ends sessions and pending logins, gives no session, and the factor stays on.
    voxgate.post("/auth/forgot-password", json!({"email": me.email})).await.expect(202);
    let token = token_in(&voxgate.mail_to(&me.email, 3).await);
    let reset = json!({"token": token, "new_password": OTHER_PASSWORD});
    assert_eq!(voxgate.post("/auth/reset-password", reset).await.expect(204).text, "");
    voxgate.refresh(&me.refresh_token).await.expect_problem(401, "invalid_refresh_token");
    recover(&voxgate, &pending, &codes[0]).await.expect_problem(401, "invalid_mfa_code");
    let token = voxgate.challenge(&me.email, OTHER_PASSWORD).await;
    let me = person(&me.email, &recover(&voxgate, &token, &codes[0]).await.expect(200).json());

    // A refresh stays in its session and keeps how it was begun.
    let pair = voxgate.refresh(&me.refresh_token).await.expect(200).json();
    assert_eq!(pair["session_id"], me.session_id.as_str());

    // Change of password: a pending login had the former one.
    let pending = voxgate.challenge(&me.email, OTHER_PASSWORD).await;
    let change = json!({"current_password": OTHER_PASSWORD, "new_password": "Third-Otter9-harbour!"});
    voxgate.call(Method::POST, "/auth/change-password", &me.access_token, change).await.expect(204);
    recover(&voxgate, &pending, &codes[1]).await.expect_problem(401, "invalid_mfa_code");

    // Change of address: the new one owes a code as the old one did.
    let ask = json!({"new_email": "countess@example.org"});
    voxgate.call(Method::POST, "/users/email", &me.access_token, ask).await.expect(202);
    let token = token_in(&voxgate.mail_to("countess@example.org", 1).await);
    let proven = voxgate.post("/auth/verify-email", json!({"token": token})).await.expect(204);
    assert_eq!(proven.text, "");
    let token = voxgate.challenge("countess@example.org", "Third-Otter9-harbour!").await;
    recover(&voxgate, &token, &codes[1]).await.expect(200);
}

pub(crate) async fn reauthenticating_takes_the_code_too(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let (me, app, _) = voxgate.with_mfa("ada@example.org").await;
    let wrong = app.wrong();
    reauthenticate(&voxgate, &me, json!({"password": PASSWORD})).await.expect_problem(401, "invalid_mfa_code");
    let body = json!({"password": PASSWORD, "code": wrong});
    reauthenticate(&voxgate, &me, body).await.expect_problem(401, "invalid_mfa_code");
    let body = json!({"password": OTHER_PASSWORD, "code": app.now()});
    reauthenticate(&voxgate, &me, body).await.expect_problem(401, "invalid_credentials");
    let code = app.after();
    let body = json!({"password": PASSWORD, "code": code});
    reauthenticate(&voxgate, &me, body.clone()).await.expect(204);
    reauthenticate(&voxgate, &me, body).await.expect_problem(401, "invalid_mfa_code");
}
