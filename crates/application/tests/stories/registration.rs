//! Becoming a user.

use voxgate_application::{Error, LoggedIn, Register};
use voxgate_domain::{Password, Profile};

use crate::world::{PASSWORD, World, address, client, minutes};

const OTHER: &str = "Another long passphrase 7";

#[tokio::test]
async fn an_address_is_registered_proven_and_used() {
    let world = World::new().await;
    world.register("ada").await;
    assert!(matches!(world.log_in("ada", PASSWORD).await, Err(Error::EmailNotVerified)));
    let link = world.link_to("ada").await;
    world.app.verify_email(&link, &client()).await.unwrap();
    world.call(world.logged_in("ada").await.user_id(), "ada");
    assert!(matches!(world.app.verify_email(&link, &client()).await, Err(Error::InvalidOneTimeToken)));
    assert_eq!(
        world.trail().await,
        [
            "user.registered ?>ada from there",
            r#"link.issued ?>ada from there {"link":"verify_address"}"#,
            r#"login.failed failed ?>ada from there {"why":"email_not_verified"}"#,
            "user.verified ada>ada from there",
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"new"}"#,
        ]
    );
}

#[tokio::test]
async fn whoever_registers_again_changes_nothing_and_the_owner_is_told() {
    let world = World::new().await;
    world.patient("ada").await;
    let profile = Profile::default();
    let again = Register { email: address("ada"), password: Password::parse(OTHER).unwrap(), profile };
    world.app.register(again, &client()).await.unwrap();
    assert!(matches!(world.log_in("ada", OTHER).await, Err(Error::InvalidCredentials)));
    assert_eq!(world.mail_names("ada").await, ["already_registered"]);
    assert_eq!(
        world.trail().await,
        [
            "user.registration_repeated failed ?>ada from there",
            r#"login.failed failed ?>ada from there {"why":"wrong_password"}"#,
        ]
    );
}

#[tokio::test]
async fn two_claims_of_an_address_are_settled_by_its_mail() {
    let world = World::new().await;
    world.register("ada").await;
    let first = world.link_to("ada").await;
    let claim = |password| Register {
        email: address("ada"),
        password: Password::parse(password).unwrap(),
        profile: Profile::default(),
    };
    // The same password: the link comes again.
    world.app.register(claim(PASSWORD), &client()).await.unwrap();
    let second = world.link_to("ada").await;
    assert!(matches!(world.app.verify_email(&first, &client()).await, Err(Error::InvalidOneTimeToken)));
    // Another: neither counts, and whoever reads the mail sets one.
    world.app.register(claim(OTHER), &client()).await.unwrap();
    let third = world.mail_to("ada").await;
    assert_eq!(third.iter().map(|mail| mail.as_str()).collect::<Vec<_>>(), ["finish_registration"]);
    assert!(matches!(world.app.verify_email(&second, &client()).await, Err(Error::InvalidOneTimeToken)));
    assert!(matches!(world.log_in("ada", PASSWORD).await, Err(Error::InvalidCredentials)));
    assert_eq!(
        world.trail().await,
        [
            "user.registered ?>… from there",
            r#"link.issued ?>… from there {"link":"verify_address"}"#,
            r#"link.issued ?>… from there {"link":"verify_address"}"#,
            "user.registration_contested failed ?>… from there",
            r#"link.issued ?>… from there {"link":"finish_registration"}"#,
            r#"login.failed failed ?>… from there {"why":"wrong_password"}"#,
        ]
    );
}

#[tokio::test]
async fn links_are_asked_for_by_anybody_and_come_to_the_owner() {
    let world = World::new().await;
    world.register("ada").await;
    world.forget().await;
    world.app.resend_verification(&address("ada"), &client()).await.unwrap();
    world.app.forgot_password(&address("ada"), &client()).await.unwrap();
    world.app.forgot_password(&address("nobody"), &client()).await.unwrap();
    assert_eq!(world.mail_names("ada").await, ["verify_address", "finish_registration"]);
    assert_eq!(
        world.trail().await,
        [
            r#"link.requested from there {"link":"verify_address"}"#,
            r#"link.requested from there {"link":"reset_password"}"#,
            r#"link.requested from there {"link":"reset_password"}"#,
            r#"link.issued ?>… {"link":"verify_address"}"#,
            r#"link.issued ?>… {"link":"finish_registration"}"#,
        ]
    );
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_a_link_that_ends_every_session() {
    let world = World::new().await;
    world.patient("ada").await;
    let before = world.pair("ada").await;
    world.app.forgot_password(&address("ada"), &client()).await.unwrap();
    let link = world.link_to("ada").await;
    world.forget().await;
    let new = || Password::parse(OTHER).unwrap();
    let weak = world.app.reset_password(&link, Password::parse("password123456").unwrap(), &client()).await;
    assert!(matches!(weak, Err(Error::PasswordRejected(_))));
    world.app.reset_password(&link, new(), &client()).await.unwrap();
    let again = world.app.reset_password(&link, new(), &client()).await;
    assert!(matches!(again, Err(Error::InvalidOneTimeToken)));
    assert!(matches!(world.app.refresh(&before.refresh_token, &client()).await, Err(Error::InvalidRefreshToken)));
    assert!(matches!(world.log_in("ada", OTHER).await, Ok(LoggedIn::Session(_))));
    assert_eq!(world.mail_names("ada").await, ["password_changed"]);
    assert_eq!(
        world.trail().await,
        [
            "password.reset ada>ada from there",
            r#"session.revoked ada>ada from there {"count":1,"why":"password_reset"}"#,
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"known"}"#,
        ]
    );
}

#[tokio::test]
async fn a_link_is_good_for_a_while() {
    let world = World::new().await;
    world.patient("ada").await;
    world.app.forgot_password(&address("ada"), &client()).await.unwrap();
    let link = world.link_to("ada").await;
    world.pass(minutes(31));
    let late = world.app.reset_password(&link, Password::parse(OTHER).unwrap(), &client()).await;
    assert!(matches!(late, Err(Error::InvalidOneTimeToken)));
}
