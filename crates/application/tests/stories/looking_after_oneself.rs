//! Looking after one's own account.

use voxgate_application::Error;
use voxgate_domain::ports::Conflict;
use voxgate_domain::user::NotificationPreferences;
use voxgate_domain::{DisplayName, PageQuery, Password, Profile};

use crate::world::{PASSWORD, World, address, client, password};

const NEW: &str = "Another long passphrase 7";

fn new() -> Password {
    Password::parse(NEW).unwrap()
}

#[tokio::test]
async fn a_profile_is_written_unless_it_was_changed_meanwhile() {
    let world = World::new().await;
    world.patient("ada").await;
    let caller = world.logged_in("ada").await;
    world.forget().await;
    let last_name = DisplayName::parse("Lovelace").ok();
    let profile = Profile { last_name, ..caller.principal.user.profile.clone() };
    let written =
        world.app.update_profile(&caller, profile.clone(), Some(caller.principal.user.version)).await.unwrap();
    assert_eq!(written.profile, profile);
    let stale = world.app.update_profile(&caller, Profile::default(), Some(caller.principal.user.version)).await;
    assert!(matches!(stale, Err(Error::PreconditionFailed)), "{stale:?}");
    world.app.update_profile(&caller, profile.clone(), Some(written.version)).await.unwrap();
    world.app.update_profile(&caller, profile, None).await.unwrap();
    assert_eq!(world.trail().await, [r#"profile.updated ada>ada in a session from there {"fields":["last_name"]}"#,]);
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it_and_other_sessions_end() {
    let world = World::new().await;
    world.patient("ada").await;
    let other = world.pair("ada").await;
    let kept = world.pair("ada").await;
    let caller = world.caller(&kept).await;
    world.forget().await;
    let wrong = world.app.change_password(&caller, &Password::parse("wrong wrong wrong").unwrap(), new()).await;
    assert!(matches!(wrong, Err(Error::InvalidCredentials)), "{wrong:?}");
    let same = world.app.change_password(&caller, &password(), password()).await;
    assert!(matches!(same, Err(Error::PasswordRejected(_))), "{same:?}");
    world.app.change_password(&caller, &password(), new()).await.unwrap();
    assert!(matches!(world.app.refresh(&other.refresh_token, &client()).await, Err(Error::InvalidRefreshToken)));
    world.app.refresh(&kept.refresh_token, &client()).await.unwrap();
    assert!(matches!(world.log_in("ada", PASSWORD).await, Err(Error::InvalidCredentials)));
    let back = world.app.change_password(&caller, &new(), password()).await;
    assert!(matches!(back, Err(Error::PasswordRejected(_))), "a former password: {back:?}");
    assert_eq!(world.mail_names("ada").await, ["password_changed"]);
    assert_eq!(
        world.trail().await,
        [
            "password.changed failed ada>ada in a session from there",
            "password.changed ada>ada in a session from there",
            r#"session.revoked ada>ada in a session from there {"count":1,"why":"password_changed"}"#,
            "session.refreshed ada>ada in a session from there",
            r#"login.failed failed ?>ada from there {"why":"wrong_password"}"#,
        ]
    );
}

#[tokio::test]
async fn an_address_is_replaced_when_the_new_one_is_proven() {
    let world = World::new().await;
    world.patient("ada").await;
    world.patient("bob").await;
    let caller = world.logged_in("ada").await;
    world.forget().await;
    let same = world.app.change_email(&caller, &address("ada")).await;
    assert!(matches!(same, Err(Error::AddressUnchanged)));
    world.app.change_email(&caller, &address("bob")).await.unwrap();
    world.app.change_email(&caller, &address("countess")).await.unwrap();
    assert_eq!(world.mail_names("ada").await, ["address_change_requested", "address_change_requested"]);
    assert_eq!(world.mail_names("bob").await, ["already_registered"]);
    let link = world.link_to("countess").await;
    world.app.verify_email(&link, &client()).await.unwrap();
    assert_eq!(world.mail_names("ada").await, ["address_changed"]);
    world.pair("countess").await;
    assert!(matches!(world.log_in("ada", PASSWORD).await, Err(Error::InvalidCredentials)));
    assert_eq!(
        world.trail().await,
        [
            "email.change_requested ada>ada in a session from there",
            r#"link.issued ada>ada in a session from there {"link":"confirm_new_address"}"#,
            "email.change_requested ada>ada in a session from there",
            r#"link.issued ada>ada in a session from there {"link":"confirm_new_address"}"#,
            "email.changed ada>ada from there",
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"known"}"#,
            r#"login.failed failed from there {"why":"unknown_address"}"#,
        ]
    );
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all_but_one() {
    let world = World::new().await;
    world.patient("ada").await;
    world.patient("bob").await;
    let bobs = world.pair("bob").await;
    let [one, two, three] = [world.pair("ada").await, world.pair("ada").await, world.pair("ada").await];
    let caller = world.caller(&three).await;
    world.call(one.session_id, "one");
    world.forget().await;
    assert_eq!(world.app.list_sessions(&caller).await.unwrap().len(), 3);
    world.app.revoke_session(&caller, one.session_id).await.unwrap();
    for gone in [one.session_id, bobs.session_id] {
        assert!(matches!(world.app.revoke_session(&caller, gone).await, Err(Error::NotFound)));
    }
    world.app.revoke_other_sessions(&caller).await.unwrap();
    world.app.revoke_other_sessions(&caller).await.unwrap();
    let left: Vec<_> = world.app.list_sessions(&caller).await.unwrap().iter().map(|session| session.id).collect();
    assert_eq!(left, [three.session_id]);
    assert!(matches!(world.app.refresh(&two.refresh_token, &client()).await, Err(Error::InvalidRefreshToken)));
    world.app.refresh(&bobs.refresh_token, &client()).await.unwrap();
    assert_eq!(
        world.trail().await,
        [
            r#"session.revoked ada>ada in a session from there {"session":"one","why":"revoked"}"#,
            r#"session.revoked ada>ada in a session from there {"count":1,"why":"revoked"}"#,
            "session.refreshed bob>bob in a session from there",
        ]
    );
}

#[tokio::test]
async fn what_is_told_by_mail_is_chosen_and_kept() {
    let world = World::new().await;
    world.patient("ada").await;
    let caller = world.logged_in("ada").await;
    let before = world.app.notification_preferences(&caller).await.unwrap();
    let history = world.app.notification_history(&caller, &PageQuery::default()).await.unwrap();
    let names: Vec<_> = history.items.iter().map(|item| item.kind.clone()).collect();
    assert_eq!((names, history.next), (vec!["verify_address".to_owned()], None));
    world.forget().await;
    let chosen = NotificationPreferences { product_email: !before.product_email, ..before };
    world.app.set_notification_preferences(&caller, chosen).await.unwrap();
    assert_eq!(world.app.notification_preferences(&caller).await.unwrap(), chosen);
    assert_eq!(world.trail().await, ["notification_preferences.updated ada>ada in a session from there",]);
}

#[tokio::test]
async fn a_copy_of_everything_is_taken_and_the_account_closed() {
    let world = World::new().await;
    world.patient("ada").await;
    let caller = world.logged_in("ada").await;
    world.forget().await;
    let data = world.app.export_data(&caller).await.unwrap();
    assert_eq!(data.user.id, caller.user_id());
    assert_eq!((data.sessions.len(), data.roles.len()), (1, 1));
    world.app.delete_account(&caller).await.unwrap();
    let again = world.app.delete_account(&caller).await;
    assert!(matches!(again, Err(Error::Unauthenticated | Error::NotFound | Error::Conflict(Conflict::EmailTaken))));
    assert_eq!(world.mail_names("ada").await, ["account_deleted"]);
    assert_eq!(
        world.trail().await,
        [
            "user.exported ada>ada in a session from there",
            "user.deleted ada>ada in a session from there",
            r#"session.revoked ada>ada in a session from there {"count":1,"why":"account_deleted"}"#,
        ]
    );
}
