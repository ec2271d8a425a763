//! What operators do, and what the service does by itself.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use voxgate_application::{DeliveryRun, Error, Resealed};
use voxgate_crypto::EncryptionKeys;
use voxgate_domain::Reason;
use voxgate_domain::audit::EventFilter;
use voxgate_domain::ports::{MockMailer, MockWebhookSender, WebhookMessage};
use voxgate_domain::webhook::{DeliveryStatus, WebhookChange, WebhookUrl};

use crate::world::{KEYS, PASSWORD, World, address, client, password};

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn an_administrator_is_made_or_an_account_made_one() {
    let world = World::new().await;
    assert_eq!(world.app.seed_roles().await.unwrap(), [], "they are there");
    let root = world.app.create_admin(address("root"), password()).await.unwrap();
    world.call(root, "root");
    let twice = world.app.create_admin(address("root"), password()).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
    assert!(matches!(
        world.app.create_admin(address("rita"), voxgate_domain::Password::parse("password123456").unwrap()).await,
        Err(Error::PasswordRejected(_))
    ));
    assert_eq!(
        world.trail().await,
        ["user.registered ?>root", r#"role.changed ?>root {"added":["admin"],"removed":[]}"#,]
    );
}

#[tokio::test]
async fn what_is_over_is_purged_unless_it_is_held() {
    let world = World::new().await;
    for name in ["ada", "bob"] {
        world.patient(name).await;
        let caller = world.logged_in(name).await;
        world.app.delete_account(&caller).await.unwrap();
        if name == "bob" {
            world.app.hold_user(caller.user_id(), "case 7").await.unwrap();
            world.call(caller.user_id(), "bob");
        }
    }
    world.forget().await;
    let early = world.app.preview_retention().await.unwrap();
    assert_eq!(early.users, 0);
    world.pass(DAY * 45);
    let due = world.app.preview_retention().await.unwrap();
    let told = Mutex::new(Vec::new());
    let purged = world.app.enforce_retention(|so_far| told.lock().unwrap().push(*so_far)).await.unwrap();
    assert_eq!((due.users, purged.users), (1, 1));
    assert!(purged.events > 0 && purged.attempts > 0, "{purged:?}");
    assert_eq!(told.into_inner().unwrap().last(), Some(&purged));
    assert!(world.app.enforce_retention(|_| ()).await.unwrap().is_nothing());
    assert_eq!(
        world.trail().await,
        [
            "user.purged ?>ada",
            r#"retention.enforced {"login_attempts":2,"mails":0,"one_time_tokens":0,"sessions":0,"user_events":6,"users":1}"#,
        ]
    );
}

#[tokio::test]
async fn every_session_ends_at_the_word_of_an_operator() {
    let world = World::new().await;
    let mut callers = Vec::new();
    for name in ["ada", "bob", "cleo"] {
        world.patient(name).await;
        callers.push(world.logged_in(name).await);
    }
    callers.push(world.logged_in("bob").await);
    world.app.log_out(&callers[2]).await.unwrap();
    world.forget().await;
    let why = Reason::parse("restored").unwrap();
    let told = Mutex::new(Vec::new());
    let done = world.app.end_every_session(&why, |so_far| told.lock().unwrap().push(so_far)).await.unwrap();
    assert_eq!((done, told.into_inner().unwrap()), (2, vec![1, 2]));
    for caller in &callers {
        assert_eq!(world.app.list_sessions(caller).await.unwrap(), []);
    }
    let ended = |name: &str, count: u32| {
        format!(r#"session.revoked ?>{name} since "restored" {{"count":{count},"why":"administration"}}"#)
    };
    let mut trail = world.trail().await;
    trail.sort();
    assert_eq!(trail, [ended("ada", 1), ended("bob", 2)]);
    assert_eq!(world.app.end_every_session(&why, |_| ()).await.unwrap(), 0);

    let again = world.logged_in("cleo").await;
    world.forget().await;
    assert_eq!(world.app.end_sessions_of(again.user_id(), &why).await.unwrap(), 1);
    assert_eq!(world.app.end_sessions_of(again.user_id(), &why).await.unwrap(), 0);
    assert_eq!(world.trail().await, [ended("cleo", 1)]);
}

#[tokio::test]
async fn a_hold_that_is_released_holds_no_more() {
    let world = World::new().await;
    let ada = world.patient("ada").await;
    let caller = world.logged_in("ada").await;
    world.app.delete_account(&caller).await.unwrap();
    world.forget().await;
    world.app.hold_user(ada, "case 7").await.unwrap();
    world.pass(DAY * 31);
    assert_eq!(world.app.enforce_retention(|_| ()).await.unwrap().users, 0);
    world.app.release_user(ada, "case 7 is closed").await.unwrap();
    assert_eq!(world.app.enforce_retention(|_| ()).await.unwrap().users, 1);
    assert!(matches!(world.app.hold_user(ada, "too late").await, Err(Error::NotFound)));
    let trail = world.trail().await.into_iter().filter(|line| !line.starts_with("retention")).collect::<Vec<_>>();
    assert_eq!(
        trail,
        [
            r#"legal_hold.set ?>ada since "case 7""#,
            r#"legal_hold.released ?>ada since "case 7 is closed""#,
            "user.purged ?>ada",
        ]
    );
}

#[tokio::test]
async fn secrets_that_the_present_key_sealed_stay_as_they_are() {
    let world = World::new().await;
    world.patient("ada").await;
    let caller = world.logged_in("ada").await;
    world.app.enroll_totp(&caller).await.unwrap();
    world.app.forgot_password(&address("ada"), &client()).await.unwrap();
    let seen = Mutex::new(0);
    let resealed = world.app.reseal_secrets(&|_| *seen.lock().unwrap() += 1).await.unwrap();
    assert_eq!((resealed.totp_secrets, resealed.mails, resealed.webhooks), (0, 0, 0));
    assert!(resealed.current >= 1, "{resealed:?}");
    assert!(*seen.lock().unwrap() > 0);
}

/// Sends as long as there is something to send.
struct ToTheEnd;

impl DeliveryRun for ToTheEnd {
    fn goes_on(&self) -> bool {
        true
    }

    fn ended(&self, status: DeliveryStatus) {
        assert_eq!(status, DeliveryStatus::Delivered);
    }
}

#[tokio::test]
async fn what_a_former_key_sealed_is_sealed_anew_and_that_key_is_needed_no_longer() {
    let world = World::new().await;
    world.patient("ada").await;
    let caller = world.logged_in("ada").await;
    world.app.enroll_totp(&caller).await.unwrap();
    let root = world.admin("root").await;
    let url = WebhookUrl::parse("https://recordings.example/hook").unwrap();
    let wanted = WebhookChange { url, description: None, events: BTreeSet::new(), enabled: true };
    let (endpoint, first) = world.app.create_webhook(&root, wanted).await.unwrap();
    let (_, second) = world.app.rotate_webhook_secret(&root, endpoint.id).await.unwrap();
    world.app.test_webhook(&root, endpoint.id).await.unwrap();
    world.app.forgot_password(&address("ada"), &client()).await.unwrap();

    let file = world.folder.path().join(KEYS);
    let app = world.with_keys(EncryptionKeys::rotate(&file).unwrap());
    let resealed = app.reseal_secrets(&|_| ()).await.unwrap();
    let Resealed { totp_secrets, mails, webhooks, current } = resealed;
    assert_eq!((totp_secrets, webhooks, current), (1, 1, 0));
    assert!(mails > 0);
    let again = app.reseal_secrets(&|_| ()).await.unwrap();
    assert_eq!(again, Resealed { current: resealed.seen(), ..Resealed::default() });

    let ring = std::fs::read_to_string(&file).unwrap();
    let app = world.with_keys(EncryptionKeys::parse(ring.split(',').next().unwrap()).unwrap());
    app.confirm_totp(&caller, &world.code()).await.unwrap();
    let mut mailer = MockMailer::new();
    mailer.expect_send().times(1..).returning(|_| Ok(()));
    loop {
        let dispatched = app.dispatch_outbox(&mailer).await.unwrap();
        assert_eq!(dispatched.failed, 0);
        if dispatched.done == 0 {
            break;
        }
    }
    assert_eq!(app.due_webhooks().await.unwrap(), [endpoint.id]);
    let mut sender = MockWebhookSender::new();
    let secrets = [second.expose().to_vec(), first.expose().to_vec()];
    let signed_with = move |message: &WebhookMessage| {
        message.secrets.iter().map(|secret| secret.expose().to_vec()).eq(secrets.iter().cloned())
    };
    sender.expect_send().withf(signed_with).times(1..).returning(|_| Ok(()));
    app.deliver_webhooks(endpoint.id, &sender, &ToTheEnd).await.unwrap();
    assert_eq!(app.due_webhooks().await.unwrap(), []);
}

#[tokio::test]
async fn the_dispatcher_is_woken_when_there_is_mail_and_readiness_is_the_stores() {
    let world = World::new().await;
    world.app.check_readiness().await.unwrap();
    assert!(!world.app.public_keys().is_empty());
    let woken = std::sync::Arc::new(Mutex::new(0));
    let app = {
        let woken = std::sync::Arc::clone(&woken);
        world.app.clone().on_mail_queued(move || *woken.lock().unwrap() += 1)
    };
    app.forgot_password(&address("nobody"), &client()).await.unwrap();
    assert_eq!(*woken.lock().unwrap(), 1, "known or not");
    world.log_in("nobody", PASSWORD).await.unwrap_err();
    assert_eq!(*woken.lock().unwrap(), 1);
    drop(app.stream_events(EventFilter::default()));
}
