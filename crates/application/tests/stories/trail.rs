//! Sealing, verifying and exporting the trail, on a few events; the end-to-end tests do it with thousands.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use futures_util::TryStreamExt as _;
use tempfile::TempDir;
use voxgate_application::{AuditTrail, TrailError, TrailPorts, Verdict, Verification, verify_export};
use voxgate_crypto::{KeyOrigin, SealAnchorFile, SealKeys, SealPublicKeys, Sha256Digest};
use voxgate_domain::audit::{Fault, Finding, Hash};
use voxgate_domain::fixtures::{self, FixedClock};
use voxgate_domain::ports::SealAnchor as _;

use crate::world::World;

static KEYS: LazyLock<(Arc<SealKeys>, TempDir)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("audit");
    SealKeys::generate(&keys, fixtures::now(), KeyOrigin::Operator).unwrap();
    (Arc::new(SealKeys::load(keys, fixtures::now()).unwrap()), folder)
});

const HOUR: Duration = Duration::from_secs(3_600);

/// What refuses changes, for whoever has the file.
const UNGUARDED: &str = "DROP TRIGGER audit_logs_no_update; DROP TRIGGER audit_logs_no_delete; \
    DROP TRIGGER audit_logs_no_replace; DROP TRIGGER audit_logs_await_seal; DROP TRIGGER audit_seals_no_update; \
    DROP TRIGGER audit_seals_no_delete; DROP TRIGGER audit_positions_no_update; DROP TRIGGER audit_positions_no_delete;";

/// The trail of `world`, of a replica that remembers in `keys` what it sealed.
fn trail_of(world: &World, keys: &Path) -> AuditTrail {
    AuditTrail::new(TrailPorts {
        trail: Arc::new(world.database.clone()),
        digest: Arc::new(Sha256Digest),
        signer: Arc::clone(&KEYS.0) as _,
        verifier: Arc::clone(&KEYS.0) as _,
        anchor: Arc::new(SealAnchorFile::new(keys)),
        clock: Arc::new(FixedClock::at(fixtures::now().plus(HOUR))),
    })
}

/// A trail of three seals of two events each, all about registrations, and one event that waits; looked at an hour later.
struct Sealed {
    world: World,
    trail: AuditTrail,
    seals: Vec<(u64, Hash)>,
}

impl Sealed {
    async fn new() -> Self {
        let world = World::new().await;
        let trail = trail_of(&world, &world.folder.path().join("keys"));
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
    let lag = case.trail.lag().await.unwrap();
    assert!((HOUR / 2..HOUR).contains(&lag), "one event has waited for {lag:?}");
    case.trail.seal_all().await.unwrap();
    assert_eq!(case.verify(Verification::default()).await.events, 7);
    assert_eq!(case.trail.lag().await.unwrap(), Duration::ZERO);
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
        (edit(3, "outcome = 'failure'"), Fault::Edited, Some(3), Some("the event is not what was sealed")),
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
    let without_its_seal = Sealed::new().await.finding("DELETE FROM audit_seals WHERE number = 3").await;
    assert_eq!(without_its_seal.seal, Some(3));
}

#[tokio::test]
async fn a_trail_is_read_from_its_first_seal_or_one_that_is_there() {
    let case = Sealed::new().await;
    let found = case.finding("DELETE FROM audit_seals WHERE number = 1").await;
    let from_first = case.verify(Verification { from: 1, ..Verification::default() }).await;
    assert_eq!(from_first.finding, Some(found), "a trail begins with its first seal, whether one says so or not");
    assert_eq!(case.verify(Verification { from: 2, ..Verification::default() }).await.finding, None);
}

#[tokio::test]
async fn what_is_sealed_while_the_trail_is_verified_counts() {
    let case = Sealed::new().await;
    let (trail, mut told) = (case.trail.clone(), 0);
    let seal_once = &mut |_: u64, _: u64| {
        told += 1;
        if told == 1 {
            let trail = trail.clone();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            std::thread::spawn(move || runtime.block_on(trail.seal_all())).join().unwrap().unwrap();
        }
    };
    let verdict = case.trail.verify(Verification::default(), seal_once).await.unwrap();
    assert_eq!((verdict.finding, verdict.events, verdict.last_seal.unwrap().0), (None, 7, 4));
}

#[tokio::test]
async fn two_replicas_seal_in_turn() {
    let case = Sealed::new().await;
    let other = trail_of(&case.world, case.world.folder.path());
    assert_eq!(other.seal().await.unwrap().unwrap().number, 4);
    case.world.log_in("nobody", "wrong wrong wrong").await.unwrap_err();
    // The newest seal that this one remembers is not the last one there is.
    assert_eq!(case.trail.seal().await.unwrap().unwrap().number, 5);
    assert_eq!(case.verify(Verification::default()).await.events, 8);
}

#[tokio::test]
async fn another_seal_in_place_of_the_one_that_is_remembered_is_not_sealed_on() {
    let case = Sealed::new().await;
    for (number, hash) in [(3, case.seals[0].1), (2, case.seals[2].1), (4, case.seals[2].1)] {
        let keys = tempfile::tempdir().unwrap();
        SealAnchorFile::new(keys.path()).remember(number, hash).unwrap();
        let sealed = trail_of(&case.world, keys.path()).seal().await;
        assert!(matches!(sealed, Err(TrailError::CutOff { number: found }) if found == number), "{number}: {sealed:?}");
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
    assert_eq!(fault(&text, Some((0, last.1))), Some((Fault::SealForged, None)), "nothing is before the first");
}

#[tokio::test]
async fn a_line_of_an_export_may_be_long_and_not_endless() {
    let text = Sealed::new().await.export().await;
    let padded = |spaces| text.replacen("\"outcome\"", &format!("{}\"outcome\"", " ".repeat(spaces)), 1);
    assert_eq!(judged(&padded(60_000), None).finding, None);
    let keys = SealPublicKeys::from_pem(&KEYS.0.public_pem()).unwrap();
    let endless = verify_export(padded(66_000).as_bytes(), &Sha256Digest, &keys, None, &mut |_, _| ());
    assert!(matches!(endless, Err(TrailError::Export(_))), "{endless:?}");
}
