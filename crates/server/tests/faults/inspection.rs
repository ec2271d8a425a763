//! The last look: everything that somebody was told is there, once, and nothing that nobody did.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::ledger::{Account, Count, has_profile};
use crate::person::Person;
use crate::post::{PASSWORD_CHANGED, PROOF, Post};
use crate::service::Service;
use crate::visitor::Visitor;

/// How many there were of each.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) accounts: usize,
    pub(crate) open: usize,
    pub(crate) ended: usize,
    pub(crate) events: usize,
}

/// Looks at every account of every visitor, by its owner's eyes and an administrator's.
pub(crate) async fn inspect(service: &Service, visitors: &mut [Visitor]) -> Seen {
    let each = visitors.iter_mut().map(|visitor| async {
        let mut seen = Seen::default();
        for account in &mut visitor.accounts {
            let root = service.root().await;
            is_as_told(account, service, &root, &mut seen).await;
        }
        seen
    });
    join_all(each).await.into_iter().fold(Seen::default(), |sum, one| Seen {
        accounts: sum.accounts + one.accounts,
        open: sum.open + one.open,
        ended: sum.ended + one.ended,
        events: sum.events + one.events,
    })
}

async fn is_as_told(account: &mut Account, service: &Service, root: &Person, seen: &mut Seen) {
    let line = &service.line;
    // One account, with the last password and the last profile.
    let path = format!("/users?include_deleted=true&q={}", account.email);
    let found = line.get(&path, &root.access_token).await.expect(200).json();
    let users = found["items"].as_array().unwrap();
    assert_eq!(users.len(), 1, "{} has {} accounts", account.email, users.len());
    let id = users[0]["id"].as_str().unwrap().to_owned();
    assert!(account.log_in(line).await, "{}", account.email);
    let mine = account.open.last().unwrap().access.clone();
    let user = line.get("/users/profile", &mine).await.expect(200).json();
    assert!(has_profile(&user, account.profile), "not profile {}: {user}", account.profile);

    // Sessions that are open go on with their latest tokens, and those that ended are over.
    for n in 0..account.open.len() {
        line.get("/users/profile", &account.open[n].access).await.expect(200);
        account.refresh(n, line).await;
    }
    for session in &account.ended {
        line.get("/users/profile", &session.access).await.expect_problem(401, "unauthenticated");
        let body = json!({"refresh_token": session.refresh});
        let refused = line.answer(Method::POST, "/auth/refresh", "", body).await;
        refused.expect_problem(401, "invalid_refresh_token");
    }

    // Each act has its event, and each event its act.
    let events = events(service, root, &id).await;
    let number = |name: &str| events.iter().filter(|one| one["event"] == name && one["outcome"] == "success").count();
    for act in ["user.registered", "user.verified", "session.logged_out", "profile.updated", "password.changed"] {
        assert_eq!((act, number(act)), (act, account.count(act).sure), "{}: {events:?}", account.email);
    }
    for act in ["login.succeeded", "session.refreshed"] {
        let (told, number) = (account.count(act), number(act));
        assert!(told.holds(number), "{}: {number} times {act}, and told {told:?}", account.email);
    }
    // What was in doubt for its owner is none for the tables: what they have has its event.
    let recorded = (number("login.succeeded"), number("session.refreshed"));
    assert_eq!(service.sessions_of(&id), recorded, "{}: sessions and refreshes, and their events", account.email);
    // A change of password that ended sessions says so in one event more.
    let by_password = account.count("password.changed").sure;
    let told = Count { sure: account.count("session.revoked").sure, doubtful: by_password };
    assert!(told.holds(number("session.revoked")), "{}: {told:?}, {events:?}", account.email);
    mails_are_as_told(account, &service.post);

    seen.accounts += 1;
    seen.open += account.open.len();
    seen.ended += account.ended.len();
    seen.events += events.len();
}

fn mails_are_as_told(account: &Account, post: &Post) {
    let links = post.number(&account.email, PROOF);
    assert!(account.links.holds(links), "{}: {links} links, and told {:?}", account.email, account.links);
    let told = account.count("password.changed").sure;
    assert_eq!(post.number(&account.email, PASSWORD_CHANGED), told, "notices to {}", account.email);
}

/// Everything in the trail about somebody.
async fn events(service: &Service, root: &Person, user: &str) -> Vec<Value> {
    let (mut events, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/users/{user}/audit?limit=200{cursor}");
        let page = service.line.get(&path, &root.access_token).await.expect(200).json();
        events.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { return events };
        cursor = format!("&cursor={next}");
    }
}
