//! Sealing skips nothing, seals nothing twice, and goes on after whatever happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use voxgate_application::TrailError;
use voxgate_crypto::{SealAnchorFile, SealKeys, SystemClock};
use voxgate_domain::Act;
use voxgate_domain::audit::{Fault, Hash};
use voxgate_domain::ports::{Clock as _, SealAnchor, SealError, Store as _};
use voxgate_testkit::fixtures::{Fixtures, SeededEntropy};

use crate::harness::{Backend, Case, trail_of};

/// Transactions overlap, and some that began early end late: ids and times come out of order.
async fn no_event_is_skipped_while_sixteen_write(backend: Backend) {
    const WRITERS: u64 = 16;
    const EACH: u64 = 25;
    let case = Case::new(backend).await;
    let writing = Arc::new(AtomicBool::new(true));
    let sealers: Vec<_> = (0..2)
        .map(|_| {
            let (trail, writing) = (case.trail.clone(), Arc::clone(&writing));
            tokio::spawn(async move {
                while writing.load(Ordering::SeqCst) {
                    match trail.seal().await {
                        Ok(_) | Err(TrailError::Overtaken) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let database = case.database.clone();
            tokio::spawn(async move {
                let fixtures = Fixtures { entropy: SeededEntropy::new(writer << 32), ..Fixtures::default() };
                let user = fixtures.user();
                for n in 0..EACH {
                    let mut unit = database.begin().await.unwrap();
                    unit.audit().record(&fixtures.event(Act::UserRegistered, user.id)).await.unwrap();
                    if backend == Backend::Postgres {
                        tokio::time::sleep(Duration::from_millis((writer * n) % 7)).await;
                    }
                    fixtures.clock.advance(Duration::from_micros(1));
                    // Now and then one is undone, as after a failure.
                    if n % 5 == 4 { unit.rollback().await.unwrap() } else { unit.commit().await.unwrap() }
                }
            })
        })
        .collect();
    // Whoever verifies meanwhile sees a trail that grows, and calls nothing tampering.
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        assert_eq!(case.verify().await.finding, None);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    writing.store(false, Ordering::SeqCst);
    for sealer in sealers {
        sealer.await.unwrap();
    }
    case.trail.seal_all().await.unwrap();
    let verdict = case.verify().await;
    assert_eq!((verdict.finding, verdict.events), (None, WRITERS * EACH * 4 / 5));
    assert!(verdict.last_seal.unwrap().0 > 1, "all was sealed at once, which proves little");
    assert_eq!(case.trail.lag().await.unwrap(), Duration::ZERO);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_skipped_while_sixteen_write_on_sqlite() {
    no_event_is_skipped_while_sixteen_write(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_is_skipped_while_sixteen_write_on_postgres() {
    no_event_is_skipped_while_sixteen_write(Backend::Postgres).await;
}

/// Crashes after the seal was committed, before it was remembered.
struct Forgetful(SealAnchorFile, AtomicBool);

impl SealAnchor for Forgetful {
    fn newest(&self) -> Result<Option<(u64, Hash)>, SealError> {
        self.0.newest()
    }

    fn remember(&self, number: u64, hash: Hash) -> Result<(), SealError> {
        if self.1.swap(false, Ordering::SeqCst) {
            return Err(SealError::Failed("a crash".into()));
        }
        self.0.remember(number, hash)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_sealing_goes_on_and_seals_nothing_twice() {
    let case = Case::new(Backend::Sqlite).await;
    let anchor = SealAnchorFile::new(&case.dir.path().join("audit"));
    let trail = trail_of(&case.database, &case.keys, Arc::new(Forgetful(anchor, AtomicBool::new(true))));
    case.insert_events(10, 5);
    assert!(trail.seal().await.is_err());
    assert_eq!(trail.seal().await.unwrap(), None, "the seal was made");
    case.insert_events(5, 4);
    assert_eq!(trail.seal().await.unwrap().map(|sealed| (sealed.number, sealed.events)), Some((2, 5)));
    let verdict = case.verify().await;
    assert_eq!((verdict.finding, verdict.events), (None, 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lag_is_the_age_of_the_oldest_event_that_waits() {
    let case = Case::new(Backend::Sqlite).await;
    case.insert_events(1, 5);
    let lag = case.trail.lag().await.unwrap();
    assert!((Duration::from_secs(299)..Duration::from_secs(330)).contains(&lag), "{lag:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn seals_of_a_retired_key_stay_good() {
    let case = Case::new(Backend::Sqlite).await;
    case.insert_events(3, 5);
    case.trail.seal().await.unwrap();
    SealKeys::rotate(&case.dir.path().join("audit"), SystemClock.now()).unwrap();
    case.keys.reload(SystemClock.now()).unwrap();
    case.insert_events(3, 4);
    case.trail.seal().await.unwrap();
    assert_eq!(case.ask("SELECT count(DISTINCT key_id) FROM audit_seals"), "2");
    assert_eq!(case.verify().await.finding, None);
}

/// Sealing on would give the numbers of the seals that are gone to new ones, until nothing shows any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_trail_that_was_cut_off_is_not_sealed_on() {
    let case = Case::new(Backend::Sqlite).await;
    for minutes in [5, 4] {
        case.insert_events(3, minutes);
        case.trail.seal().await.unwrap();
    }
    case.drop_triggers();
    case.raw(
        "DELETE FROM audit_seals WHERE number = 2; \
         DELETE FROM audit_logs WHERE id IN (SELECT event_id FROM audit_positions WHERE position > 3); \
         DELETE FROM audit_positions WHERE position > 3;",
    );
    let finding = case.finding().await;
    assert_eq!((finding.fault, finding.seal), (Fault::Truncated, Some(2)));
    case.insert_events(3, 3);
    assert!(matches!(case.trail.seal().await, Err(TrailError::CutOff { number: 2 })));
}
