//! Coming in, staying in, and leaving.

use secrecy::ExposeSecret as _;
use voxgate_application::{Error, LogIn, LoggedIn};
use voxgate_domain::user::AccountSwitch;
use voxgate_domain::{DeviceName, Password, Reason, TokenDelivery};

use crate::world::{PASSWORD, World, address, client, minutes, password};

const WRONG: &str = "wrong wrong wrong wrong";

#[tokio::test]
async fn a_session_is_begun_refreshed_and_ended() {
    let world = World::new().await;
    world.patient("ada").await;
    let first = world.pair("ada").await;
    world.call(first.session_id, "that");
    world.pass(minutes(1));
    let second = world.app.refresh(&first.refresh_token, &client()).await.unwrap();
    assert_eq!(second.session_id, first.session_id);
    let caller = world.caller(&second).await;
    world.app.log_out(&caller).await.unwrap();
    world.app.log_out(&caller).await.unwrap();
    assert!(matches!(world.app.refresh(&second.refresh_token, &client()).await, Err(Error::InvalidRefreshToken)));
    let ended = world.app.authenticate(second.access_token.0.expose_secret()).await;
    assert!(matches!(ended, Err(Error::Unauthenticated)));
    assert_eq!(
        world.trail().await,
        [
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"known"}"#,
            "session.refreshed ada>ada in a session from there",
            r#"session.logged_out ada>ada in a session from there {"session":"that","why":"logged_out"}"#,
        ]
    );
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_ends_its_session_and_its_owner_is_told() {
    let world = World::new().await;
    world.patient("ada").await;
    let first = world.pair("ada").await;
    let second = world.app.refresh(&first.refresh_token, &client()).await.unwrap();
    world.pass(minutes(1));
    world.forget().await;
    assert!(matches!(world.app.refresh(&first.refresh_token, &client()).await, Err(Error::RefreshTokenReused)));
    assert!(matches!(world.app.refresh(&second.refresh_token, &client()).await, Err(Error::InvalidRefreshToken)));
    assert_eq!(world.mail_names("ada").await, ["session_compromised"]);
    assert_eq!(
        world.trail().await,
        [
            "session.refresh_reused failed ?>ada in a session from there",
            r#"session.revoked ?>ada in a session from there {"session":"…","why":"refresh_token_reused"}"#,
        ]
    );
}

#[tokio::test]
async fn a_refresh_token_ends_its_session_too() {
    let world = World::new().await;
    world.patient("ada").await;
    let pair = world.pair("ada").await;
    world.forget().await;
    world.app.log_out_by_refresh_token(&pair.refresh_token, &client()).await.unwrap();
    let again = world.app.log_out_by_refresh_token(&pair.refresh_token, &client()).await;
    assert!(matches!(again, Err(Error::InvalidRefreshToken)));
    assert!(matches!(world.app.refresh(&pair.refresh_token, &client()).await, Err(Error::InvalidRefreshToken)));
    assert_eq!(
        world.trail().await,
        [r#"session.logged_out ada>ada in a session from there {"session":"…","why":"logged_out"}"#,]
    );
}

#[tokio::test]
async fn five_failures_lock_an_address_for_a_while() {
    let world = World::new().await;
    world.patient("ada").await;
    for _ in 0..4 {
        assert!(matches!(world.log_in("ada", WRONG).await, Err(Error::InvalidCredentials)));
    }
    assert!(matches!(world.log_in("ada", WRONG).await, Err(Error::InvalidCredentials | Error::AccountLocked { .. })));
    let Err(Error::AccountLocked { retry_after }) = world.log_in("ada", PASSWORD).await else { panic!("not locked") };
    assert!(retry_after > minutes(1), "{retry_after:?}");
    assert_eq!(world.mail_names("ada").await, ["account_locked"]);
    world.pass(retry_after);
    assert!(matches!(world.log_in("ada", PASSWORD).await, Ok(LoggedIn::Session(_))));
    assert_eq!(
        world.trail().await,
        [
            r#"login.failed failed ?>ada from there {"why":"wrong_password"}"#,
            r#"login.failed failed ?>ada from there {"why":"wrong_password"}"#,
            r#"login.failed failed ?>ada from there {"why":"wrong_password"}"#,
            r#"login.failed failed ?>ada from there {"why":"wrong_password"}"#,
            r#"login.failed failed ?>ada from there {"why":"wrong_password"}"#,
            r#"account.locked ?>ada from there {"until":"…"}"#,
            r#"login.failed failed ?>ada from there {"why":"locked"}"#,
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"known"}"#,
        ]
    );
}

