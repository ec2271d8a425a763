use std::time::Duration;

use voxgate_application::Verdict;
use voxgate_crypto::{KeyInfo, KeyOrigin};
use voxgate_domain::audit::{Fault, Finding, Hash};
use voxgate_domain::{RoleName, Timestamp};

use super::evidence::{Coverage, Evidence, Tally};
use super::*;
use crate::settings::Settings;

const DAY: Duration = Duration::from_secs(24 * 3_600);

fn now() -> Timestamp {
    Timestamp::EPOCH.plus(DAY * 20_000)
}

fn settings(production: bool) -> Settings {
    Settings::read(&|name| {
        let value = match name {
            "APP_ENV" if production => "production",
            "PUBLIC_URL" if production => "https://auth.example.org",
            "ENCRYPTION_KEYS" if production => "a:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            _ => return None,
        };
        Some(value.to_owned())
    })
    .unwrap()
}

fn key(age: Duration) -> KeyInfo {
    KeyInfo {
        key_id: "2026".to_owned(),
        origin: KeyOrigin::Operator,
        created_at: now().minus(age),
        signs_from: now().minus(age),
        verifies_until: None,
    }
}

fn coverage(with_factor: u64) -> Vec<Coverage> {
    vec![Coverage { role: RoleName::admin(), holders: 2, with_factor }]
}

fn sound() -> Evidence {
    Evidence {
        now: now(),
        trail: Verdict { finding: None, events: 1_000, last_seal: Some((7, Hash([0; 32]))) },
        oldest_unsealed: Some(now().minus(Duration::from_secs(1))),
        privileged: coverage(2),
        emergency_holders: 3,
        signing_keys: vec![key(DAY)],
        seal_keys: vec![key(DAY * 700)],
        emergencies_granted: Tally { count: 1, or_more: false },
        emergencies_denied: Tally::default(),
        failed_logins: Tally { count: 100_000, or_more: true },
        lockouts: Tally::default(),
        last_retention: None,
        retention_due: false,
    }
}

/// The clauses that fail.
fn failing(production: bool, evidence: &Evidence) -> Vec<&'static str> {
    let report = assess(&settings(production), evidence);
    assert_eq!(report.passed, report.failures() == 0);
    let failed = report.safeguards.into_iter().filter(|safeguard| safeguard.status == Status::Fail);
    failed.map(|safeguard| safeguard.clause).collect()
}

#[test]
fn a_sound_production_system_passes_and_a_development_one_does_not() {
    assert_eq!(failing(true, &sound()), [""; 0]);
    assert_eq!(
        failing(false, &sound()),
        ["45 CFR 164.312(a)(2)(iv)", "45 CFR 164.312(d)", "45 CFR 164.312(e)(1), (e)(2)"]
    );
}

#[test]
fn each_thing_that_is_wrong_fails_its_safeguard() {
    let finding = Finding { fault: Fault::Edited, event: None, position: Some(3), seal: Some(1), detail: "changed" };
    let broken = Verdict { finding: Some(finding), ..sound().trail };
    let audit = "45 CFR 164.312(b), (c)(1), (c)(2)";
    let keys = "45 CFR 164.312(a)(2)(iv); NIST SP 800-57 part 1";
    let cases = [
        (Evidence { trail: broken, ..sound() }, audit),
        (Evidence { oldest_unsealed: Some(now().minus(DAY)), ..sound() }, audit),
        (Evidence { privileged: coverage(1), ..sound() }, "45 CFR 164.312(d)"),
        (Evidence { emergency_holders: 0, ..sound() }, "45 CFR 164.312(a)(2)(ii)"),
        (Evidence { signing_keys: vec![key(DAY * 1_096)], ..sound() }, keys),
        (Evidence { seal_keys: Vec::new(), ..sound() }, keys),
        (Evidence { retention_due: true, ..sound() }, "45 CFR 164.316(b)(2)(i); 164.310(d)(2)(i)"),
    ];
    for (evidence, clause) in cases {
        assert_eq!(failing(true, &evidence), [clause]);
    }
}

#[test]
fn the_page_shows_every_safeguard_and_escapes_what_it_shows() {
    let mut report = assess(&settings(true), &sound());
    let page = page(&report).unwrap();
    assert!(report.safeguards.iter().all(|safeguard| page.contains(safeguard.title)));
    assert!(page.contains("Every safeguard holds.") && page.contains("100000 or more failed logins"), "{page}");
    assert!(!page.contains("src=") && !page.contains("href="), "it needs nothing else: {page}");

    report.safeguards[0].evidence.push("<script>".to_owned());
    report.safeguards[0].status = Status::Fail;
    report.passed = false;
    let page = super::page(&report).unwrap();
    assert!(!page.contains("<script>") && page.contains("1 of 11 safeguards do not hold"), "{page}");
}
