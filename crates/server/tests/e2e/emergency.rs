//! Emergency access, and the accounting of who saw whose data.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Voxgate};
use crate::person::Person;

const WHY: &str = "Unconscious in the emergency room";

impl Voxgate {
    async fn see(&self, who: &Person, path: &str) -> Answer {
        self.call(Method::GET, path, &who.access_token, Value::Null).await
    }

    async fn break_glass(&self, who: &Person, subject: &str) -> Answer {
        let body = json!({"subject_id": subject, "reason": WHY});
        self.call(Method::POST, "/auth/emergency-access", &who.access_token, body).await
    }
}

/// A service with an administrator, a clinician and a patient, and the patient's id.
async fn clinic(voxgate: &Voxgate) -> (Person, Person, Person, String) {
    let admin = voxgate.admin("root@example.org").await;
    let doctor = voxgate.invited(&admin, "doctor@example.org", &["clinician"]).await;
    let patient = voxgate.logged_in("ada@example.org").await;
    let id = voxgate.id_of(&patient).await;
    (admin, doctor, patient, id)
}

fn events(answer: &Answer) -> Vec<(String, Value)> {
    let body = answer.json();
    let items = body["items"].as_array().unwrap().iter();
    items.map(|item| (item["event"].as_str().unwrap().to_owned(), item["details"].clone())).collect()
}

pub(crate) async fn an_emergency_access_opens_one_persons_data_and_everybody_is_told(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let (admin, doctor, patient, id) = clinic(&voxgate).await;
    let (audit, other) = (format!("/users/{id}/audit"), format!("/users/{}/audit", voxgate.id_of(&admin).await));
    voxgate.see(&doctor, &audit).await.expect_problem(403, "forbidden");

    // Who may not, to whom not, and why not.
    voxgate.break_glass(&patient, &id).await.expect_problem(403, "forbidden");
    voxgate.break_glass(&doctor, "019503a1-7c2e-7d4f-9a51-3f0c8a1b2c3d").await.expect_problem(404, "not_found");
    let own = voxgate.id_of(&doctor).await;
    voxgate.break_glass(&doctor, &own).await.expect_problem(409, "conflict");
    let unexplained = json!({"subject_id": id, "reason": "  "});
    let unexplained = voxgate.call(Method::POST, "/auth/emergency-access", &doctor.access_token, unexplained).await;
    unexplained.expect_problem(422, "validation_failed");

    let access = voxgate.break_glass(&doctor, &id).await.expect(201).json();
    assert_eq!((&access["reason"], &access["subject_id"]), (&json!(WHY), &json!(id)));
    voxgate.break_glass(&doctor, &id).await.expect_problem(409, "conflict");
    let held = voxgate.see(&doctor, "/auth/emergency-access").await.expect(200).json();
    assert_eq!(held["items"], json!([access]));

    voxgate.see(&doctor, &audit).await.expect(200);
    voxgate.see(&doctor, &format!("/users/{id}")).await.expect(200);
    voxgate.see(&doctor, &other).await.expect_problem(403, "forbidden");
    let status = json!({"status": "inactive", "reason": WHY});
    let change = voxgate.call(Method::PUT, &format!("/users/{id}/status"), &doctor.access_token, status).await;
    change.expect_problem(403, "forbidden");

    // Its whole use stands under its id.
    let name = access["id"].as_str().unwrap();
    let used: Vec<String> = events(&voxgate.see(&admin, &audit).await.expect(200))
        .into_iter()
        .filter(|(_, details)| details["emergency_access"] == name)
        .map(|(event, _)| event)
        .collect();
    assert_eq!(used, ["access.denied", "user.read", "audit.read", "emergency_access.granted"]);

    let told = voxgate.mail_to("ada@example.org", 2).await;
    assert!(told.contains("Emergency access to your data") && told.contains(name), "{told}");
    let told = voxgate.mail_to("root@example.org", 1).await;
    assert!(told.contains("Emergency access was taken") && told.contains(name), "{told}");
    for mail in voxgate.mails_to("root@example.org").iter().chain(&voxgate.mails_to("ada@example.org")) {
        assert!(!mail.contains(WHY), "the reason can be about health: {mail}");
    }
    let all = voxgate.see(&admin, "/emergency-accesses").await.expect(200).json();
    assert_eq!(all["items"], json!([access]));
    voxgate.see(&doctor, "/emergency-accesses").await.expect_problem(403, "forbidden");
}

