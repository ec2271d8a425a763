//! Looking after the accounts of others.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use voxgate_application::{Error, InviteUser};
use voxgate_domain::audit::EventFilter;
use voxgate_domain::user::{AccountSwitch, UserFilter};
use voxgate_domain::{PageLimit, PageQuery, Password, Permission, Profile, Reason, RoleName, UserId};

use crate::world::{PASSWORD, World, address, client, minutes};

fn why() -> Reason {
    Reason::parse("asked by the ward").unwrap()
}

fn roles(names: &[&str]) -> BTreeSet<RoleName> {
    names.iter().map(|name| RoleName::parse(name).unwrap()).collect()
}

fn page_of(limit: &str) -> PageQuery {
    PageQuery { limit: PageLimit::parse(limit).unwrap(), cursor: None }
}

#[tokio::test]
async fn somebody_is_invited_and_sets_a_password() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let invite = |name| InviteUser { email: address(name), roles: roles(&["clinician"]), profile: Profile::default() };
    let invited = world.app.invite_user(&root, invite("dora")).await.unwrap();
    world.call(invited.user.id, "dora");
    assert_eq!(invited.roles, Vec::from_iter(roles(&["clinician"])));
    assert!(world.app.invite_user(&root, invite("dora")).await.is_err());
    let link = world.link_to("dora").await;
    world.app.reset_password(&link, Password::parse(PASSWORD).unwrap(), &client()).await.unwrap();
    world.pair("dora").await;
    assert_eq!(
        world.trail().await,
        [
            "user.invited root>dora in a session from there",
            r#"role.changed root>dora in a session from there {"added":["clinician"],"removed":[]}"#,
            r#"link.issued root>dora in a session from there {"link":"accept_invitation"}"#,
            "user.verified dora>dora from there",
            "password.reset dora>dora from there",
            r#"login.succeeded dora>dora in a session from there {"amr":["pwd"],"device":"new"}"#,
        ]
    );
}

#[tokio::test]
async fn only_whoever_may_give_roles_invites_with_one() {
    let world = World::new().await;
    world.patient("ada").await;
    let ada = world.logged_in("ada").await;
    world.forget().await;
    let invite = InviteUser { email: address("eve"), roles: roles(&["admin"]), profile: Profile::default() };
    assert!(matches!(world.app.invite_user(&ada, invite).await, Err(Error::Forbidden)));
    assert_eq!(
        world.trail().await,
        [r#"access.denied failed ada>? in a session from there {"permission":"roles:assign","why":"not_permitted"}"#,]
    );
}

#[tokio::test]
async fn looking_at_people_is_recorded_with_its_purpose() {
    let world = World::new().await;
    let mut root = world.admin("root").await;
    let ada = world.patient("ada").await;
    root.purpose = Some(why());
    let seen = world.app.read_user(&root, ada).await.unwrap();
    assert_eq!((seen.user.id, seen.locked_until), (ada, None));
    let unknown = UserId::from(voxgate_domain::fixtures::user().build().id.as_uuid());
    assert!(matches!(world.app.read_user(&root, unknown).await, Err(Error::NotFound)));
    let listed = world.app.list_users(&root, &UserFilter::default(), &page_of("1")).await.unwrap();
    let next = PageQuery { cursor: listed.next, ..page_of("1") };
    let rest = world.app.list_users(&root, &UserFilter::default(), &next).await.unwrap();
    assert_eq!((listed.items[0].user.id, rest.items[0].user.id), (ada, root.user_id()));
    assert_eq!(rest.next, None);
    // A cursor is good for its own list.
    assert!(matches!(world.app.list_emergency_accesses(&root, &next).await, Err(Error::InvalidCursor)));
    world.app.list_user_sessions(&root, ada).await.unwrap();
    assert!(matches!(world.app.list_user_sessions(&root, unknown).await, Err(Error::NotFound)));
    assert_eq!(
        world.trail().await,
        [
            r#"user.read root>ada in a session from there since "asked by the ward""#,
            r#"user.listed root>? in a session from there since "asked by the ward" {"users":["ada"]}"#,
            r#"user.listed root>? in a session from there since "asked by the ward" {"users":["root"]}"#,
            r#"session.listed root>ada in a session from there since "asked by the ward""#,
        ]
    );
}

#[tokio::test]
async fn who_looked_at_somebody_is_accounted_for() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let ada = world.patient("ada").await;
    world.app.read_user(&root, ada).await.unwrap();
    let own = world.logged_in("ada").await;
    world.forget().await;
    let disclosed = world.app.list_disclosures(&own, ada, &PageQuery::default()).await.unwrap();
    assert_eq!(disclosed.items.iter().map(|event| event.event.as_str()).collect::<Vec<_>>(), ["user.read"]);
    let events = world.app.list_user_events(&own.clone().into(), ada, EventFilter::default(), &page_of("2")).await;
    let events = events.unwrap();
    assert_eq!(events.items.len(), 2);
    assert!(events.next.is_some());
    let all = world.app.list_events(&root.clone().into(), &EventFilter::default(), &page_of("3")).await.unwrap();
    let next = PageQuery { cursor: all.next, ..page_of("3") };
    let more = world.app.list_events(&root.clone().into(), &EventFilter::default(), &next).await.unwrap();
    assert!(all.items.iter().all(|event| !more.items.iter().any(|other| other.id == event.id)));
    world.app.record_audit_export(&root.into(), &EventFilter::default()).await.unwrap();
    assert_eq!(
        world.trail().await,
        [
            r#"audit.read ada>ada in a session from there {"access":"list"}"#,
            r#"audit.read root>? in a session from there {"access":"list"}"#,
            r#"audit.read root>? in a session from there {"access":"list"}"#,
            r#"audit.read root>? in a session from there {"access":"export"}"#,
        ]
    );
}

