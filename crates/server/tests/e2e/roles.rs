//! Who may do what.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::{PASSWORD, Person, person};

/// The routes that need a permission, and the roles that have it.
pub(crate) const MATRIX: &[(&str, &[&str])] = &[
    ("get /audit", &["admin", "auditor"]),
    ("get /auth/emergency-access", &["admin", "clinician"]),
    ("post /auth/emergency-access", &["admin", "clinician"]),
    ("delete /auth/emergency-access/{id}", &["admin", "clinician"]),
    ("get /auth/revocations", &["admin"]),
    ("get /service-accounts", &["admin"]),
    ("post /service-accounts", &["admin"]),
    ("post /service-accounts/{id}/secret", &["admin"]),
    ("delete /service-accounts/{id}", &["admin"]),
    ("get /emergency-accesses", &["admin", "auditor"]),
    ("get /health/detailed", &["admin", "auditor"]),
    ("get /metrics", &["admin", "auditor"]),
    ("get /roles", &["admin", "auditor"]),
    ("get /users", &["admin", "clinician"]),
    ("post /users", &["admin"]),
    ("get /users/{id}", &["admin", "clinician"]),
    ("get /users/{id}/audit", &["admin", "auditor"]),
    ("get /users/{id}/disclosures", &["admin", "auditor"]),
    ("put /users/{id}/roles", &["admin"]),
    ("get /users/{id}/sessions", &["admin"]),
    ("delete /users/{id}/sessions", &["admin"]),
    ("put /users/{id}/status", &["admin"]),
    ("post /users/{id}/unlock", &["admin"]),
    ("get /webhooks", &["admin"]),
    ("post /webhooks", &["admin"]),
    ("get /webhooks/{id}", &["admin"]),
    ("put /webhooks/{id}", &["admin"]),
    ("delete /webhooks/{id}", &["admin"]),
    ("get /webhooks/{id}/deliveries", &["admin"]),
    ("post /webhooks/{id}/replay", &["admin"]),
    ("post /webhooks/{id}/secret", &["admin"]),
    ("post /webhooks/{id}/test", &["admin"]),
];

const ROLES: &[&str] = &["patient", "clinician", "researcher", "admin", "auditor"];

/// Who may call a route, as the document declares it.
enum Declared {
    Public,
    Authenticated,
    Permission(&'static [&'static str]),
}

/// Every route of the document; those that end the session that calls them come last.
async fn routes(voxgate: &Voxgate) -> Vec<(String, Declared)> {
    let document = voxgate.get("/openapi.json").await.expect(200).json();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, value)| value["responses"].is_object())
        {
            let name = format!("{method} {path}");
            let declared = match (operation["x-public"] == true, operation["x-permission"].as_str()) {
                (true, None) => Declared::Public,
                (false, Some("authenticated")) => Declared::Authenticated,
                (false, Some(_)) => {
                    let row = MATRIX.iter().find(|(route, _)| *route == name);
                    Declared::Permission(row.unwrap_or_else(|| panic!("{name} is not in the matrix")).1)
                }
                _ => panic!("{name} does not declare who may call it"),
            };
            routes.push((name, declared));
        }
    }
    let declared: BTreeMap<_, _> = routes.iter().map(|(name, _)| (name.as_str(), ())).collect();
    assert!(MATRIX.iter().all(|(name, _)| declared.contains_key(name)), "the matrix has a route that is not there");
    routes.sort_by_key(|(name, _)| matches!(name.as_str(), "post /auth/logout" | "delete /users/account"));
    routes
}

/// Calls a route with an empty body where it takes one, on an id that is nobody's.
async fn call(voxgate: &Voxgate, route: &str, token: Option<&str>) -> Answer {
    let (method, path) = route.split_once(' ').unwrap();
    let path = path.replace("{id}", "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d");
    let method: Method = method.to_uppercase().parse().unwrap();
    let takes_body = matches!(method, Method::POST | Method::PUT) && route != "post /auth/logout";
    // As through a proxy: somebody on the machine itself may see more.
    let mut request = voxgate.request(method, &path).header("x-forwarded-for", "203.0.113.9");
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    voxgate.send(if takes_body { request.json(&json!({})) } else { request }).await
}

/// Whether the caller got past authentication and authorization.
fn let_in(answer: &Answer) -> bool {
    match answer.status {
        200..=299 => true,
        400..=499 => !["unauthenticated", "forbidden"].contains(&answer.code().as_str()),
        _ => panic!("{answer:?}"),
    }
}