pub(crate) async fn an_emergency_access_ends_by_itself_and_by_its_holder(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("EMERGENCY_ACCESS_TTL", "5s")]).await;
    let (admin, doctor, _, id) = clinic(&voxgate).await;
    let audit = format!("/users/{id}/audit");
    let access = voxgate.break_glass(&doctor, &id).await.expect(201).json();
    voxgate.see(&doctor, &audit).await.expect(200);
    tokio::time::sleep(Duration::from_secs(5)).await;
    voxgate.see(&doctor, &audit).await.expect_problem(403, "forbidden");
    let close = |access: &Value| format!("/auth/emergency-access/{}", access["id"].as_str().unwrap());
    let late = voxgate.call(Method::DELETE, &close(&access), &doctor.access_token, Value::Null).await;
    late.expect_problem(404, "not_found");

    let access = voxgate.break_glass(&doctor, &id).await.expect(201).json();
    let not_theirs = voxgate.call(Method::DELETE, &close(&access), &admin.access_token, Value::Null).await;
    not_theirs.expect_problem(404, "not_found");
    voxgate.call(Method::DELETE, &close(&access), &doctor.access_token, Value::Null).await.expect(204);
    voxgate.see(&doctor, &audit).await.expect_problem(403, "forbidden");

    // Whoever loses the role loses what they hold.
    voxgate.break_glass(&doctor, &id).await.expect(201);
    voxgate.see(&doctor, &audit).await.expect(200);
    let doctor_id = voxgate.id_of(&doctor).await;
    voxgate.give(&admin, &doctor_id, &["patient"]).await.expect(200);
    voxgate.see(&doctor, &audit).await.expect_problem(403, "forbidden");
}

pub(crate) async fn everybody_who_saw_a_persons_data_is_accounted_for(backend: Backend) {
    let voxgate = Voxgate::start(backend).await;
    let (admin, doctor, patient, id) = clinic(&voxgate).await;
    let doctor_id = voxgate.id_of(&doctor).await;
    let request = voxgate.request(Method::GET, &format!("/users/{id}")).bearer_auth(&doctor.access_token);
    voxgate.send(request.header("x-access-reason", "follow-up visit")).await.expect(200);
    voxgate.see(&doctor, "/users?q=ada@").await.expect(200);
    voxgate.see(&doctor, "/users?q=root@").await.expect(200);
    let access = voxgate.break_glass(&doctor, &id).await.expect(201).json();
    voxgate.see(&doctor, &format!("/users/{id}/disclosures")).await.expect(200);

    let seen = voxgate.see(&patient, "/users/disclosures").await.expect(200).json();
    let facts: Vec<Value> = seen["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            assert_eq!(item["disclosed_to"], doctor_id, "{item}");
            json!([item["event"], item["reason"], item["emergency_access_id"]])
        })
        .collect();
    let name = &access["id"];
    let expected = json!([
        ["disclosures.read", null, name],
        ["emergency_access.granted", WHY, name],
        ["user.listed", null, null],
        ["user.read", "follow-up visit", null],
    ]);
    assert_eq!(json!(facts), expected);

    // Page by page, by an administrator: who is then in it too.
    let path = format!("/users/{id}/disclosures?limit=2");
    let first = voxgate.see(&admin, &path).await.expect(200).json();
    let next = format!("{path}&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = voxgate.see(&admin, &next).await.expect(200).json();
    assert_eq!(
        (&second["items"], &second["next_cursor"]),
        (&json!(seen["items"].as_array().unwrap()[2..]), &Value::Null)
    );
    let seen = voxgate.see(&patient, "/users/disclosures").await.expect(200).json();
    assert_eq!(seen["items"].as_array().unwrap().len(), 6);

    voxgate.see(&doctor, "/users/disclosures").await.expect(200);
    voxgate.see(&patient, &format!("/users/{id}/disclosures")).await.expect_problem(403, "forbidden");
    let long = voxgate.request(Method::GET, &format!("/users/{id}")).bearer_auth(&doctor.access_token);
    let long = voxgate.send(long.header("x-access-reason", "x".repeat(501))).await;
    long.expect_problem(422, "validation_failed");
}