#[tokio::test]
async fn an_unknown_address_is_locked_alike() {
    let world = World::new().await;
    for _ in 0..5 {
        world.log_in("nobody", WRONG).await.unwrap_err();
    }
    assert!(matches!(world.log_in("nobody", WRONG).await, Err(Error::AccountLocked { .. })));
    assert_eq!(
        world.trail().await,
        [
            r#"login.failed failed from there {"why":"unknown_address"}"#,
            r#"login.failed failed from there {"why":"unknown_address"}"#,
            r#"login.failed failed from there {"why":"unknown_address"}"#,
            r#"login.failed failed from there {"why":"unknown_address"}"#,
            r#"login.failed failed from there {"why":"unknown_address"}"#,
            r#"account.locked from there {"until":"…"}"#,
            r#"login.failed failed from there {"why":"locked"}"#,
        ]
    );
}

#[tokio::test]
async fn a_device_that_was_seen_is_known_again() {
    let world = World::new().await;
    world.patient("ada").await;
    let from = |device_token| LogIn {
        email: address("ada"),
        password: password(),
        device_name: DeviceName::parse("phone").ok(),
        delivery: TokenDelivery::Body,
        device_token,
    };
    let Ok(LoggedIn::Session(first)) = world.app.log_in(from(None), &client()).await else { panic!("no session") };
    let token = first.device_token.expect("a token of the device");
    let Ok(LoggedIn::Session(again)) = world.app.log_in(from(Some(token)), &client()).await else { panic!("none") };
    assert!(again.device_token.is_none(), "it is known");
    let caller = world.caller(&again).await;
    let sessions = world.app.list_sessions(&caller).await.unwrap();
    let names: Vec<_> = sessions.iter().map(|session| session.device.name.clone()).collect();
    assert_eq!(names, [DeviceName::parse("phone").ok(), DeviceName::parse("phone").ok()]);
    assert_eq!(
        world.trail().await,
        [
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"new"}"#,
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"known"}"#,
        ]
    );
}

#[tokio::test]
async fn the_oldest_session_makes_room() {
    let world = World::new().await;
    world.patient("ada").await;
    let first = world.pair("ada").await;
    world.forget().await;
    for _ in 0..world.app.policies().session.max_per_user {
        world.pass(minutes(1));
        world.pair("ada").await;
    }
    assert!(matches!(world.app.refresh(&first.refresh_token, &client()).await, Err(Error::InvalidRefreshToken)));
    let ended = world.trail().await.into_iter().filter(|line| !line.starts_with("login.")).collect::<Vec<_>>();
    assert_eq!(ended, [r#"session.revoked ada>ada in a session from there {"count":1,"why":"too_many"}"#,]);
}

#[tokio::test]
async fn sensitive_acts_need_a_proof_that_is_not_old() {
    let world = World::new().await;
    world.patient("ada").await;
    let pair = world.pair("ada").await;
    world.forget().await;
    world.pass(minutes(14));
    let caller = world.caller(&pair).await;
    assert!(matches!(world.app.enroll_totp(&caller).await, Err(Error::ReauthenticationRequired { .. })));
    let wrong = Password::parse(WRONG).unwrap();
    let refused = world.app.reauthenticate(&caller, &wrong, None).await;
    assert!(matches!(refused, Err(Error::InvalidCredentials)), "{refused:?}");
    world.app.reauthenticate(&caller, &password(), None).await.unwrap();
    world.app.enroll_totp(&world.caller(&pair).await).await.unwrap();
    assert_eq!(
        world.trail().await,
        [
            "session.reauthenticated failed ada>ada in a session from there",
            "session.reauthenticated ada>ada in a session from there",
            "mfa.enrollment_begun ada>ada in a session from there",
        ]
    );
}

#[tokio::test]
async fn whoever_is_switched_off_or_closed_does_not_come_in() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let ada = world.patient("ada").await;
    let pair = world.pair("ada").await;
    let why = Reason::parse("left the study").unwrap();
    world.forget().await;
    world.app.set_user_status(&root, ada, AccountSwitch::Inactive, &why).await.unwrap();
    assert!(world.app.authenticate(pair.access_token.0.expose_secret()).await.is_err());
    assert!(matches!(world.log_in("ada", PASSWORD).await, Err(Error::AccountInactive)));
    world.app.set_user_status(&root, ada, AccountSwitch::Active, &why).await.unwrap();
    let caller = world.logged_in("ada").await;
    world.app.delete_account(&caller).await.unwrap();
    assert!(matches!(world.log_in("ada", PASSWORD).await, Err(Error::InvalidCredentials)));
    assert_eq!(world.mail_names("ada").await, ["account_deleted"]);
    assert_eq!(
        world.trail().await,
        [
            r#"user.deactivated root>ada in a session from there since "left the study""#,
            r#"session.revoked root>ada in a session from there {"count":1,"why":"administration"}"#,
            r#"login.failed failed ?>ada from there {"why":"inactive"}"#,
            r#"user.activated root>ada in a session from there since "left the study""#,
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"known"}"#,
            "user.deleted ada>ada in a session from there",
            r#"session.revoked ada>ada in a session from there {"count":1,"why":"account_deleted"}"#,
            r#"login.failed failed from there {"why":"unknown_address"}"#,
        ]
    );
}