pub(crate) async fn every_role_may_do_what_the_matrix_says(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let root = voxgate.admin("root@example.org").await;
    let routes = routes(&voxgate).await;
    for (route, declared) in &routes {
        let answer = call(&voxgate, route, None).await;
        let expected = matches!(declared, Declared::Public);
        assert_eq!(let_in(&answer), expected, "nobody at {route}: {answer:?}");
        assert!(expected || answer.status == 401, "nobody at {route}: {answer:?}");
    }
    for role in ROLES {
        let email = format!("{role}@example.org");
        let mut who = voxgate.invited(&root, &email, &[role]).await;
        for (route, declared) in &routes {
            let answer = call(&voxgate, route, Some(&who.access_token)).await;
            match declared {
                Declared::Public | Declared::Authenticated => assert!(let_in(&answer), "{role} at {route}: {answer:?}"),
                Declared::Permission(roles) if roles.contains(role) => {
                    assert!(let_in(&answer), "{role} at {route}: {answer:?}");
                }
                Declared::Permission(_) => {
                    assert_eq!((answer.status, answer.code().as_str()), (403, "forbidden"), "{role} at {route}");
                }
            }
            if route == "post /auth/logout" {
                who = person(&email, &voxgate.log_in(&email, PASSWORD).await.expect(200).json());
            }
        }
    }
}

async fn see_users(voxgate: &Voxgate, who: &Person) -> Answer {
    voxgate.call(Method::GET, "/users", &who.access_token, Value::Null).await
}

pub(crate) async fn a_change_of_roles_counts_on_the_next_request(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    let ada = voxgate.logged_in("ada@example.org").await;
    let id = voxgate.id_of(&ada).await;
    see_users(&voxgate, &ada).await.expect_problem(403, "forbidden");

    let given = voxgate.give(&admin, &id, &["clinician", "patient"]).await.expect(200).json();
    assert_eq!(given["roles"], json!(["clinician", "patient"]));
    see_users(&voxgate, &ada).await.expect(200);
    assert_eq!(voxgate.profile(&ada).await.json()["roles"], json!(["clinician", "patient"]));
    // The first mail was the link.
    assert!(voxgate.mail_to(&ada.email, 2).await.contains("rights"));

    voxgate.give(&admin, &id, &["patient"]).await.expect(200);
    see_users(&voxgate, &ada).await.expect_problem(403, "forbidden");
}

pub(crate) async fn a_refusal_is_audited(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let ada = voxgate.logged_in("ada@example.org").await;
    see_users(&voxgate, &ada).await.expect_problem(403, "forbidden");
    let export = voxgate.call(Method::GET, "/users/export", &ada.access_token, Value::Null).await.expect(200).json();
    let events = export["audit_events"].as_array().unwrap();
    let denied = events.iter().find(|event| event["event"] == "access.denied").unwrap();
    assert_eq!(denied["outcome"], "denied");
}

pub(crate) async fn nobody_gives_themselves_a_role_or_a_status(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let ada = voxgate.logged_in("ada@example.org").await;
    for (field, value) in [
        ("roles", json!(["admin"])),
        ("role", json!("admin")),
        ("status", json!("active")),
        ("id", json!("019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d")),
        ("email_verified", json!(true)),
    ] {
        let register = json!({"email": "eve@example.org", "password": PASSWORD, field: value});
        let profile = json!({"first_name": "Ada", field: value});
        for answer in
            [voxgate.post("/auth/register", register).await, voxgate.put(&ada, "/users/profile", profile).await]
        {
            let errors = answer.expect_problem(422, "validation_failed").json()["errors"].clone();
            assert_eq!((&errors[0]["field"], &errors[0]["code"]), (&json!(field), &json!("unknown_field")));
        }
    }
    assert_eq!(voxgate.profile(&ada).await.json()["roles"], json!(["patient"]));
    assert!(voxgate.mails_to("eve@example.org").is_empty());
}

pub(crate) async fn roles_that_need_a_second_factor_are_refused_without_one(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("MFA_REQUIRED_ROLES", "admin,auditor")]).await;
    let admin = voxgate.admin("root@example.org").await;
    for route in MATRIX.iter().filter(|(_, roles)| roles.contains(&"admin")) {
        let answer = call(&voxgate, route.0, Some(&admin.access_token)).await;
        answer.expect_problem(403, "mfa_enrollment_required");
    }
    // Their own account is theirs all the same.
    voxgate.profile(&admin).await.expect(200);

    // Until it is on: in the session that turned it on, and in none that has the password alone.
    let before = person(&admin.email, &voxgate.log_in(&admin.email, PASSWORD).await.expect(200).json());
    voxgate.turn_on_mfa(&admin).await;
    see_users(&voxgate, &admin).await.expect(200);
    see_users(&voxgate, &before).await.expect_problem(403, "mfa_enrollment_required");
}
