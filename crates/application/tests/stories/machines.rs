//! Machines: service accounts, their tokens, and what they are told.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use voxgate_application::{Actor, Error, Manager, TokenRequest};
use voxgate_domain::webhook::{Replay, WebhookChange, WebhookUrl};
use voxgate_domain::{PageQuery, Permission, PermissionSet, Reason, SecretToken, ServiceName};

use crate::world::{World, client, minutes};

fn why() -> Reason {
    Reason::parse("analysis goes live").unwrap()
}

fn permissions(all: &[Permission]) -> PermissionSet {
    all.iter().copied().collect()
}

#[tokio::test]
async fn a_service_gets_tokens_until_it_is_switched_off() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let (name, may) = (ServiceName::parse("analysis").unwrap(), permissions(&[Permission::AuditRead]));
    let by = Manager::Person(&root);
    let made = world.app.create_service_account(by, name.clone(), may.clone(), Some(&why())).await.unwrap();
    let id = made.account.id;
    world.call(id, "analysis");
    let twice = world.app.create_service_account(Manager::Operator, name, may.clone(), None).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
    let ask = async |secret: &SecretToken, scope| {
        let request = TokenRequest { account: Some(id), secret: Some(secret.clone()), scope };
        world.app.issue_service_token(request, &client()).await
    };
    let token = ask(&made.secret, None).await.unwrap();
    let other = permissions(&[Permission::UsersWrite]);
    assert!(matches!(ask(&made.secret, Some(other)).await, Err(Error::InvalidScope)));
    let wrong = SecretToken::presented("nobody-issued-this").unwrap();
    assert!(matches!(ask(&wrong, None).await, Err(Error::InvalidClient)));

    let actor = world.app.authenticate_actor(token.access_token.0.expose_secret(), client()).await.unwrap();
    let Actor::Service(service) = actor else { panic!("no service") };
    let refused = world.app.authorize_service(service.clone(), Permission::UsersRead).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    let actor = world.app.authorize_service(service, Permission::AuditRead).await.unwrap();
    world.app.record_audit_export(&actor, &voxgate_domain::audit::EventFilter::default()).await.unwrap();

    let new = world.app.rotate_service_secret(by, id, minutes(5)).await.unwrap();
    ask(&made.secret, None).await.unwrap();
    world.pass(minutes(6));
    assert!(matches!(ask(&made.secret, None).await, Err(Error::InvalidClient)));
    ask(&new.secret, None).await.unwrap();
    world.app.disable_service_account(Manager::Operator, id).await.unwrap();
    assert!(matches!(ask(&new.secret, None).await, Err(Error::InvalidClient)));
    let listed = world.app.list_service_accounts(&PageQuery::default()).await.unwrap();
    assert_eq!(listed.items.iter().map(|account| account.id).collect::<Vec<_>>(), [id]);
    assert_eq!(
        world.trail().await,
        [
            r#"service_account.created root>? in a session from there since "analysis goes live" {"permissions":["audit:read"],"service_account":"analysis"}"#,
            r#"token.issued analysis>? from there {"scope":["audit:read"],"service_account":"analysis"}"#,
            r#"token.issued failed analysis>? from there {"service_account":"analysis","why":"scope"}"#,
            r#"token.issued failed analysis>? from there {"service_account":"analysis","why":"wrong_secret"}"#,
            r#"access.denied failed analysis>? from there {"permission":"users:read","service_account":"analysis","why":"not_permitted"}"#,
            r#"audit.read analysis>? from there {"access":"export","service_account":"analysis"}"#,
            r#"service_account.secret_rotated root>? in a session from there {"overlap_until":"…","service_account":"analysis"}"#,
            r#"token.issued analysis>? from there {"scope":["audit:read"],"service_account":"analysis"}"#,
            r#"token.issued failed analysis>? from there {"service_account":"analysis","why":"wrong_secret"}"#,
            r#"token.issued analysis>? from there {"scope":["audit:read"],"service_account":"analysis"}"#,
            r#"service_account.disabled {"service_account":"analysis"}"#,
            r#"token.issued failed analysis>? from there {"service_account":"analysis","why":"disabled"}"#,
        ]
    );
}

#[tokio::test]
async fn siblings_learn_which_sessions_ended() {
    let world = World::new().await;
    world.patient("ada").await;
    let caller = world.logged_in("ada").await;
    let before = world.app.list_revocations(None, &PageQuery::default()).await.unwrap();
    world.app.log_out(&caller).await.unwrap();
    let after = world.app.list_revocations(Some(before.next_since), &PageQuery::default()).await.unwrap();
    assert!(after.page.items.iter().any(|ended| ended.session == caller.session_id()));
    assert_eq!(after.page.next, None);
}

#[tokio::test]
async fn endpoints_are_made_changed_tried_and_taken_away() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let change = |url: &str, enabled| WebhookChange {
        url: WebhookUrl::parse(url).unwrap(),
        description: None,
        events: BTreeSet::new(),
        enabled,
    };
    let plain = world.app.create_webhook(&root, change("http://127.0.0.1:9/hook", true)).await;
    assert!(matches!(plain, Err(Error::UnsafeWebhookUrl)), "{plain:?}");
    let (made, secret) =
        world.app.create_webhook(&root, change("https://recordings.example/hook", true)).await.unwrap();
    world.call(made.id, "recordings");
    let changed = world.app.update_webhook(&root, made.id, change("https://other.example/hook", true)).await.unwrap();
    assert_eq!(changed.url.as_str(), "https://other.example/hook");
    let (_, other) = world.app.rotate_webhook_secret(&root, made.id).await.unwrap();
    assert_ne!(secret.expose(), other.expose());
    world.app.test_webhook(&root, made.id).await.unwrap();
    world.register("ada").await;
    let waiting = world.app.webhook_deliveries(&root, made.id, None, &PageQuery::default()).await.unwrap();
    assert!(!waiting.items.is_empty());
    world.app.replay_webhook(&root, made.id, &Replay::Dead).await.unwrap();
    world.app.replay_webhook_as_operator(made.id, &Replay::Dead).await.unwrap();
    assert_eq!(world.app.webhook(made.id).await.unwrap().id, made.id);
    assert_eq!(world.app.webhooks().await.unwrap().len(), 1);
    world.app.delete_webhook(&root, made.id).await.unwrap();
    assert!(matches!(world.app.delete_webhook(&root, made.id).await, Err(Error::NotFound)));
    assert!(matches!(world.app.webhook(made.id).await, Err(Error::NotFound)));
    assert_eq!(
        world.trail().await,
        [
            r#"webhook.created root>? in a session from there {"webhook":"recordings"}"#,
            r#"webhook.updated root>? in a session from there {"webhook":"recordings"}"#,
            r#"webhook.secret_rotated root>? in a session from there {"webhook":"recordings"}"#,
            r#"webhook.tested root>? in a session from there {"webhook":"recordings"}"#,
            "user.registered ?>… from there",
            r#"link.issued ?>… from there {"link":"verify_address"}"#,
            r#"webhook.deliveries_listed root>? in a session from there {"webhook":"recordings"}"#,
            r#"webhook.replayed root>? in a session from there {"count":0,"webhook":"recordings"}"#,
            r#"webhook.replayed {"count":0,"webhook":"recordings"}"#,
            r#"webhook.deleted root>? in a session from there {"webhook":"recordings"}"#,
        ]
    );
}
