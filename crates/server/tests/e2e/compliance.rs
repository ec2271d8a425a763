//! The compliance report, on a service that runs.

use std::fs;

use serde_json::Value;

use crate::harness::{Backend, Voxgate};

impl Voxgate {
    /// The exit code of the report, what it said, and its JSON.
    fn compliance(&self) -> (Option<i32>, String, Value) {
        let output = self.command(&["compliance", "report", "--out", "evidence"]);
        let said = [output.stdout, output.stderr].concat();
        let json = fs::read(self.dir.path().join("evidence/compliance-report.json")).unwrap();
        (output.status.code(), String::from_utf8(said).unwrap(), serde_json::from_slice(&json).unwrap())
    }
}

/// The status of the safeguard of this title, and its evidence.
fn found<'a>(report: &'a Value, title: &str) -> (&'a str, String) {
    let safeguards = report["safeguards"].as_array().unwrap();
    let safeguard = safeguards.iter().find(|safeguard| safeguard["title"] == title).unwrap();
    (safeguard["status"].as_str().unwrap(), safeguard["evidence"].to_string())
}

pub(crate) async fn a_report_shows_what_holds_and_fails_for_what_does_not(backend: Backend) {
    let voxgate = Voxgate::start_with(backend, &[("MFA_REQUIRED_ROLES", "admin")]).await;
    voxgate.admin("root@example.org").await;
    voxgate.verified_trail().await;

    let (code, said, report) = voxgate.compliance();
    assert_eq!((code, &report["passed"]), (Some(1), &Value::Bool(false)), "{said}");
    assert_eq!(report["safeguards"].as_array().unwrap().len(), 11);
    let (status, evidence) = found(&report, "Audit controls; integrity");
    assert!(status == "pass" && evidence.contains("the trail is whole up to seal"), "{evidence}");
    let (status, evidence) = found(&report, "Person or entity authentication");
    assert!(status == "fail" && evidence.contains("admin: 0 of 1 active users"), "{evidence}");
    assert_eq!(found(&report, "Emergency access procedure").0, "pass");
    // Keys of a development start, no https.
    assert_eq!(found(&report, "Encryption and decryption").0, "fail");
    assert_eq!(found(&report, "Transmission security").0, "fail");
    assert!(
        said.contains("FAIL  Person or entity authentication") && said.contains("safeguards do not hold"),
        "{said}"
    );
    let page = fs::read_to_string(voxgate.dir.path().join("evidence/compliance-report.html")).unwrap();
    assert!(page.contains("3 of 11 safeguards do not hold") && page.contains("45 CFR 164.312(b)"), "{page}");
}
