//! What people do with their accounts.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Backend, Voxgate, token_in};
use crate::person::{OTHER_PASSWORD, PASSWORD, person};

pub(crate) async fn a_person_lives_through_an_accounts_whole_life(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let email = "Ada.Lovelace@example.org";

    // Registered, but not before the address is proven.
    let body = json!({"email": email, "password": PASSWORD, "first_name": "Zoë", "last_name": "Lovelace-King", "locale": "de-CH"});
    let answer = voxgate.post("/auth/register", body).await.expect(202);
    assert_eq!(answer.json(), json!({"status": "verification_sent"}));
    voxgate.log_in(email, PASSWORD).await.expect_problem(403, "email_not_verified");
    let mail = voxgate.mail_to(email, 1).await;
    let token = token_in(&mail);
    assert!(mail.contains(&format!("http://localhost:8000/verify-email?token={token}")), "{mail}");
    // A mail scanner opens the link; that changes nothing.
    voxgate.get(&format!("/verify-email?token={token}")).await.expect(200);
    voxgate.post("/auth/verify-email", json!({"token": token})).await.expect(204);
    voxgate.post("/auth/verify-email", json!({"token": token})).await.expect_problem(400, "invalid_token");

    // Logged in, in whatever case the address is typed.
    let answer = voxgate.log_in("ada.lovelace@EXAMPLE.org", PASSWORD).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let pair = answer.json();
    assert_eq!((&pair["token_type"], &pair["expires_in"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(pair["refresh_expires_in"], 604_800);
    let me = person(email, &pair);

    // The profile.
    let user = voxgate.profile(&me).await.expect(200).json();
    assert_eq!((&user["email"], &user["email_verified"]), (&json!(email), &json!(true)));
    assert_eq!((&user["status"], &user["roles"]), (&json!("active"), &json!(["patient"])));
    assert_eq!((&user["first_name"], &user["mfa_enabled"]), (&json!("Zoë"), &json!(false)));
    let changed = json!({"first_name": "Ada", "phone_number": "+41791234567", "date_of_birth": "1985-12-10", "timezone": "Europe/Zurich"});
    let user = voxgate.call(Method::PUT, "/users/profile", &me.access_token, changed).await.expect(200).json();
    assert_eq!((&user["first_name"], &user["last_name"]), (&json!("Ada"), &Value::Null));
    assert_eq!((&user["timezone"], &user["date_of_birth"]), (&json!("Europe/Zurich"), &json!("1985-12-10")));

    // A refresh rotates; the old pair's access token goes on until it expires, since the session does.
    let pair = voxgate.refresh(&me.refresh_token).await.expect(200).json();
    let me = person(email, &pair);
    assert_eq!(pair["session_id"], me.session_id.as_str());

    // Logged out: at once, both tokens.
    voxgate.call(Method::POST, "/auth/logout", &me.access_token, Value::Null).await.expect(204);
    voxgate.profile(&me).await.expect_problem(401, "unauthenticated");
    voxgate.refresh(&me.refresh_token).await.expect_problem(401, "invalid_refresh_token");

    // The password forgotten and reset: sessions end, the old password is none.
    let open = person(email, &voxgate.log_in(email, PASSWORD).await.expect(200).json());
    let answer = voxgate.post("/auth/forgot-password", json!({"email": email})).await.expect(202);
    assert_eq!(answer.json(), json!({"status": "reset_sent"}));
    let token = token_in(&voxgate.mail_to(email, 2).await);
    voxgate.get(&format!("/reset-password?token={token}")).await.expect(200);
    let reuse = json!({"token": token, "new_password": PASSWORD});
    let refused = voxgate.post("/auth/reset-password", reuse).await.expect_problem(422, "validation_failed").json();
    assert_eq!(
        refused["errors"][0],
        json!({"field": "new_password", "code": "reused", "message": "must not be one of your last 5 passwords"})
    );
    voxgate.post("/auth/reset-password", json!({"token": token, "new_password": OTHER_PASSWORD})).await.expect(204);
    voxgate.profile(&open).await.expect_problem(401, "unauthenticated");
    voxgate.log_in(email, PASSWORD).await.expect_problem(401, "invalid_credentials");
    let me = person(email, &voxgate.log_in(email, OTHER_PASSWORD).await.expect(200).json());

    // The account closed: as if it had never been.
    voxgate.call(Method::DELETE, "/users/account", &me.access_token, Value::Null).await.expect(204);
    voxgate.profile(&me).await.expect_problem(401, "unauthenticated");
    voxgate.log_in(email, OTHER_PASSWORD).await.expect_problem(401, "invalid_credentials");
    voxgate.register(email).await.expect(202);
}

pub(crate) async fn a_change_of_address_takes_effect_when_the_new_one_is_proven(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let new = "countess@example.org";

    let ask = |email: &str| json!({"new_email": email});
    let asked = voxgate.call(Method::POST, "/users/email", &me.access_token, ask(new)).await.expect(202).json();
    assert_eq!(asked, json!({"status": "verification_sent"}));
    voxgate.mail_to(&me.email, 2).await;
    assert_eq!(voxgate.profile(&me).await.json()["email"], me.email);
    voxgate.log_in(new, PASSWORD).await.expect_problem(401, "invalid_credentials");

    let token = token_in(&voxgate.mail_to(new, 1).await);
    voxgate.post("/auth/verify-email", json!({"token": token})).await.expect(204);
    assert_eq!(voxgate.profile(&me).await.json()["email"], new);
    voxgate.log_in(new, PASSWORD).await.expect(200);
    voxgate.log_in(&me.email, PASSWORD).await.expect_problem(401, "invalid_credentials");
    voxgate.mail_to(&me.email, 3).await;

    // An address that has an account is answered alike; only its owner is told.
    voxgate.verified("taken@example.org").await;
    voxgate.call(Method::POST, "/users/email", &me.access_token, ask("taken@example.org")).await.expect(202);
    voxgate.mail_to("taken@example.org", 2).await;
    let unchanged = voxgate.call(Method::POST, "/users/email", &me.access_token, ask(new)).await;
    assert_eq!(unchanged.expect_problem(422, "validation_failed").json()["errors"][0]["code"], "unchanged");
}

pub(crate) async fn sessions_are_seen_and_ended_by_device(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let phone = voxgate.logged_in("ada@example.org").await;
    let body = json!({"email": phone.email, "password": PASSWORD, "device_name": "Ada's laptop"});
    let laptop = person(&phone.email, &voxgate.post("/auth/login", body).await.expect(200).json());
    let other = voxgate.logged_in("charles@example.org").await;

    let list = voxgate.call(Method::GET, "/users/sessions", &phone.access_token, Value::Null).await.expect(200).json();
    let items = list["items"].as_array().unwrap();
    assert_eq!((items.len(), &list["next_cursor"]), (2, &Value::Null));
    assert_eq!((&items[0]["id"], &items[0]["current"]), (&json!(laptop.session_id), &json!(false)));
    assert_eq!((&items[0]["device_name"], &items[0]["amr"]), (&json!("Ada's laptop"), &json!(["pwd"])));
    assert_eq!((&items[1]["id"], &items[1]["current"]), (&json!(phone.session_id), &json!(true)));

    // Nobody ends another person's session, nor learns that there is one.
    let end = |id: &str| format!("/users/sessions/{id}");
    let token = other.access_token.as_str();
    voxgate.call(Method::DELETE, &end(&phone.session_id), token, Value::Null).await.expect_problem(404, "not_found");
    voxgate.profile(&phone).await.expect(200);

    let token = phone.access_token.as_str();
    voxgate.call(Method::DELETE, &end(&laptop.session_id), token, Value::Null).await.expect(204);
    voxgate.call(Method::DELETE, &end(&laptop.session_id), token, Value::Null).await.expect_problem(404, "not_found");
    voxgate.profile(&laptop).await.expect_problem(401, "unauthenticated");
    voxgate.refresh(&laptop.refresh_token).await.expect_problem(401, "invalid_refresh_token");

    let tablet = person(&phone.email, &voxgate.log_in(&phone.email, PASSWORD).await.json());
    voxgate.call(Method::DELETE, "/users/sessions", token, Value::Null).await.expect(204);
    voxgate.profile(&tablet).await.expect_problem(401, "unauthenticated");
    voxgate.profile(&phone).await.expect(200);
}

pub(crate) async fn changing_the_password_ends_the_other_sessions(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let elsewhere = person(&me.email, &voxgate.log_in(&me.email, PASSWORD).await.json());
    let change = |current: &str, new: &str| json!({"current_password": current, "new_password": new});

    let wrong = change("not-the-password-1A", OTHER_PASSWORD);
    let answer = voxgate.call(Method::POST, "/auth/change-password", &me.access_token, wrong).await;
    answer.expect_problem(401, "invalid_credentials");
    let weak = change(PASSWORD, "Ada@example.org1");
    let answer = voxgate.call(Method::POST, "/auth/change-password", &me.access_token, weak).await;
    assert_eq!(answer.expect_problem(422, "validation_failed").json()["errors"][0]["code"], "personal");

    let good = change(PASSWORD, OTHER_PASSWORD);
    voxgate.call(Method::POST, "/auth/change-password", &me.access_token, good).await.expect(204);
    voxgate.profile(&me).await.expect(200);
    voxgate.profile(&elsewhere).await.expect_problem(401, "unauthenticated");
    voxgate.log_in(&me.email, OTHER_PASSWORD).await.expect(200);

    let again = |password: &str| json!({"password": password});
    let wrong = voxgate.call(Method::POST, "/auth/reauthenticate", &me.access_token, again(PASSWORD)).await;
    wrong.expect_problem(401, "invalid_credentials");
    let right = voxgate.call(Method::POST, "/auth/reauthenticate", &me.access_token, again(OTHER_PASSWORD)).await;
    right.expect(204);
}

pub(crate) async fn five_failures_lock_an_address_but_not_its_open_sessions(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let me = voxgate.logged_in("ada@example.org").await;
    for address in [me.email.as_str(), "nobody@example.org"] {
        for _ in 0..5 {
            voxgate.log_in(address, OTHER_PASSWORD).await.expect_problem(401, "invalid_credentials");
        }
        let locked = voxgate.log_in(address, PASSWORD).await.expect_problem(423, "account_locked");
        let seconds: u64 = locked.header("retry-after").parse().unwrap();
        assert!((1..=900).contains(&seconds), "{seconds}");
    }
    voxgate.profile(&me).await.expect(200);
    voxgate.refresh(&me.refresh_token).await.expect(200);
    // The owner is told, and a reset lifts the lock.
    voxgate.mail_to(&me.email, 2).await;
    voxgate.post("/auth/forgot-password", json!({"email": me.email})).await.expect(202);
    let token = token_in(&voxgate.mail_to(&me.email, 3).await);
    voxgate.post("/auth/reset-password", json!({"token": token, "new_password": OTHER_PASSWORD})).await.expect(204);
    voxgate.log_in(&me.email, OTHER_PASSWORD).await.expect(200);
}

pub(crate) async fn a_profile_is_saved_only_over_the_version_that_was_read(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let etag = voxgate.profile(&me).await.header("etag").to_owned();
    let put = |etag: &str, name: &str| {
        let request = voxgate.request(Method::PUT, "/users/profile").bearer_auth(&me.access_token);
        voxgate.send(request.header("if-match", etag).json(&json!({"first_name": name})))
    };
    let first = put(&etag, "Augusta").await.expect(200);
    assert_ne!(first.header("etag"), etag);
    put(&etag, "Somebody").await.expect_problem(412, "precondition_failed");
    assert_eq!(voxgate.profile(&me).await.json()["first_name"], "Augusta");
    put(first.header("etag"), "Ada").await.expect(200);
}

pub(crate) async fn a_person_takes_a_copy_of_everything(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let me = voxgate.logged_in("ada@example.org").await;
    let path = "/users/notification-preferences";
    let before = voxgate.call(Method::GET, path, &me.access_token, Value::Null).await.expect(200).json();
    assert_eq!((&before["security_email"], &before["product_email"]), (&json!(true), &json!(false)));
    let wanted = json!({"product_email": true, "analysis_email": false});
    let after = voxgate.call(Method::PUT, path, &me.access_token, wanted).await.expect(200).json();
    assert_eq!((&after["security_email"], &after["product_email"]), (&json!(true), &json!(true)));
    let off = json!({"security_email": false, "product_email": true, "analysis_email": true});
    voxgate.call(Method::PUT, path, &me.access_token, off).await.expect_problem(422, "validation_failed");

    let copy = voxgate.call(Method::GET, "/users/export", &me.access_token, Value::Null).await.expect(200).json();
    assert_eq!(copy["user"]["email"], me.email);
    assert_eq!(copy["sessions"][0]["id"], me.session_id);
    assert_eq!(copy["notification_preferences"]["product_email"], true);
    let events: Vec<&str> =
        copy["audit_events"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert!(copy["audit_events"].as_array().unwrap().iter().all(|event| event["details"].is_object()));
    for event in ["user.registered", "user.verified", "login.succeeded", "user.exported"] {
        assert!(events.contains(&event), "{event} is not among {events:?}");
    }
}

pub(crate) async fn registering_somebody_elses_address_first_gains_nothing(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let (victim, attackers) = ("victim@example.org", OTHER_PASSWORD);

    let body = json!({"email": victim, "password": attackers});
    voxgate.post("/auth/register", body).await.expect(202);
    let first = token_in(&voxgate.mail_to(victim, 1).await);
    voxgate.register(victim).await.expect(202);
    let second = token_in(&voxgate.mail_to(victim, 2).await);

    // The first link is void; the second lets the owner of the mailbox choose, whoever registered first.
    voxgate.post("/auth/verify-email", json!({"token": first})).await.expect_problem(400, "invalid_token");
    // Even the password that they registered with: it was forgotten, and is no former one.
    let chosen = PASSWORD;
    voxgate.post("/auth/reset-password", json!({"token": second, "new_password": chosen})).await.expect(204);
    voxgate.log_in(victim, attackers).await.expect_problem(401, "invalid_credentials");
    voxgate.log_in(victim, chosen).await.expect(200);

    // Once it is proven, registering it again changes nothing.
    voxgate.post("/auth/register", json!({"email": victim, "password": attackers})).await.expect(202);
    voxgate.mail_to(victim, 4).await;
    voxgate.log_in(victim, chosen).await.expect(200);
    voxgate.log_in(victim, attackers).await.expect_problem(401, "invalid_credentials");
}

pub(crate) async fn links_are_for_one_purpose_and_the_latest_one_counts(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let email = "ada@example.org";
    voxgate.register(email).await.expect(202);
    let first = token_in(&voxgate.mail_to(email, 1).await);
    voxgate.post("/auth/resend-verification", json!({"email": email})).await.expect(202);
    let second = token_in(&voxgate.mail_to(email, 2).await);
    let reset = |token: &str| json!({"token": token, "new_password": OTHER_PASSWORD});

    voxgate.post("/auth/reset-password", reset(&second)).await.expect_problem(400, "invalid_token");
    voxgate.post("/auth/verify-email", json!({"token": first})).await.expect_problem(400, "invalid_token");
    voxgate.post("/auth/verify-email", json!({"token": second})).await.expect(204);

    voxgate.post("/auth/forgot-password", json!({"email": email})).await.expect(202);
    let token = token_in(&voxgate.mail_to(email, 3).await);
    voxgate.post("/auth/verify-email", json!({"token": token})).await.expect_problem(400, "invalid_token");
    // Changing the password voids a reset that was asked for.
    let me = person(email, &voxgate.log_in(email, PASSWORD).await.expect(200).json());
    let change = json!({"current_password": PASSWORD, "new_password": "wJ6?cF1+kD5zXe"});
    voxgate.call(Method::POST, "/auth/change-password", &me.access_token, change).await.expect(204);
    voxgate.post("/auth/reset-password", reset(&token)).await.expect_problem(400, "invalid_token");
}
