//! Sealing, verifying and exporting the trail, on a few events; the end-to-end tests do it with thousands.

use std::sync::{Arc, LazyLock};

use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use futures_util::TryStreamExt as _;
use tempfile::TempDir;
use voxgate_application::{AuditTrail, TrailError, TrailPorts, Verdict, Verification, verify_export};
use voxgate_crypto::{KeyOrigin, SealAnchorFile, SealKeys, SealPublicKeys, Sha256Digest, SystemClock};
use voxgate_domain::audit::{Fault, Finding, Hash};
use voxgate_domain::fixtures;

use crate::world::World;

static KEYS: LazyLock<(Arc<SealKeys>, TempDir)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("audit");
    SealKeys::generate(&keys, fixtures::now(), KeyOrigin::Operator).unwrap();
    (Arc::new(SealKeys::load(keys, fixtures::now()).unwrap()), folder)
});

/// What refuses changes, for whoever has the file.
const UNGUARDED: &str = "DROP TRIGGER audit_logs_no_update; DROP TRIGGER audit_logs_no_delete; \
    DROP TRIGGER audit_logs_no_replace; DROP TRIGGER audit_logs_await_seal; DROP TRIGGER audit_seals_no_update; \
    DROP TRIGGER audit_seals_no_delete; DROP TRIGGER audit_positions_no_update; DROP TRIGGER audit_positions_no_delete;";

/// A trail of three seals of two events each, all about registrations, and one event that waits.
struct Sealed {
    world: World,
    trail: AuditTrail,
    seals: Vec<(u64, Hash)>,
}

impl Sealed {
    async fn new() -> Self {
        let world = World::new().await;
        let trail = AuditTrail::new(TrailPorts {
            trail: Arc::new(world.database.clone()),
            digest: Arc::new(Sha256Digest),
            signer: Arc::clone(&KEYS.0) as _,
            verifier: Arc::clone(&KEYS.0) as _,
            anchor: Arc::new(SealAnchorFile::new(&world.folder.path().join("keys"))),
            clock: Arc::new(SystemClock),
        });
        let mut seals = Vec::new();
        for (number, name) in (1..).zip(["ada", "bob", "eve"]) {
            world.register(name).await;
            let sealed = trail.seal().await.unwrap().expect("events waited");
            assert_eq!((sealed.number, sealed.events), (number, 2));
            seals.push((sealed.number, sealed.hash));
        }
        assert_eq!(trail.seal().await.unwrap(), None, "nothing waits");
        world.log_in("nobody", "wrong wrong wrong").await.unwrap_err();
        Self { world, trail, seals }
    }

    async fn verify(&self, what: Verification) -> Verdict {
        self.trail.verify(what, &mut |_, _| ()).await.unwrap()
    }

    /// What is found after somebody who has the file changed it.
    async fn finding(&self, statements: &str) -> Finding {
        let file = self.world.folder.path().join("voxgate.db");
        let mut connection = diesel::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        connection.batch_execute(&format!("{UNGUARDED} {statements}")).unwrap();
        self.verify(Verification::default()).await.finding.expect("something is found")
    }

    async fn export(&self) -> String {
        let chunks: Vec<Vec<u8>> = self.trail.export().try_collect().await.unwrap();
        String::from_utf8(chunks.concat()).unwrap()
    }
}

fn judged(text: &str, expect: Option<(u64, Hash)>) -> Verdict {
    let keys = SealPublicKeys::from_pem(&KEYS.0.public_pem()).unwrap();
    verify_export(text.as_bytes(), &Sha256Digest, &keys, expect, &mut |_, _| ()).unwrap()
}

#[tokio::test]
async fn a_whole_trail_is_proven_from_the_start_or_from_a_seal_on() {
    let case = Sealed::new().await;
    let mut told = Vec::new();
    let whole = case.trail.verify(Verification::default(), &mut |of, all| told.push((of, all))).await.unwrap();
    assert_eq!((whole.finding, whole.events, whole.last_seal), (None, 6, case.seals.last().copied()));
    assert_eq!(told, [(6, 6)]);
    for expect in &case.seals {
        let expect = Some(*expect);
        assert_eq!(case.verify(Verification { expect, ..Verification::default() }).await.finding, None);
    }
    for (from, events) in [(1, 6), (2, 4), (3, 2)] {
        let part = case.verify(Verification { from, ..Verification::default() }).await;
        assert_eq!((part.finding, part.events), (None, events), "from {from} on");
    }
    let none = case.trail.verify(Verification { from: 4, ..Verification::default() }, &mut |_, _| ()).await;
    assert!(matches!(none, Err(TrailError::NoSuchSeal { number: 4 })), "{none:?}");
    case.trail.seal_all().await.unwrap();
    assert_eq!(case.verify(Verification::default()).await.events, 7);
    assert_eq!(case.trail.lag().await.unwrap(), std::time::Duration::ZERO);
}

