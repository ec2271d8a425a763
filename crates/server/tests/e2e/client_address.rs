//! From where a request comes, and what depends on it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::{PASSWORD, Person, person};
use crate::roles::MATRIX;

const TRUSTED: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.0/8");
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Asks for `path` as a proxy does for somebody.
async fn ask_for(voxgate: &Voxgate, path: &str, forwarded: &str) -> Answer {
    voxgate.send(voxgate.request(Method::GET, path).header(FORWARDED_FOR, forwarded)).await
}

async fn statuses(voxgate: &Voxgate, forwarded: &[&str]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for value in forwarded {
        statuses.push(ask_for(voxgate, "/.well-known/jwks.json", value).await.status);
    }
    statuses
}

pub(crate) async fn a_forged_header_evades_no_limit(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("RATE_LIMIT_PER_IP", "3/1h")]).await;
    let forged = ["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4", "203.0.113.5"];
    assert_eq!(statuses(&voxgate, &forged).await, [200, 200, 200, 429, 429]);
    let request = voxgate.request(Method::GET, "/.well-known/jwks.json").header("forwarded", "for=203.0.113.6");
    voxgate.send(request).await.expect_problem(429, "rate_limited");

    // Behind a proxy that is trusted, what the caller sent stands left of what the proxy wrote.
    let voxgate = Voxgate::start_with(backend, &[("RATE_LIMIT_PER_IP", "3/1h"), TRUSTED]).await;
    let forged = ["203.0.113.1, 198.51.100.7", "127.0.0.9, 198.51.100.7", "junk, 198.51.100.7", "::1, 198.51.100.7"];
    assert_eq!(statuses(&voxgate, &forged).await, [200, 200, 200, 429]);
}

pub(crate) async fn behind_a_trusted_proxy_callers_are_told_apart(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("RATE_LIMIT_PER_IP", "2/1h"), TRUSTED]).await;
    let callers = ["203.0.113.1", "203.0.113.2", "203.0.113.1", "203.0.113.2", "203.0.113.1", "203.0.113.3"];
    assert_eq!(statuses(&voxgate, &callers).await, [200, 200, 200, 200, 429, 200]);
    // A /64 is one caller, however its address is written.
    let callers = ["2001:db8:0:1::1", "[2001:db8:0:1:ffff::2]:443", "2001:db8:0:1::3", "2001:db8:0:2::1"];
    assert_eq!(statuses(&voxgate, &callers).await, [200, 200, 429, 200]);
    assert_eq!(statuses(&voxgate, &["::ffff:203.0.113.1"]).await, [429]);

    // Sessions and events have the caller's address, not the proxy's.
    let voxgate = Voxgate::start_with(backend, &[TRUSTED]).await;
    voxgate.verified("ada@example.org").await;
    let body = json!({"email": "ada@example.org", "password": PASSWORD});
    let request = voxgate.request(Method::POST, "/auth/login").header("forwarded", "for=\"[2001:db8::7]\"").json(&body);
    let ada = person("ada@example.org", &voxgate.send(request).await.expect(200).json());
    let copy = voxgate.call(Method::GET, "/users/export", &ada.access_token, Value::Null).await.expect(200).json();
    assert_eq!(copy["sessions"][0]["ip_address"], "2001:db8::7", "{copy}");
    let events = copy["audit_events"].as_array().unwrap();
    let login = events.iter().find(|event| event["event"] == "login.succeeded").unwrap();
    assert_eq!(login["ip_address"], "2001:db8::7");
}

pub(crate) async fn only_listed_networks_may_call(backend: Backend) {
    let settings = [TRUSTED, ("IP_ALLOWLIST", "192.0.2.0/24, 2001:db8::/32")];
    let voxgate = Voxgate::start_with(backend, &settings).await;
    for path in ["/health", "/openapi.json", "/users/profile", "/nothing", "/verify-email"] {
        ask_for(&voxgate, path, "203.0.113.1").await.expect_problem(403, "ip_not_allowed");
        assert_ne!(ask_for(&voxgate, path, "192.0.2.77").await.status, 403, "{path}");
        assert_ne!(ask_for(&voxgate, path, "2001:db8:9::1").await.status, 403, "{path}");
    }
    // Probes come from wherever the platform is.
    ask_for(&voxgate, "/health/live", "203.0.113.1").await.expect(200);
    voxgate.get("/health/ready").await.expect(200);
}

/// A request as `who` through the proxy, on an id that is nobody's.
async fn call_from(voxgate: &Voxgate, who: &Person, route: &str, address: &str) -> Answer {
    let (method, path) = route.split_once(' ').unwrap();
    let path = path.replace("{id}", "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d");
    let method: Method = method.to_uppercase().parse().unwrap();
    let takes_body = matches!(method, Method::POST | Method::PUT);
    let request = voxgate.request(method, &path).bearer_auth(&who.access_token).header(FORWARDED_FOR, address);
    voxgate.send(if takes_body { request.json(&json!({})) } else { request }).await
}

pub(crate) async fn permissions_are_of_use_in_listed_networks_alone(backend: Backend) {
    let settings = [TRUSTED, ("ADMIN_IP_ALLOWLIST", "192.0.2.0/24")];
    let voxgate = Voxgate::start_with(backend, &settings).await;
    let admin = voxgate.admin("root@example.org").await;
    for (route, roles) in MATRIX {
        if roles.contains(&"admin") {
            let refused = call_from(&voxgate, &admin, route, "203.0.113.1").await;
            refused.expect_problem(403, "ip_not_allowed");
            let answer = call_from(&voxgate, &admin, route, "192.0.2.1").await;
            assert_ne!(answer.status, 403, "{route}: {answer:?}");
        }
    }
    // Their own account is theirs from anywhere; and the refusals are in the trail.
    call_from(&voxgate, &admin, "get /users/profile", "203.0.113.1").await.expect(200);
    let request = voxgate.request(Method::GET, "/audit?event=access.denied&limit=200").bearer_auth(&admin.access_token);
    let denied = voxgate.send(request.header(FORWARDED_FOR, "192.0.2.1")).await.expect(200).json();
    let denied = denied["items"].as_array().unwrap();
    assert!(denied.len() >= 10 && denied.iter().all(|event| event["details"]["why"] == "not_from_there"), "{denied:?}");
    assert!(denied.iter().all(|event| event["ip_address"] == "203.0.113.1"));
}
