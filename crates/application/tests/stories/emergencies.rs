//! Emergency access to somebody's data (45 CFR 164.312(a)(2)(ii)).

use std::collections::BTreeSet;

use voxgate_application::{Caller, Error};
use voxgate_domain::{PageQuery, Permission, Reason, RoleName};

use crate::world::{World, minutes};

fn reason() -> Reason {
    Reason::parse("unconscious in the emergency room").unwrap()
}

/// Somebody who may take it, logged in.
async fn clinician(world: &World, root: &Caller, name: &str) -> Caller {
    let id = world.patient(name).await;
    let roles = BTreeSet::from([RoleName::parse("clinician").unwrap()]);
    world.app.set_user_roles(root, id, roles, &reason()).await.unwrap();
    world.logged_in(name).await
}

#[tokio::test]
async fn it_is_taken_used_and_given_back_and_everybody_concerned_is_told() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let ada = world.patient("ada").await;
    let dora = clinician(&world, &root, "dora").await;
    world.forget().await;

    let access = world.app.take_emergency_access(&dora, ada, reason()).await.unwrap();
    world.call(access.id, "that");
    assert!(matches!(world.app.take_emergency_access(&dora, ada, reason()).await, Err(Error::Conflict(_))));
    let holding = world.app.authorize(dora.clone(), Permission::AuditRead, Some(ada)).await.unwrap();
    assert_eq!(holding.emergency.as_ref().map(|held| held.id), Some(access.id));
    world.app.read_user(&holding, ada).await.unwrap();
    assert_eq!(world.app.open_emergency_accesses(&dora).await.unwrap(), std::slice::from_ref(&access));
    let listed = world.app.list_emergency_accesses(&root, &PageQuery::default()).await.unwrap();
    assert_eq!((listed.items, listed.next), (vec![access.clone()], None));

    assert!(matches!(world.app.close_emergency_access(&root, access.id).await, Err(Error::NotFound)), "it is not hers");
    world.app.close_emergency_access(&dora, access.id).await.unwrap();
    assert!(matches!(world.app.close_emergency_access(&dora, access.id).await, Err(Error::NotFound)));
    assert_eq!(world.app.open_emergency_accesses(&dora).await.unwrap(), []);
    let refused = world.app.authorize(dora, Permission::AuditRead, Some(ada)).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    assert_eq!(world.mail_names("ada").await, ["emergency_access"]);
    assert_eq!(world.mail_names("root").await, ["emergency_access_taken"]);
    assert_eq!(
        world.trail().await,
        [
            r#"emergency_access.granted dora>ada in a session from there since "unconscious in the emergency room" {"emergency_access":"that","until":"…"}"#,
            r#"user.read dora>ada in a session from there {"emergency_access":"that"}"#,
            "emergency_access.listed root>? in a session from there",
            r#"emergency_access.closed dora>ada in a session from there {"emergency_access":"that"}"#,
            r#"access.denied failed dora>ada in a session from there {"permission":"audit:read","why":"not_permitted"}"#,
        ]
    );
}

#[tokio::test]
async fn it_ends_by_itself_and_needs_a_proof_that_is_not_old() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let ada = world.patient("ada").await;
    let dora = clinician(&world, &root, "dora").await;
    world.app.take_emergency_access(&dora, ada, reason()).await.unwrap();
    world.pass(world.app.policies().emergency.duration + minutes(1));
    let refused = world.app.authorize(dora.clone(), Permission::AuditRead, Some(ada)).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    let refused = world.app.take_emergency_access(&dora, ada, reason()).await;
    assert!(matches!(refused, Err(Error::ReauthenticationRequired { .. })));
}