#[tokio::test]
async fn a_seal_that_was_written_down_elsewhere_must_be_there_and_the_same() {
    let case = Sealed::new().await;
    let other = |number| Some((number, case.seals[0].1));
    let judge = async |expect| case.verify(Verification { expect, ..Verification::default() }).await.finding.unwrap();
    let forged = judge(other(2)).await;
    assert_eq!((forged.fault, forged.seal), (Fault::SealForged, Some(2)));
    assert_eq!(forged.detail, "it is not the seal that was written down elsewhere");
    let gone = judge(other(9)).await;
    assert_eq!((gone.fault, gone.seal), (Fault::Truncated, Some(9)));
}

#[tokio::test]
async fn whoever_changes_the_file_is_found() {
    let at = |place: u64| format!("id = (SELECT event_id FROM audit_positions WHERE position = {place})");
    let edit = |place, what: &str| format!("UPDATE audit_logs SET {what} WHERE {}", at(place));
    let end = "DELETE FROM audit_logs WHERE id IN (SELECT event_id FROM audit_positions WHERE position > 4); \
               DELETE FROM audit_positions WHERE position > 4;";
    let stray = "INSERT INTO audit_logs SELECT x'00112233445566778899aabbccddeeff', occurred_at, event, outcome, \
                 actor_id, subject_id, session_id, ip_address, user_agent, request_id, reason, details \
                 FROM audit_logs LIMIT 1";
    let cases: Vec<(String, Fault, Option<u64>, Option<&str>)> = vec![
        (edit(3, "outcome = 'failure'"), Fault::Edited, Some(3), None),
        (edit(3, "occurred_at = occurred_at + 1"), Fault::Edited, Some(3), Some("its time is not what was sealed")),
        (format!("DELETE FROM audit_logs WHERE {}", at(3)), Fault::Deleted, Some(3), None),
        (end.to_owned(), Fault::Truncated, Some(5), None),
        (format!("{end} DELETE FROM audit_seals WHERE number = 3"), Fault::Truncated, None, None),
        ("DELETE FROM audit_seals WHERE number = 3".to_owned(), Fault::Truncated, Some(5), None),
        ("DELETE FROM audit_seals WHERE number = 2".to_owned(), Fault::SealDeleted, Some(3), None),
        ("UPDATE audit_seals SET signature = x'00' WHERE number = 2".to_owned(), Fault::SealForged, Some(3), None),
        (stray.to_owned(), Fault::Inserted, None, None),
        (
            "DELETE FROM audit_logs WHERE id NOT IN (SELECT event_id FROM audit_positions)".to_owned(),
            Fault::Deleted,
            None,
            Some("the event waited to be sealed and is gone"),
        ),
    ];
    for (statements, fault, position, detail) in cases {
        let found = Sealed::new().await.finding(&statements).await;
        assert_eq!((found.fault, found.position), (fault, position), "{statements}: {found:?}");
        assert!(detail.is_none_or(|detail| found.detail == detail), "{statements}: {found:?}");
    }
}

#[tokio::test]
async fn a_trail_whose_end_was_cut_off_is_not_sealed_on() {
    let case = Sealed::new().await;
    case.finding(
        "DELETE FROM audit_positions WHERE position > 4; DELETE FROM audit_seals WHERE number = 3; \
         DELETE FROM audit_logs WHERE id NOT IN (SELECT event_id FROM audit_positions)",
    )
    .await;
    assert!(matches!(case.trail.seal().await, Err(TrailError::CutOff { number: 3 })));
}

#[tokio::test]
async fn an_export_proves_itself_far_away() {
    let case = Sealed::new().await;
    let text = case.export().await;
    // The event that waited was sealed for it.
    assert_eq!(text.lines().count(), 7 + 4);
    let whole = judged(&text, None);
    assert_eq!((whole.finding, whole.events), (None, 7));
    let last = whole.last_seal.unwrap();
    assert_eq!(last.0, 4);
    assert_eq!(judged(&text, Some(last)).finding, None);
    assert_eq!(judged(&text, Some(case.seals[1])).finding, None, "an earlier one is good too");
    let fault = |text: &str, expect| judged(text, expect).finding.map(|finding| (finding.fault, finding.position));
    assert_eq!(fault(&text, Some((2, last.1))), Some((Fault::SealForged, None)));
    assert_eq!(fault(&text, Some((5, last.1))), Some((Fault::Truncated, None)));
    let lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
    let without = |gone: usize| [&lines[..gone], &lines[gone + 1..]].concat().concat();
    assert_eq!(fault(&without(1), None), Some((Fault::Deleted, Some(1))));
    assert_eq!(fault(&without(lines.len() - 1), None), Some((Fault::Truncated, Some(7))));
    let edited = text.replacen("\"success\"", "\"failure\"", 1);
    assert_eq!(fault(&edited, None), Some((Fault::Edited, Some(1))));
}
