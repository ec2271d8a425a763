//! Who has an account, and whose account it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::{OTHER_PASSWORD, PASSWORD};

/// What is different each time: which limit is the tightest changes with the requests before and the time between.
const PASSING: [&str; 5] = ["x-request-id", "date", "traceparent", "ratelimit", "ratelimit-policy"];

/// What a header lists, in one order: each worker of the server has its own for what CORS exposes (a set), and which
/// worker answers follows from the connection.
fn listed(list: &str) -> BTreeSet<String> {
    list.split(", ").map(str::to_owned).collect()
}

/// What of an answer could tell something.
fn told(answer: &Answer) -> (u16, BTreeMap<String, BTreeSet<String>>, Value) {
    let headers = answer.headers.iter().filter(|(name, _)| !PASSING.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), listed(value.to_str().unwrap()))).collect();
    let mut body = serde_json::from_str(&answer.text).unwrap_or(Value::Null);
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    (answer.status, headers, body)
}

pub(crate) async fn enumeration_by_lock_message(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("LOCKOUT_THRESHOLD", "3")]).await;
    voxgate.verified("known@example.org").await;
    for attempt in 0..4 {
        let known = voxgate.log_in("known@example.org", OTHER_PASSWORD).await;
        let unknown = voxgate.log_in("nobody@example.org", OTHER_PASSWORD).await;
        let (mut known, mut unknown) = (told(&known), told(&unknown));
        // Seconds go by between the two.
        let waits = [&mut known, &mut unknown].map(|answer| answer.1.remove("retry-after").is_some());
        assert_eq!(waits, [attempt == 3; 2], "attempt {attempt}");
        assert_eq!(known, unknown, "attempt {attempt}");
    }
}

pub(crate) async fn enumeration_by_register(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    voxgate.verified("known@example.org").await;
    let register = async |email: &str| {
        told(&voxgate.post("/auth/register", json!({"email": email, "password": OTHER_PASSWORD})).await)
    };
    let unknown = register("unknown@example.org").await;
    assert_eq!(unknown.0, 202);
    for email in ["known@example.org", "KNOWN@EXAMPLE.ORG", " known@example.org "] {
        assert_eq!(register(email).await, unknown, "{email}");
    }
    voxgate.log_in("known@example.org", PASSWORD).await.expect(200);
}

pub(crate) async fn unicode_and_case_takeover_of_addresses(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    voxgate.verified("mike@example.org").await;
    let before = voxgate.mails_to("mike@example.org").len();

    // Whoever asks in another case is the same person, and the mail goes where it always went.
    voxgate.post("/auth/forgot-password", json!({"email": "MIKE@EXAMPLE.ORG"})).await.expect(202);
    voxgate.mail_to("mike@example.org", before + 1).await;

    // Letters that become the same ones by Unicode's case folding or compatibility forms are other letters: refused
    // where no mailbox can have them, and nobody else's account where one can.
    for lookalike in
        ["mi\u{212a}e@example.org", "m\u{131}ke@example.org", "ｍike@example.org", "mike\u{200b}@example.org"]
    {
        let body = json!({"email": lookalike, "password": OTHER_PASSWORD});
        voxgate.post("/auth/register", body).await.expect_problem(422, "validation_failed");
        let asked = voxgate.post("/auth/forgot-password", json!({"email": lookalike})).await;
        asked.expect_problem(422, "validation_failed");
    }
    // IDNA makes one domain of these, so they are one account: registering them again tells its owner alone.
    voxgate.verified("eve@xn--bcher-kva.example").await;
    for same in ["eve@BU\u{308}CHER.example", "eve@b\u{fc}cher.example", "eve@b\u{fc}cher\u{3002}example"] {
        voxgate.post("/auth/register", json!({"email": same, "password": OTHER_PASSWORD})).await.expect(202);
        voxgate.log_in(same, PASSWORD).await.expect(200);
    }
    // Another script's letters are another domain.
    voxgate.log_in("eve@b\u{fc}\u{441}her.example", PASSWORD).await.expect_problem(401, "invalid_credentials");
    assert_eq!(voxgate.mails_to("mike@example.org").len(), before + 1);
    voxgate.log_in("mike@example.org", PASSWORD).await.expect(200);
}