#[tokio::test]
async fn roles_are_given_and_taken_and_their_owner_is_told() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let ada = world.patient("ada").await;
    let given = world.app.set_user_roles(&root, ada, roles(&["clinician", "patient"]), &why()).await.unwrap();
    assert_eq!(given.roles.len(), 2);
    world.app.set_user_roles(&root, ada, roles(&["clinician", "patient"]), &why()).await.unwrap();
    world.app.set_user_roles(&root, ada, roles(&["researcher"]), &why()).await.unwrap();
    let unknown = world.app.set_user_roles(&root, ada, roles(&["astronaut"]), &why()).await;
    assert!(matches!(unknown, Err(Error::UnknownRole(_))), "{unknown:?}");
    let own = world.app.set_user_roles(&root, root.user_id(), roles(&["patient"]), &why()).await;
    assert!(matches!(own, Err(Error::Inadmissible(_))), "{own:?}");
    assert_eq!(world.mail_names("ada").await, ["roles_changed", "roles_changed"]);
    let there = world.app.list_roles().await.unwrap().into_iter().map(|role| role.name).collect();
    assert!(roles(&["admin", "clinician", "patient", "researcher"]).is_subset(&there), "{there:?}");
    assert_eq!(
        world.trail().await,
        [
            r#"role.changed root>ada in a session from there since "asked by the ward" {"added":["clinician"],"removed":[]}"#,
            r#"role.changed root>ada in a session from there since "asked by the ward" {"added":["researcher"],"removed":["clinician","patient"]}"#,
        ]
    );
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let other = world.admin("rita").await;
    let off = world.app.set_user_status(&root, other.user_id(), AccountSwitch::Inactive, &why()).await.unwrap();
    assert_eq!(off.roles, Vec::from_iter(roles(&["admin"])));
    let last = world.app.set_user_status(&other, root.user_id(), AccountSwitch::Inactive, &why()).await;
    assert!(matches!(last, Err(Error::Inadmissible(_))), "{last:?}");
    let last = world.app.set_user_roles(&other, root.user_id(), roles(&["patient"]), &why()).await;
    assert!(matches!(last, Err(Error::Inadmissible(_))), "{last:?}");
    let last = world.app.delete_account(&root).await;
    assert!(matches!(last, Err(Error::Inadmissible(_))), "{last:?}");
    world.app.set_user_status(&root, other.user_id(), AccountSwitch::Active, &why()).await.unwrap();
    world.app.set_user_status(&root, other.user_id(), AccountSwitch::Active, &why()).await.unwrap();
    world.app.delete_account(&root).await.unwrap();
    assert_eq!(
        world.trail().await,
        [
            r#"user.deactivated root>rita in a session from there since "asked by the ward""#,
            r#"session.revoked root>rita in a session from there {"count":1,"why":"administration"}"#,
            r#"user.activated root>rita in a session from there since "asked by the ward""#,
            "user.deleted root>root in a session from there",
            r#"session.revoked root>root in a session from there {"count":1,"why":"account_deleted"}"#,
        ]
    );
}

#[tokio::test]
async fn sessions_of_others_are_ended_and_locks_lifted() {
    let world = World::new().await;
    let root = world.admin("root").await;
    let ada = world.patient("ada").await;
    let pair = world.pair("ada").await;
    for _ in 0..5 {
        world.log_in("ada", "wrong wrong wrong").await.unwrap_err();
    }
    world.forget().await;
    let seen = world.app.read_user(&root, ada).await.unwrap();
    assert!(seen.locked_until.is_some());
    world.app.unlock_user(&root, ada, &why()).await.unwrap();
    world.app.unlock_user(&root, ada, &why()).await.unwrap();
    world.pair("ada").await;
    world.app.end_user_sessions(&root, ada).await.unwrap();
    world.app.end_user_sessions(&root, ada).await.unwrap();
    assert!(world.app.authenticate(pair.access_token.0.expose_secret()).await.is_err());
    let nobody = voxgate_domain::fixtures::user().build().id;
    assert!(matches!(world.app.end_user_sessions(&root, nobody).await, Err(Error::NotFound)));
    assert!(matches!(world.app.unlock_user(&root, nobody, &why()).await, Err(Error::NotFound)));
    assert_eq!(
        world.trail().await,
        [
            "user.read root>ada in a session from there",
            r#"account.unlocked root>ada in a session from there since "asked by the ward""#,
            r#"account.unlocked root>ada in a session from there since "asked by the ward""#,
            r#"login.succeeded ada>ada in a session from there {"amr":["pwd"],"device":"known"}"#,
            r#"session.revoked root>ada in a session from there {"count":2,"why":"administration"}"#,
        ]
    );
}

#[tokio::test]
async fn what_needs_a_permission_is_refused_without_it_and_that_is_recorded() {
    let world = World::new().await;
    let ada = world.patient("ada").await;
    let root = world.admin("root").await;
    let caller = world.logged_in("ada").await;
    world.forget().await;
    let refused = world.app.authorize(caller, Permission::UsersWrite, Some(ada)).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    world.pass(minutes(1));
    world.app.authorize(root, Permission::UsersWrite, Some(ada)).await.unwrap();
    assert_eq!(
        world.trail().await,
        [r#"access.denied failed ada>ada in a session from there {"permission":"users:write","why":"not_permitted"}"#,]
    );
}
