//! Administrators.

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::answers::{counts, done, kinds, of, only};
use crate::person::Person;
use crate::service::{AT_ONCE, Service, address};

pub(crate) async fn of_fifty_invitations_of_one_address_one_is_sent(service: &Service) {
    let (root, email) = (service.root().await, address("grace"));
    let body = json!({"email": email, "roles": ["clinician"]});

    let answers = service.fifty(|n| service.post(n, "/users", &body).bearer_auth(&root.access_token)).await;

    assert_eq!(kinds(&answers), counts([("201", 1), ("409 conflict", AT_ONCE - 1)]));
    let user = service.the_one(&root, &email).await;
    assert_eq!((&user["status"], &user["roles"]), (&json!("pending"), &json!(["clinician"])));
    let events = service.events(&root, user["id"].as_str().unwrap()).await;
    assert_eq!((done(&events, "user.invited"), done(&events, "link.issued")), (1, 1));
    service.mails_about(&email, "you are invited", 1).await;
}

pub(crate) async fn of_fifty_emergency_accesses_to_one_person_one_is_open(service: &Service) {
    let (me, root) = (service.somebody("ada").await, service.root().await);
    let body = json!({"subject_id": service.voxgate.id_of(&me).await, "reason": "found unconscious"});

    let take = |n| service.post(n, "/auth/emergency-access", &body).bearer_auth(&root.access_token);
    let answers = service.fifty(take).await;

    assert_eq!(kinds(&answers), counts([("201", 1), ("409 conflict", AT_ONCE - 1)]));
    let events = service.events(&root, body["subject_id"].as_str().unwrap()).await;
    assert_eq!(done(&events, "emergency_access.granted"), 1);
    service.mails_about(&me.email, "emergency access to your data", 1).await;
}

fn roles_in(value: &Value) -> BTreeSet<&str> {
    value.as_array().unwrap().iter().map(|role| role.as_str().unwrap()).collect()
}

pub(crate) async fn fifty_changes_of_roles_follow_each_other_in_the_trail(service: &Service) {
    let (me, root) = (service.somebody("ada").await, service.root().await);
    let id = service.voxgate.id_of(&me).await;
    let path = format!("/users/{id}/roles");
    let sets = [json!(["clinician", "patient"]), json!(["auditor"]), json!([])];
    let put = |n: usize| {
        let body = json!({"roles": sets[n % sets.len()], "reason": "a test"});
        service.request(n, Method::PUT, &path).bearer_auth(&root.access_token).json(&body)
    };

    let answers = service.fifty(put).await;

    assert_eq!(kinds(&answers), counts([("200", AT_ONCE)]));
    // From the roles of everybody, each change as it was recorded leads to the next, and the last to what is.
    let events = service.events(&root, &id).await;
    let mut roles: BTreeSet<&str> = BTreeSet::from(["patient"]);
    for event in of(&events, "role.changed", "success").into_iter().rev() {
        let details = &event["details"];
        let (added, removed) = (roles_in(&details["added"]), roles_in(&details["removed"]));
        assert!(added.is_disjoint(&roles) && removed.is_subset(&roles), "{details} from {roles:?}");
        roles = roles.difference(&removed).chain(&added).copied().collect();
    }
    let now = service.voxgate.profile(&me).await.expect(200).json();
    assert_eq!(roles_in(&now["roles"]), roles);
    assert!(sets.contains(&now["roles"]), "{now}");
}

/// With a service of its own: of the shared one others need the administrator.
pub(crate) async fn of_four_administrators_who_all_put_each_other_out_one_can_still_act(shared: &Service) {
    let service = Service::start(shared.backend(), "10s").await;
    let mut admins: Vec<(Person, String)> = Vec::new();
    for n in 0..4 {
        let admin = if n == 0 { service.root().await } else { service.voxgate.admin(&address("admin")).await };
        let id = service.voxgate.id_of(&admin).await;
        admins.push((admin, id));
    }
    // Each switches every other off, takes their roles, and closes their own account.
    let put = |n: usize, by: &Person, path: &str, body: &Value| -> RequestBuilder {
        service.request(n, Method::PUT, path).bearer_auth(&by.access_token).json(body)
    };
    let off = json!({"status": "inactive", "reason": "a test"});
    let none = json!({"roles": ["patient"], "reason": "a test"});
    let mut requests = Vec::new();
    for (by, mine) in &admins {
        for (_, other) in admins.iter().filter(|(_, id)| id != mine) {
            requests.push(put(requests.len(), by, &format!("/users/{other}/status"), &off));
            requests.push(put(requests.len(), by, &format!("/users/{other}/roles"), &none));
        }
        let close = service.request(requests.len(), Method::DELETE, "/users/account");
        requests.push(close.bearer_auth(&by.access_token));
    }

    let answers = service.at_once(requests).await;

    only(&answers, &["200", "204", "401 unauthenticated", "403 forbidden", "409 conflict"]);
    let mut acting = Vec::new();
    for (admin, id) in &admins {
        let list = service
            .voxgate
            .call(Method::GET, "/users?role=admin&status=active", &admin.access_token, Value::Null)
            .await;
        if list.status == 200 {
            acting.push((id, list.json()["items"].clone()));
        }
    }
    assert!(!acting.is_empty(), "nobody can act any more");
    let ids: BTreeSet<&str> = acting.iter().map(|(id, _)| id.as_str()).collect();
    let listed: BTreeSet<&str> =
        acting[0].1.as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids);
}
