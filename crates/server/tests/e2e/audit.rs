//! The audit trail from outside: read, streamed, exported, verified.

use std::process::Output;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::Person;

impl Voxgate {
    async fn audit(&self, who: &Person, query: &str) -> Answer {
        self.call(Method::GET, &format!("/audit?{query}"), &who.access_token, Value::Null).await
    }

    /// All that match, as lines.
    async fn audit_lines(&self, who: &Person, query: &str) -> Answer {
        let request = self.request(Method::GET, &format!("/audit?{query}")).bearer_auth(&who.access_token);
        self.send(request.header("accept", "application/x-ndjson")).await.expect(200)
    }

    /// Waits until every event is sealed.
    pub(crate) async fn verified_trail(&self) -> Value {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let output = self.command(&["audit", "verify", "--json"]);
            let verdict: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
            assert_eq!((output.status.code(), &verdict["whole"]), (Some(0), &json!(true)), "{verdict}");
            if verdict["events"].as_u64() > Some(0) || Instant::now() > deadline {
                return verdict;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn text(output: &Output) -> (Option<i32>, String) {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (output.status.code(), String::from_utf8(both).unwrap())
}

pub(crate) async fn auditors_find_events_and_are_audited_themselves(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    let ada = voxgate.logged_in("ada@example.org").await;
    voxgate.log_in("ada@example.org", "wrong password").await.expect_problem(401, "invalid_credentials");

    let failed = voxgate.audit(&admin, "event=login.failed&outcome=failure").await.expect(200).json();
    let items = failed["items"].as_array().unwrap();
    assert_eq!((items.len(), &failed["next_cursor"]), (1, &Value::Null));
    assert_eq!((&items[0]["event"], &items[0]["details"]["why"]), (&json!("login.failed"), &json!("wrong_password")));
    assert_eq!((&items[0]["ip_address"], &items[0]["actor_id"]), (&json!("127.0.0.1"), &Value::Null));
    let subject = items[0]["subject_id"].as_str().unwrap();

    let of_ada = voxgate.call(Method::GET, &format!("/users/{subject}/audit"), &admin.access_token, Value::Null).await;
    let of_ada = of_ada.expect(200).json();
    let names: Vec<&str> = of_ada["items"].as_array().unwrap().iter().map(|e| e["event"].as_str().unwrap()).collect();
    assert_eq!(names[..2], ["login.failed", "login.succeeded"]);
    let reads = voxgate.audit(&admin, "event=audit.read").await.expect(200).json();
    assert_eq!(reads["items"][0]["subject_id"], subject);

    // Pages follow each other without a gap.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = voxgate.audit(&admin, &format!("actor_id={subject}&limit=1{cursor}")).await.expect(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|event| event["id"].to_string()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let lines = voxgate.audit_lines(&admin, &format!("actor_id={subject}")).await;
    let streamed: Vec<String> =
        lines.text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].to_string()).collect();
    assert_eq!((seen.len(), &streamed), (2, &seen));

    for bad in ["outcome=maybe", "from=yesterday", "limit=0", "cursor=AAAA", "actor_id=7", "ip_address=home", "who=me"]
    {
        voxgate.audit(&admin, bad).await.expect_problem(422, "validation_failed");
    }
    voxgate.audit(&ada, "").await.expect_problem(403, "forbidden");
    let nobody = "/users/019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d/audit";
    voxgate.call(Method::GET, nobody, &admin.access_token, Value::Null).await.expect_problem(404, "not_found");
}

pub(crate) async fn the_trail_is_verified_from_the_database_and_from_an_export(backend: Backend) {
    let mut voxgate = Voxgate::start(backend).await;
    let admin = voxgate.admin("root@example.org").await;
    voxgate.verified_trail().await;

    let streamed = voxgate.audit_lines(&admin, "").await;
    assert_eq!(streamed.header("content-type"), "application/x-ndjson");
    assert!(streamed.text.starts_with(r#"{"seal":{"number":1,"#), "{}", streamed.text);
    let dir = voxgate.dir.path().to_owned();
    std::fs::write(dir.join("streamed.ndjson"), &streamed.text).unwrap();
    let keys = voxgate.command(&["audit", "keys"]);
    std::fs::write(dir.join("public.pem"), &keys.stdout).unwrap();
    assert_eq!(text(&voxgate.command(&["audit", "export", "--out", "export.ndjson"])), (Some(0), String::new()));
    for file in ["streamed.ndjson", "export.ndjson"] {
        let verify = ["audit", "verify", "--file", file, "--key", "public.pem"];
        let (code, said) = text(&voxgate.command(&verify));
        assert_eq!(code, Some(0), "{said}");
        assert!(said.starts_with("the audit trail is whole: "), "{said}");
    }
    let edited = streamed.text.replacen("user.registered", "user.forgotten", 1);
    let edited = if edited == streamed.text { edited.replacen("\"success\"", "\"failure\"", 1) } else { edited };
    std::fs::write(dir.join("edited.ndjson"), edited).unwrap();
    let (code, said) = text(&voxgate.command(&["audit", "verify", "--file", "edited.ndjson", "--key", "public.pem"]));
    assert_eq!(code, Some(1));
    assert!(said.contains("edited: event "), "{said}");

    // What was sealed before a crash is there after it, and sealing goes on.
    let before = voxgate.verified_trail().await;
    voxgate.kill();
    voxgate.start_again().await;
    voxgate.log_in("root@example.org", crate::person::PASSWORD).await;
    let deadline = Instant::now() + Duration::from_secs(30);
    while voxgate.verified_trail().await["events"] == before["events"] {
        assert!(Instant::now() < deadline, "nothing is sealed after the crash; the log:\n{}", voxgate.log());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let expected = format!("{}:{}", before["last_seal"]["number"], before["last_seal"]["hash"].as_str().unwrap());
    assert_eq!(voxgate.command(&["audit", "verify", "--expect-seal", &expected]).status.code(), Some(0));
    let unmet = format!("9999:{}", "0".repeat(64));
    let (code, said) = text(&voxgate.command(&["audit", "verify", "--expect-seal", &unmet]));
    assert_eq!(code, Some(1));
    assert!(said.contains("truncated"), "{said}");
    assert_eq!(voxgate.command(&["audit", "verify", "--from", "1"]).status.code(), Some(0));
    assert_eq!(voxgate.command(&["audit", "verify", "--file", "x"]).status.code(), Some(2));
}
